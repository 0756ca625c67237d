#include <prometheus/counter.h>

#include <thread>

#include "sas/events/v1/event.pb.h"
#include "services/booking/displaced_check.h"
#include "tests/rpc/booking/booking_fixture.h"

// A session that vanishes under its patients leaves work that somebody does (hazard H-27).
namespace sas::booking {
namespace {

using slots::v1::SlotStanding;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ActorWith;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;
using v1::Displacement;
using Names = std::vector<std::string>;

constexpr char kSite[] = "regions/fr-pdl/sites/challans";
constexpr char kSoon[] = "regions/fr-pdl/sites/challans/slots/b-20261124t1200z";
constexpr char kElsewhere[] = "regions/fr-pdl/sites/machecoul/slots/c-20261124t1500z";

class DisplacedBase : public BookingTest {
 protected:
  explicit DisplacedBase(testing::Backend backend = testing::Backend::kMemory)
      : BookingTest(backend) {
    slots_.SetSlot(kSoon, clock_.Now() + hours(1), minutes(15), type::v1::CONSULTATION_MODE_AMB);
    slots_.SetSlot(kElsewhere, clock_.Now() + hours(4), minutes(15),
                   type::v1::CONSULTATION_MODE_AMB);
  }

  base::Call Internal() const { return base::InternalCall("displaced", clock_, seconds(5)); }

  v1::Appointment BookIn(const std::string& slot, const std::string& request_id, int seat = 0) {
    v1::CreateAppointmentRequest request = DirectRequest(request_id);
    request.mutable_appointment()->set_slot(slot);
    request.set_hold_token(slots_.Hold(slot, seat, "pharmacie-1"));
    const auto booked = Create(Pharmacist(), request);
    EXPECT_THAT(booked, IsOk());
    return booked.value_or(v1::Appointment());
  }

  // A look at everything, as after a start.
  absl::Status Look() {
    DisplacedCheck check(*store_, slots_, *displaced_metrics_, clock_);
    return check.Turn(Internal());
  }

  absl::StatusOr<v1::ListDisplacedAppointmentsResponse> ListAs(
      const base::Actor& actor, v1::ListDisplacedAppointmentsRequest request = {}) {
    if (request.parent().empty()) request.set_parent("regions/fr-pdl");
    return Ask<v1::ListDisplacedAppointmentsResponse>(
        actor, request, &v1::DisplacedService::Stub::ListDisplacedAppointments);
  }

  Names Listed(const base::Actor& actor) {
    Names names;
    const auto page = ListAs(actor);
    EXPECT_THAT(page, IsOk());
    if (!page.ok()) return names;
    for (const auto& each : page->appointments()) names.push_back(each.name());
    return names;
  }

  absl::StatusOr<v1::Appointment> Keep(const v1::Appointment& of, const std::string& request_id,
                                       const base::Actor& actor) {
    v1::KeepDisplacedAppointmentRequest request;
    request.set_name(of.name());
    request.set_etag(of.etag());
    request.set_request_id(request_id);
    return Ask<v1::Appointment>(actor, request,
                                &v1::DisplacedService::Stub::KeepDisplacedAppointment);
  }

  // Types of the events about displacements, in order, with their reasons.
  Names Told() {
    Names told;
    for (const auto& stored : Events()) {
      if (stored.type != "appointment.displaced" && stored.type != "appointment.settled") continue;
      events::v1::Event event;
      EXPECT_TRUE(event.ParseFromString(stored.payload));
      told.push_back(stored.type.substr(12) + " " +
                     Displacement::Reason_Name(event.appointment().displacement()).substr(7));
    }
    return told;
  }

  int Count(const std::string& outcome) {
    return static_cast<int>(server_->metrics()
                                .Counter("sas_booking_displaced_total", "", {{"outcome", outcome}})
                                .Value());
  }
};

class DisplacedTest : public DisplacedBase {};

TEST_F(DisplacedTest, H27_EachPatientOfAWithdrawnSessionIsOneEntrySoonestFirst) {
  const v1::Appointment late = BookIn(kElsewhere, "r-1");
  const v1::Appointment two = MustCreate("r-2", 0);
  const v1::Appointment soon = BookIn(kSoon, "r-3");
  MustCreate("r-4", 1);
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(Listed(osnp_), Names{});
  slots_.SetStanding(kElsewhere, SlotStanding::KIND_GONE);
  slots_.SetStanding(kSoon, SlotStanding::KIND_UNSTAFFED);
  ASSERT_THAT(Look(), IsOk());
  ASSERT_EQ(Listed(osnp_), (Names{soon.name(), late.name()}));
  const auto page = ListAs(osnp_);
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->check_time().seconds(), ToTimestamp(clock_.Now()).seconds());
  const v1::Appointment& shown = page->appointments(0);
  EXPECT_EQ(shown.displacement().reason(), Displacement::REASON_UNSTAFFED);
  EXPECT_EQ(shown.displacement().displace_time().seconds(), ToTimestamp(clock_.Now()).seconds());
  // Nothing of the appointment itself has changed: no screen's etag is stale.
  EXPECT_EQ(shown.etag(), soon.etag());
  EXPECT_EQ(shown.state(), v1::Appointment::STATE_BOOKED);
  const auto got = Get(osnp_, late.name());
  ASSERT_THAT(got, IsOk());
  EXPECT_EQ(got->displacement().reason(), Displacement::REASON_SLOT_GONE);
  EXPECT_FALSE(Get(osnp_, two.name())->has_displacement());
  // Looked at again, nothing is told again.
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(Told(), (Names{"displaced UNSTAFFED", "displaced SLOT_GONE"}));
  EXPECT_EQ(Count("displaced"), 2);
  // For another reason it is.
  slots_.SetStanding(kSoon, SlotStanding::KIND_WITHDRAWN);
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(Told().back(), "displaced WITHDRAWN");
  EXPECT_EQ(Listed(osnp_).size(), 2u);
}

TEST_F(DisplacedTest, H27_AnEntryEndsWhenItsAppointmentGoesOrItsSlotComesBack) {
  const v1::Appointment moved = MustCreate("r-1", 0);
  const v1::Appointment cancelled = MustCreate("r-2", 1);
  const v1::Appointment back = BookIn(kSoon, "r-3");
  slots_.SetStanding(kSlot, SlotStanding::KIND_WITHDRAWN);
  slots_.SetStanding(kSoon, SlotStanding::KIND_WITHDRAWN);
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(Listed(osnp_).size(), 3u);

  v1::RescheduleAppointmentRequest move;
  move.set_name(moved.name());
  move.set_slot(kElsewhere);
  move.set_hold_token(slots_.Hold(kElsewhere, 0, "pharmacie-1"));
  move.set_reason_code("SITE");
  move.set_etag(moved.etag());
  move.set_request_id("m-1");
  ASSERT_THAT(
      Ask<v1::Appointment>(Pharmacist(), move, &v1::BookingService::Stub::RescheduleAppointment),
      IsOk());
  EXPECT_EQ(Listed(osnp_), (Names{back.name(), cancelled.name()}));

  v1::CancelAppointmentRequest cancel;
  cancel.set_name(cancelled.name());
  cancel.set_reason_code("SITE");
  cancel.set_etag(cancelled.etag());
  cancel.set_request_id("c-1");
  ASSERT_THAT(
      Ask<v1::Appointment>(Pharmacist(), cancel, &v1::BookingService::Stub::CancelAppointment),
      IsOk());
  EXPECT_EQ(Listed(osnp_), (Names{back.name()}));

  // What cannot be said changes nothing; what is said does.
  slots_.SetStanding(kSoon, SlotStanding::KIND_UNSPECIFIED);
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(Listed(osnp_), (Names{back.name()}));
  slots_.SetStanding(kSoon, SlotStanding::KIND_SERVED);
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(Listed(osnp_), Names{});
  EXPECT_EQ(Told().size(), 6u);
  EXPECT_EQ(Count("served"), 1);
}

TEST_F(DisplacedTest, H27_WhoHasComeIsCalledByNobody) {
  const v1::Appointment booked = MustCreate("r-1");
  slots_.SetStanding(kSlot, SlotStanding::KIND_WITHDRAWN);
  ASSERT_THAT(Look(), IsOk());
  clock_.Advance(hours(3));
  // His time has come and nobody has ended it: it stays, first of all.
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(Listed(osnp_), (Names{booked.name()}));
  v1::ResolveAppointmentRequest seen;
  seen.set_name(booked.name());
  seen.set_resolution(v1::Appointment::STATE_NO_SHOW);
  seen.set_etag(booked.etag());
  seen.set_request_id("s-1");
  ASSERT_THAT(
      Ask<v1::Appointment>(Effecteur(), seen, &v1::BookingService::Stub::ResolveAppointment),
      IsOk());
  EXPECT_EQ(Listed(osnp_), Names{});
  EXPECT_EQ(Told(), (Names{"displaced WITHDRAWN", "settled WITHDRAWN"}));
}

TEST_F(DisplacedTest, H27_ThePracticeKeepsItsPatientAndNobodyIsAskedTwice) {
  const v1::Appointment booked = MustCreate("r-1");
  EXPECT_THAT(Keep(booked, "k-0", osnp_),
              StatusIs(absl::StatusCode::kFailedPrecondition, "NOT_DISPLACED"));
  slots_.SetStanding(kSlot, SlotStanding::KIND_WITHDRAWN);
  ASSERT_THAT(Look(), IsOk());
  v1::Appointment stale = booked;
  stale.set_etag("\"9\"");
  EXPECT_THAT(Keep(stale, "k-1", osnp_), StatusIs(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_THAT(Keep(booked, "k-1", ActorWith(base::Role::kArm)), ReasonIs("ROLE_FORBIDDEN"));
  const auto kept = Keep(booked, "k-1", osnp_);
  ASSERT_THAT(kept, IsOk());
  EXPECT_EQ(kept->displacement().kept_by().subject(), "osnp-1");
  EXPECT_EQ(Keep(booked, "k-1", osnp_)->SerializeAsString(), kept->SerializeAsString());
  EXPECT_THAT(Keep(booked, "k-2", osnp_), ReasonIs("NOT_DISPLACED"));
  EXPECT_EQ(Listed(osnp_), Names{});
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(Listed(osnp_), Names{});
  // Whose doctor goes after that is another matter.
  slots_.SetStanding(kSlot, SlotStanding::KIND_UNSTAFFED);
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(Listed(osnp_), (Names{booked.name()}));
  EXPECT_EQ(Told(), (Names{"displaced WITHDRAWN", "settled WITHDRAWN", "displaced UNSTAFFED"}));
}

TEST_F(DisplacedTest, H27_NothingIsForgottenWhileTheSlotsAreAway) {
  const v1::Appointment booked = MustCreate("r-1");
  DisplacedCheck check(*store_, slots_, *displaced_metrics_, clock_);
  slots_.SetStanding(kSlot, SlotStanding::KIND_WITHDRAWN);
  const auto away = base::Fail(absl::StatusCode::kUnavailable, "SLOTS_UNREACHABLE", "no answer");
  slots_.FailWith(away);
  EXPECT_THAT(check.Turn(Internal()), ReasonIs("SLOTS_UNREACHABLE"));
  EXPECT_FALSE(ListAs(osnp_)->has_check_time());
  slots_.FailWith(absl::OkStatus());
  ASSERT_THAT(check.Turn(Internal()), IsOk());
  EXPECT_EQ(Listed(osnp_), (Names{booked.name()}));
  // The same of a site that the feed names, and of a ledger that fails.
  events::v1::Event event;
  event.set_type("agenda_exception.deleted");
  event.mutable_planning()->set_site(kSite);
  check.Hear(event);
  slots_.SetStanding(kSlot, SlotStanding::KIND_SERVED);
  slots_.FailWith(away);
  EXPECT_THAT(check.Turn(Internal()), ReasonIs("SLOTS_UNREACHABLE"));
  slots_.FailWith(absl::OkStatus());
  Flush();
  store_->FailNextWrite(FaultyStore::Fault::kBeforeCommit);
  EXPECT_THAT(check.Turn(Internal()), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(Listed(osnp_), (Names{booked.name()}));
  ASSERT_THAT(check.Turn(Internal()), IsOk());
  EXPECT_EQ(Listed(osnp_), Names{});
}

TEST_F(DisplacedTest, H27_OnlyTheSitesThatTheFeedNamesAreLookedAtBetweenThePasses) {
  MustCreate("r-1");
  BookIn(kElsewhere, "r-2");
  DisplacedCheck check(*store_, slots_, *displaced_metrics_, clock_);
  ASSERT_THAT(check.Turn(Internal()), IsOk());
  EXPECT_EQ(slots_.standings_asked(), (std::vector<std::size_t>{2}));
  const auto hear = [&](const std::string& type, const std::string& subject) {
    events::v1::Event event;
    event.set_type(type);
    event.set_subject(subject);
    check.Hear(event);
  };
  hear("seats.changed", "regions/fr-pdl");
  hear("source.reported", std::string(kSite) + "/agendas/a");
  ASSERT_THAT(check.Turn(Internal()), IsOk());
  EXPECT_EQ(slots_.standings_asked().size(), 1u);
  hear("agenda.synced", std::string(kSite) + "/agendas/a");
  hear("slot.withdrawn", kSlot);
  ASSERT_THAT(check.Turn(Internal()), IsOk());
  EXPECT_EQ(slots_.standings_asked(), (std::vector<std::size_t>{2, 1}));
  hear("practitioner.updated", "regions/fr-pdl/practitioners/p");
  ASSERT_THAT(check.Turn(Internal()), IsOk());
  EXPECT_EQ(slots_.standings_asked(), (std::vector<std::size_t>{2, 1, 2}));
  clock_.Advance(DisplacedCheck::kPassInterval - seconds(1));
  ASSERT_THAT(check.Turn(Internal()), IsOk());
  EXPECT_EQ(slots_.standings_asked().size(), 3u);
  clock_.Advance(seconds(1));
  ASSERT_THAT(check.Turn(Internal()), IsOk());
  EXPECT_EQ(slots_.standings_asked().size(), 4u);
  // More sites than are kept in mind: everything.
  for (std::size_t i = 0; i <= DisplacedCheck::kSitesMax; ++i) {
    hear("site.updated", "regions/fr-pdl/sites/s" + std::to_string(i));
  }
  ASSERT_THAT(check.Turn(Internal()), IsOk());
  EXPECT_EQ(slots_.standings_asked().size(), 5u);
}

TEST_F(DisplacedTest, H27_AQuestionHasAtMostTwoHundredSlots) {
  ASSERT_THAT(store_->Write(Internal(),
                            [&](BookingTransaction& transaction) -> absl::Status {
                              for (int i = 0; i < 201; ++i) {
                                AppointmentRecord record;
                                v1::Appointment& each = record.appointment;
                                each.set_name("regions/fr-pdl/appointments/n" + std::to_string(i));
                                each.set_state(v1::Appointment::STATE_BOOKED);
                                each.set_slot(kSlot);
                                each.set_seat(i);
                                each.set_site(kSite);
                                each.set_territory("85");
                                *each.mutable_start_time() = ToTimestamp(clock_.Now() + hours(2));
                                SAS_RETURN_IF_ERROR(transaction.Insert(record));
                              }
                              return absl::OkStatus();
                            }),
              IsOk());
  slots_.SetStanding(kSlot, SlotStanding::KIND_GONE);
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(slots_.standings_asked(), (std::vector<std::size_t>{200, 1}));
  // Every one of them, by pages that end.
  v1::ListDisplacedAppointmentsRequest request;
  request.set_page_size(200);
  auto page = ListAs(osnp_, request);
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->appointments_size(), 200);
  request.set_page_token(page->next_page_token());
  page = ListAs(osnp_, request);
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->appointments_size(), 1);
  EXPECT_EQ(page->next_page_token(), "");
  request.set_parent("regions/fr-pdl");
  request.set_site(kSite);
  EXPECT_THAT(ListAs(osnp_, request), ReasonIs("INVALID_PAGE_TOKEN"));
}

TEST_F(DisplacedTest, S0_10_EverybodySeesHisOwn) {
  const v1::Appointment here = MustCreate("r-1");
  const v1::Appointment there = BookIn(kElsewhere, "r-2");
  slots_.SetStanding(kSlot, SlotStanding::KIND_WITHDRAWN);
  slots_.SetStanding(kElsewhere, SlotStanding::KIND_WITHDRAWN);
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(Listed(osnp_), (Names{here.name(), there.name()}));
  EXPECT_EQ(Listed(Effecteur()), (Names{here.name()}));
  base::Actor sarthe = osnp_;
  sarthe.territories = {"72"};
  EXPECT_EQ(Listed(sarthe), Names{});
  EXPECT_THAT(Keep(there, "k-1", sarthe), ReasonIs("TERRITORY_FORBIDDEN"));
  EXPECT_THAT(Keep(there, "k-1", Effecteur()), ReasonIs("SITE_FORBIDDEN"));
  EXPECT_THAT(ListAs(Pharmacist()),
              StatusIs(absl::StatusCode::kPermissionDenied, "ROLE_FORBIDDEN"));
  const auto planned = ListAs(ActorWith(base::Role::kPlanner));
  ASSERT_THAT(planned, IsOk());
  EXPECT_EQ(planned->appointments(0).clinical_line(), "");
  v1::ListDisplacedAppointmentsRequest request;
  request.set_site("regions/fr-bre/sites/brest");
  EXPECT_THAT(ListAs(osnp_, request), ReasonIs("REGION_MISMATCH"));
  request.set_site(kSite);
  ASSERT_THAT(ListAs(osnp_, request), IsOk());
  EXPECT_EQ(ListAs(osnp_, request)->appointments_size(), 1);
}

class DisplacedStoreTest : public DisplacedBase,
                           public ::testing::WithParamInterface<testing::Backend> {
 protected:
  DisplacedStoreTest() : DisplacedBase(GetParam()) {}
};

TEST_P(DisplacedStoreTest, H27_TwoReplicasFindItOnceAndItOutlivesThem) {
  const v1::Appointment booked = MustCreate("r-1");
  slots_.SetStanding(kSlot, SlotStanding::KIND_WITHDRAWN);
  std::thread other([&] { EXPECT_THAT(Look(), IsOk()); });
  EXPECT_THAT(Look(), IsOk());
  other.join();
  EXPECT_EQ(Told(), (Names{"displaced WITHDRAWN"}));
  Restart();
  EXPECT_EQ(Listed(osnp_), (Names{booked.name()}));
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(Told(), (Names{"displaced WITHDRAWN"}));
}

INSTANTIATE_TEST_SUITE_P(Stores, DisplacedStoreTest, testing::EveryBackend(), testing::BackendName);

}  // namespace
}  // namespace sas::booking
