#include "sas/booking/v1/source_service.grpc.pb.h"
#include "tests/rpc/booking/booking_fixture.h"

// Who works at one site and books at another has what he booked there, and nothing else of it.
namespace sas::booking {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

constexpr char kLaterThere[] = "regions/fr-pdl/sites/challans/slots/b-20261124t1500z";
constexpr char kThirdSite[] = "regions/fr-pdl/sites/palluau/slots/c-20261124t1500z";

struct BookingPractice {
  const char* name;
  base::Role role;
  type::v1::EntryPoint way;
};

// The appointments are at Challans, the people of Machecoul book there.
class OwnBooking : public BookingTest, public ::testing::WithParamInterface<BookingPractice> {
 protected:
  base::Actor Somebody(const std::string& subject, const std::string& site) const {
    base::Actor actor = testing::ActorWith(GetParam().role, subject);
    actor.organization = site;
    return actor;
  }

  base::Actor Booker() const { return Somebody("ailleurs-1", "machecoul"); }

  base::Actor Colleague() const { return Somebody("ailleurs-2", "machecoul"); }

  v1::Appointment BookedBy(const base::Actor& actor, const std::string& request_id, int seat) {
    v1::CreateAppointmentRequest request = DirectRequest(request_id);
    request.set_hold_token(slots_.Hold(kSlot, seat, actor.subject));
    request.mutable_appointment()->set_entry_point(GetParam().way);
    slots::v1::EntryRule rule;
    rule.set_entry_point(GetParam().way);
    rule.set_access(slots::v1::EntryRule::ACCESS_DIRECT);
    slots_.SetRule(rule);
    const auto booked = Create(actor, request);
    EXPECT_THAT(booked, IsOk());
    return booked.ok() ? *booked : v1::Appointment();
  }

  absl::StatusOr<v1::Appointment> Cancel(const base::Actor& actor, const v1::Appointment& of) {
    v1::CancelAppointmentRequest request;
    request.set_name(of.name());
    request.set_reason_code("PATIENT");
    request.set_etag(of.etag());
    request.set_request_id("c-1");
    return Ask<v1::Appointment>(actor, request, &v1::BookingService::Stub::CancelAppointment);
  }

  absl::StatusOr<v1::Appointment> Move(const base::Actor& actor, const v1::Appointment& of,
                                       const std::string& slot, const std::string& request_id) {
    v1::RescheduleAppointmentRequest request;
    request.set_name(of.name());
    request.set_slot(slot);
    request.set_hold_token(slots_.Hold(slot, 0, actor.subject));
    request.set_reason_code("PATIENT");
    request.set_etag(of.etag());
    request.set_request_id(request_id);
    return Ask<v1::Appointment>(actor, request, &v1::BookingService::Stub::RescheduleAppointment);
  }

  // What the page of a platform answered to whoever booked on it: a number, or empty for not taken.
  absl::StatusOr<v1::Appointment> Answered(const base::Actor& actor, const v1::Appointment& of,
                                           const std::string& number,
                                           const std::string& request_id = "p-1") {
    v1::ResolveSourceAppointmentRequest request;
    request.set_name(of.name());
    request.set_taken(!number.empty());
    request.set_external_appointment_id(number);
    request.set_etag(of.etag());
    request.set_request_id(request_id);
    return Ask<v1::Appointment>(actor, request, &v1::SourceService::Stub::ResolveSourceAppointment);
  }

  absl::StatusOr<v1::ListAppointmentHistoryResponse> History(const base::Actor& actor,
                                                             const v1::Appointment& of) {
    v1::ListAppointmentHistoryRequest request;
    request.set_parent(of.name());
    return Ask<v1::ListAppointmentHistoryResponse>(
        actor, request, &v1::BookingService::Stub::ListAppointmentHistory);
  }

  absl::StatusOr<std::vector<std::string>> Listed(const base::Actor& actor, bool own,
                                                  const std::string& site = "") {
    v1::ListAppointmentsRequest request;
    request.set_parent("regions/fr-pdl");
    request.set_booked_by_me(own);
    request.set_site(site);
    const auto page = Ask<v1::ListAppointmentsResponse>(
        actor, request, &v1::BookingService::Stub::ListAppointments);
    if (!page.ok()) return page.status();
    std::vector<std::string> names;
    for (const auto& appointment : page->appointments()) names.push_back(appointment.name());
    return names;
  }
};

TEST_P(OwnBooking, HeReadsAndCancelsWhatHeBookedElsewhere) {
  const v1::Appointment own = BookedBy(Booker(), "r-1", 0);
  const auto read = Get(Booker(), own.name());
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->site(), "regions/fr-pdl/sites/challans");
  EXPECT_THAT(History(Booker(), own), IsOk());
  const auto cancelled = Cancel(Booker(), own);
  ASSERT_THAT(cancelled, IsOk());
  EXPECT_EQ(cancelled->state(), v1::Appointment::STATE_CANCELLED);
  EXPECT_EQ(Cancel(Booker(), own)->SerializeAsString(), cancelled->SerializeAsString());
}

TEST_P(OwnBooking, NotWhatAColleagueBookedThere) {
  const v1::Appointment others = BookedBy(Colleague(), "r-1", 0);
  EXPECT_THAT(Get(Booker(), others.name()),
              StatusIs(absl::StatusCode::kPermissionDenied, "SITE_FORBIDDEN"));
  EXPECT_THAT(History(Booker(), others), ReasonIs("SITE_FORBIDDEN"));
  EXPECT_THAT(Cancel(Booker(), others), ReasonIs("SITE_FORBIDDEN"));
  EXPECT_THAT(Move(Booker(), others, kLaterThere, "m-1"), ReasonIs("SITE_FORBIDDEN"));
  EXPECT_EQ(Get(osnp_, others.name())->state(), v1::Appointment::STATE_BOOKED);
}

TEST_P(OwnBooking, HisTerritoriesStillCount) {
  const v1::Appointment own = BookedBy(Booker(), "r-1", 0);
  base::Actor sarthe = Booker();
  sarthe.territories = {"72"};
  EXPECT_THAT(Get(sarthe, own.name()), ReasonIs("TERRITORY_FORBIDDEN"));
  EXPECT_THAT(Cancel(sarthe, own), ReasonIs("TERRITORY_FORBIDDEN"));
}

TEST_P(OwnBooking, HeListsHisOwnApartFromHisSite) {
  const v1::Appointment own = BookedBy(Booker(), "r-1", 0);
  const v1::Appointment others = BookedBy(Colleague(), "r-2", 1);
  EXPECT_THAT(*Listed(Booker(), /*own=*/true), ElementsAre(own.name()));
  EXPECT_THAT(*Listed(Booker(), /*own=*/true, "regions/fr-pdl/sites/challans"),
              ElementsAre(own.name()));
  EXPECT_THAT(*Listed(Booker(), /*own=*/true, "regions/fr-pdl/sites/machecoul"), IsEmpty());
  EXPECT_THAT(*Listed(Booker(), /*own=*/false), IsEmpty()) << "the day of his site is that";
  EXPECT_THAT(Listed(Booker(), /*own=*/false, "regions/fr-pdl/sites/challans"),
              ReasonIs("SITE_FORBIDDEN"));
  EXPECT_EQ(Listed(Somebody("ici-1", "challans"), /*own=*/false)->size(), 2u);
  EXPECT_THAT(*Listed(Somebody("ici-1", "challans"), /*own=*/true), IsEmpty());
}

TEST_P(OwnBooking, HeMovesItWhereverHeHoldsASeat) {
  const v1::Appointment own = BookedBy(Booker(), "r-1", 0);
  const auto later = Move(Booker(), own, kLaterThere, "m-1");
  ASSERT_THAT(later, IsOk());
  EXPECT_EQ(later->slot(), kLaterThere);
  const auto third = Move(Booker(), *later, kThirdSite, "m-2");
  ASSERT_THAT(third, IsOk());
  EXPECT_EQ(third->site(), "regions/fr-pdl/sites/palluau");
  EXPECT_EQ(third->booked_by().subject(), "ailleurs-1");
}

TEST_P(OwnBooking, H40_HeSaysWhatThePageOfTheOtherSiteAnswered) {
  slots_.SetMaster(slots::v1::AGENDA_MASTER_SOURCE_REDIRECT, "https://rdv.example/agenda?dr=7");
  const v1::Appointment own = BookedBy(Booker(), "r-1", 0);
  ASSERT_EQ(own.state(), v1::Appointment::STATE_PENDING);
  const auto taken = Answered(Booker(), own, "RDV-7");
  ASSERT_THAT(taken, IsOk());
  EXPECT_EQ(taken->state(), v1::Appointment::STATE_BOOKED);
  EXPECT_EQ(taken->source().external_appointment_id(), "RDV-7");
  EXPECT_EQ(Answered(Booker(), own, "RDV-7")->SerializeAsString(), taken->SerializeAsString());
  const auto refused = Answered(Booker(), BookedBy(Booker(), "r-2", 1), "", "p-2");
  ASSERT_THAT(refused, IsOk());
  EXPECT_EQ(refused->cancel_reason_code(), "SOURCE_REFUSED");
}

TEST_P(OwnBooking, H40_NotWhatThePageAnsweredToAColleague) {
  slots_.SetMaster(slots::v1::AGENDA_MASTER_SOURCE_REDIRECT, "https://rdv.example/agenda?dr=7");
  const v1::Appointment others = BookedBy(Colleague(), "r-1", 0);
  EXPECT_THAT(Answered(Booker(), others, ""),
              StatusIs(absl::StatusCode::kPermissionDenied, "SITE_FORBIDDEN"));
  base::Actor sarthe = Colleague();
  sarthe.territories = {"72"};
  EXPECT_THAT(Answered(sarthe, others, ""), ReasonIs("TERRITORY_FORBIDDEN"));
  EXPECT_EQ(Get(osnp_, others.name())->state(), v1::Appointment::STATE_PENDING);
}

TEST_P(OwnBooking, WhatIsDoneAtTheSiteStaysWithTheSite) {
  const v1::Appointment own = BookedBy(Booker(), "r-1", 0);
  v1::RecordArrivalRequest arrival;
  arrival.set_name(own.name());
  arrival.set_arrival(v1::Appointment::ARRIVAL_ARRIVED);
  arrival.set_request_id("a-1");
  EXPECT_THAT(Ask<v1::Appointment>(Booker(), arrival, &v1::BookingService::Stub::RecordArrival),
              ReasonIs("SITE_FORBIDDEN"));
  v1::ResolveAppointmentRequest end;
  end.set_name(own.name());
  end.set_resolution(v1::Appointment::STATE_NO_SHOW);
  end.set_etag(own.etag());
  end.set_request_id("s-1");
  EXPECT_THAT(Ask<v1::Appointment>(Booker(), end, &v1::BookingService::Stub::ResolveAppointment),
              ReasonIs("SITE_FORBIDDEN"));
}

INSTANTIATE_TEST_SUITE_P(Practices, OwnBooking,
                         ::testing::Values(BookingPractice{"effecteur", base::Role::kEffecteur,
                                                           type::v1::ENTRY_POINT_MEDECIN_TRAITANT},
                                           BookingPractice{"secretariat", base::Role::kSecretariat,
                                                           type::v1::ENTRY_POINT_SECRETARIAT}),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace sas::booking
