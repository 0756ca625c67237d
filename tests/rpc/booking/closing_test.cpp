#include "sas/events/v1/event.pb.h"
#include "tests/rpc/booking/booking_fixture.h"

// The end of passages and sessions, and what the record tells of them.
namespace sas::booking {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ActorWith;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;
using Appointment = v1::Appointment;

class ClosingTest : public BookingTest {
 protected:
  absl::StatusOr<Appointment> Arrive(const Appointment& of, Appointment::Arrival arrival) {
    v1::RecordArrivalRequest request;
    request.set_name(of.name());
    request.set_arrival(arrival);
    request.set_request_id("a-" + std::to_string(++requests_));
    return Ask<Appointment>(Effecteur(), request, &v1::BookingService::Stub::RecordArrival);
  }

  v1::ResolveAppointmentRequest Resolution(const Appointment& of, Appointment::State state) {
    v1::ResolveAppointmentRequest request;
    request.set_name(of.name());
    request.set_resolution(state);
    request.set_etag(of.etag());
    request.set_request_id("s-" + std::to_string(++requests_));
    if (state == Appointment::STATE_FULFILLED) {
      request.mutable_outcome()->set_follow_up(v1::Outcome::FOLLOW_UP_EMERGENCY);
      request.mutable_outcome()->set_final_motif_code("M03.05");
    }
    return request;
  }

  absl::StatusOr<Appointment> Resolve(const v1::ResolveAppointmentRequest& request) {
    return Ask<Appointment>(Effecteur(), request, &v1::BookingService::Stub::ResolveAppointment);
  }

  // The session of the afternoon of the fixture's slots.
  v1::CloseSessionRequest Session(const std::string& request_id = "close-1") {
    v1::CloseSessionRequest request;
    request.set_site("regions/fr-pdl/sites/challans");
    request.set_agenda("a");
    *request.mutable_start_time() = ToTimestamp(start_ - hours(1));
    *request.mutable_end_time() = ToTimestamp(start_ + hours(1));
    request.set_request_id(request_id);
    return request;
  }

  absl::StatusOr<v1::SessionClosure> Close(const base::Actor& actor,
                                           const v1::CloseSessionRequest& request) {
    return Ask<v1::SessionClosure>(actor, request, &v1::BookingService::Stub::CloseSession);
  }

  const base::Instant start_ = clock_.Now() + hours(2);
  int requests_ = 0;
};

TEST_F(ClosingTest, S2_29_FinalMotifDurationFromArrivalToExitAndReorientation) {
  const Appointment booked = MustCreate("r-1");
  clock_.Advance(hours(2));
  const auto arrived = Arrive(booked, Appointment::ARRIVAL_ARRIVED);
  ASSERT_THAT(arrived, IsOk());
  EXPECT_TRUE(arrived->has_arrive_time());
  clock_.Advance(minutes(10));
  ASSERT_THAT(Arrive(booked, Appointment::ARRIVAL_IN_CONSULTATION), IsOk());
  clock_.Advance(minutes(12));
  const auto left = Arrive(booked, Appointment::ARRIVAL_LEFT);
  ASSERT_THAT(left, IsOk());
  clock_.Advance(minutes(40));
  const auto closed = Resolve(Resolution(*left, Appointment::STATE_FULFILLED));
  ASSERT_THAT(closed, IsOk());
  EXPECT_EQ(closed->outcome().final_motif_code(), "M03.05");
  EXPECT_EQ(closed->outcome().consultation_duration().seconds(), 12 * 60);
  EXPECT_EQ(closed->outcome().passage_duration().seconds(), 22 * 60);
  EXPECT_EQ(closed->outcome().follow_up(), v1::Outcome::FOLLOW_UP_EMERGENCY);
}

TEST_F(ClosingTest, S2_29_TheDurationMayBeCorrected) {
  const Appointment booked = MustCreate("r-1");
  clock_.Advance(hours(2));
  auto request = Resolution(booked, Appointment::STATE_FULFILLED);
  request.mutable_outcome()->mutable_passage_duration()->set_seconds(-1);
  EXPECT_THAT(Resolve(request), ReasonIs("INVALID_DURATION"));
  request.mutable_outcome()->mutable_passage_duration()->set_seconds(35 * 60);
  const auto closed = Resolve(request);
  ASSERT_THAT(closed, IsOk());
  EXPECT_EQ(closed->outcome().passage_duration().seconds(), 35 * 60);
  EXPECT_FALSE(closed->outcome().has_consultation_duration());  // Nobody recorded its start.
}

TEST_F(ClosingTest, AnAbandonIsAStateWithItsReason) {
  const Appointment booked = MustCreate("r-1");
  EXPECT_THAT(Resolve(Resolution(booked, Appointment::STATE_ABANDONED)), ReasonIs("UNKNOWN_CODE"));
  clock_.Advance(hours(2));
  const auto arrived = Arrive(booked, Appointment::ARRIVAL_ARRIVED);
  ASSERT_THAT(arrived, IsOk());
  auto request = Resolution(*arrived, Appointment::STATE_ABANDONED);
  request.set_abandon_reason_code("LEFT_BEFORE_CONSULTATION");
  const auto abandoned = Resolve(request);
  ASSERT_THAT(abandoned, IsOk());
  EXPECT_EQ(abandoned->state(), Appointment::STATE_ABANDONED);
  EXPECT_EQ(abandoned->abandon_reason_code(), "LEFT_BEFORE_CONSULTATION");
  EXPECT_FALSE(abandoned->has_outcome());
  events::v1::Event event;
  ASSERT_TRUE(event.ParseFromString(Events().back().payload));
  EXPECT_EQ(event.appointment().state(), Appointment::STATE_ABANDONED);
  Flush();
  EXPECT_EQ(slots_.OwnerOf(kSlot, 0), booked.name());  // The place was his.
}

TEST_F(ClosingTest, S2_49_ASessionDoesNotCloseWhileAPassageLacksItsMotif) {
  const Appointment first = MustCreate("r-1", 0);
  const Appointment second = MustCreate("r-2", 1);
  EXPECT_THAT(Close(Effecteur(), Session()), ReasonIs("SESSION_NOT_OVER"));
  clock_.Advance(hours(4));
  const auto refused = Close(Effecteur(), Session());
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition, "SESSION_NOT_COMPLETE"));
  std::string named;
  for (const auto& [key, value] : base::DetailOf(refused.status()).metadata) {
    if (key == "appointments") named = value;
  }
  for (const Appointment* each : {&first, &second}) {
    const std::string id = each->name().substr(each->name().rfind('/') + 1);
    EXPECT_NE(named.find(id), std::string::npos);
  }
  ASSERT_THAT(Resolve(Resolution(first, Appointment::STATE_FULFILLED)), IsOk());
  EXPECT_THAT(Close(Effecteur(), Session()), ReasonIs("SESSION_NOT_COMPLETE"));
  // "Non renseigné" is said, never invented, and counted (hazard H-51).
  auto unknown = Resolution(second, Appointment::STATE_FULFILLED);
  unknown.mutable_outcome()->set_final_motif_unknown(true);
  EXPECT_THAT(Resolve(unknown), ReasonIs("FINAL_MOTIF_CONTRADICTS"));
  unknown.mutable_outcome()->clear_final_motif_code();
  ASSERT_THAT(Resolve(unknown), IsOk());
  const auto closed = Close(Effecteur(), Session());
  ASSERT_THAT(closed, IsOk());
  EXPECT_EQ(closed->fulfilled_count(), 2);
  EXPECT_EQ(closed->motif_unknown_count(), 1);
  EXPECT_EQ(closed->closed_by().subject(), "dr-essai");
  EXPECT_EQ(Close(Effecteur(), Session())->SerializeAsString(), closed->SerializeAsString());
  EXPECT_THAT(Close(Effecteur(), Session("close-2")),
              StatusIs(absl::StatusCode::kAlreadyExists, "SESSION_CLOSED"));
  EXPECT_EQ(Events().back().type, "session.closed");
}

TEST_F(ClosingTest, H51_AnOutcomeThatIsNotSaidIsRefused) {
  const Appointment booked = MustCreate("r-1");
  clock_.Advance(hours(2));
  auto request = Resolution(booked, Appointment::STATE_UNSPECIFIED);
  EXPECT_THAT(Resolve(request), ReasonIs("INVALID_RESOLUTION"));
  request = Resolution(booked, Appointment::STATE_FULFILLED);
  request.mutable_outcome()->clear_final_motif_code();
  EXPECT_THAT(Resolve(request), ReasonIs("UNKNOWN_CODE"));
  request.mutable_outcome()->set_final_motif_code("M03.05");
  request.mutable_outcome()->clear_follow_up();
  EXPECT_THAT(Resolve(request), ReasonIs("FOLLOW_UP_REQUIRED"));
  EXPECT_EQ(Get(osnp_, booked.name())->state(), Appointment::STATE_BOOKED);
}

TEST_F(ClosingTest, ASessionIsClosedByItsPracticeAndHasASize) {
  clock_.Advance(hours(4));
  base::Actor other = Effecteur();
  other.organization = "machecoul";
  EXPECT_THAT(Close(other, Session()), ReasonIs("SITE_FORBIDDEN"));
  EXPECT_THAT(Close(osnp_, Session()), ReasonIs("ROLE_FORBIDDEN"));
  auto request = Session();
  request.clear_end_time();
  EXPECT_THAT(Close(Effecteur(), request), ReasonIs("FIELD_REQUIRED"));
  request = Session();
  *request.mutable_start_time() = ToTimestamp(start_ - hours(24));
  EXPECT_THAT(Close(Effecteur(), request), ReasonIs("INVALID_TIME_RANGE"));
  EXPECT_THAT(Close(Effecteur(), Session()), IsOk());  // An empty one.
}

TEST_F(ClosingTest, S2_56_TheWholeHistoryOfARequestCanBeRead) {
  const Appointment booked = MustCreate("r-1");
  clock_.Advance(hours(2));
  ASSERT_THAT(Arrive(booked, Appointment::ARRIVAL_ARRIVED), IsOk());
  const auto left = Arrive(booked, Appointment::ARRIVAL_LEFT);
  ASSERT_THAT(left, IsOk());
  ASSERT_THAT(Resolve(Resolution(*left, Appointment::STATE_FULFILLED)), IsOk());
  v1::ListAppointmentHistoryRequest request;
  request.set_parent(booked.name());
  request.set_page_size(3);
  const auto list = &v1::BookingService::Stub::ListAppointmentHistory;
  const auto page = Ask<v1::ListAppointmentHistoryResponse>(osnp_, request, list);
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->entries_size(), 3);
  EXPECT_EQ(page->entries(0).action(), "CreateAppointment");
  EXPECT_EQ(page->entries(0).actor().subject(), "pharmacie-1");
  EXPECT_EQ(page->entries(0).actor().role(), type::v1::ROLE_PROFESSIONAL);
  EXPECT_EQ(page->entries(0).hash().size(), 64u);
  EXPECT_EQ(page->entries(2).detail(), "state=BOOKED arrival=LEFT");
  request.set_page_token(page->next_page_token());
  const auto last = Ask<v1::ListAppointmentHistoryResponse>(osnp_, request, list);
  ASSERT_THAT(last, IsOk());
  ASSERT_EQ(last->entries_size(), 1);
  EXPECT_EQ(last->entries(0).action(), "ResolveAppointment");
  EXPECT_EQ(last->entries(0).detail(), "state=FULFILLED final_motif=M03.05 follow_up=EMERGENCY");
  EXPECT_EQ(last->next_page_token(), "");
  request.set_page_token("x");
  EXPECT_THAT(Ask<v1::ListAppointmentHistoryResponse>(osnp_, request, list),
              ReasonIs("INVALID_PAGE_TOKEN"));
  request.clear_page_token();
  base::Actor other = Effecteur();
  other.organization = "machecoul";
  EXPECT_THAT(Ask<v1::ListAppointmentHistoryResponse>(other, request, list),
              ReasonIs("SITE_FORBIDDEN"));
  request.set_parent("regions/fr-pdl/appointments/none");
  EXPECT_THAT(Ask<v1::ListAppointmentHistoryResponse>(osnp_, request, list),
              ReasonIs("APPOINTMENT_NOT_FOUND"));
}

TEST_F(ClosingTest, ASeatBeyondIsTracedOnTheAppointmentAndInTheRecord) {
  slots_.SetSupernumerary("PRACTITIONER_AGREES");
  const auto booked = Create(Pharmacist(), DirectRequest("r-1", 2));
  ASSERT_THAT(booked, IsOk());
  EXPECT_EQ(booked->supernumerary_reason_code(), "PRACTITIONER_AGREES");
  v1::ListAppointmentHistoryRequest request;
  request.set_parent(booked->name());
  const auto page = Ask<v1::ListAppointmentHistoryResponse>(
      osnp_, request, &v1::BookingService::Stub::ListAppointmentHistory);
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->entries(0).detail(),
            "state=BOOKED entry_point=PHARMACIE supernumerary=PRACTITIONER_AGREES");
}

}  // namespace
}  // namespace sas::booking
