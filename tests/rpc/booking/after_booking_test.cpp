#include "sas/events/v1/event.pb.h"
#include "tests/rpc/booking/booking_fixture.h"

namespace sas::booking {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ActorWith;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

class AfterBookingTest : public BookingTest {
 protected:
  absl::StatusOr<v1::Appointment> Cancel(const base::Actor& actor, const v1::Appointment& of,
                                         const std::string& reason = "PATIENT",
                                         const std::string& request_id = "c-1") {
    v1::CancelAppointmentRequest request;
    request.set_name(of.name());
    request.set_reason_code(reason);
    request.set_etag(of.etag());
    request.set_request_id(request_id);
    return Ask<v1::Appointment>(actor, request, &v1::BookingService::Stub::CancelAppointment);
  }

  absl::StatusOr<v1::Appointment> Arrive(const base::Actor& actor, const std::string& name,
                                         v1::Appointment::Arrival arrival) {
    v1::RecordArrivalRequest request;
    request.set_name(name);
    request.set_arrival(arrival);
    request.set_request_id("a-" + std::to_string(++requests_));
    return Ask<v1::Appointment>(actor, request, &v1::BookingService::Stub::RecordArrival);
  }

  absl::StatusOr<v1::Appointment> Resolve(const base::Actor& actor, const v1::Appointment& of,
                                          v1::Appointment::State state,
                                          const std::string& final_motif = "") {
    v1::ResolveAppointmentRequest request;
    request.set_name(of.name());
    request.set_resolution(state);
    request.set_etag(of.etag());
    request.set_request_id("s-" + std::to_string(++requests_));
    if (!final_motif.empty()) {
      request.mutable_outcome()->set_final_motif_code(final_motif);
      request.mutable_outcome()->set_follow_up(v1::Outcome::FOLLOW_UP_TREATING_DOCTOR);
    }
    return Ask<v1::Appointment>(actor, request, &v1::BookingService::Stub::ResolveAppointment);
  }

  int requests_ = 0;
};

TEST_F(AfterBookingTest, CancellingFreesTheSeatAtOnce) {
  const v1::Appointment booked = MustCreate("r-1");
  Flush();
  ASSERT_EQ(slots_.OwnerOf(kSlot, 0), booked.name());
  const auto cancelled = Cancel(osnp_, booked);
  ASSERT_THAT(cancelled, IsOk());
  EXPECT_EQ(cancelled->state(), v1::Appointment::STATE_CANCELLED);
  EXPECT_EQ(cancelled->cancel_reason_code(), "PATIENT");
  EXPECT_EQ(cancelled->etag(), "\"2\"");
  Flush();
  EXPECT_EQ(slots_.OwnerOf(kSlot, 0), "");
  const v1::Appointment again = MustCreate("r-2");
  Flush();
  EXPECT_EQ(slots_.OwnerOf(kSlot, 0), again.name());
  ASSERT_EQ(Events().size(), 3u);
  EXPECT_EQ(Events()[1].type, "appointment.cancelled");
  events::v1::Event event;
  ASSERT_TRUE(event.ParseFromString(Events()[1].payload));
  EXPECT_EQ(event.appointment().cancel_reason_code(), "PATIENT");
}

TEST_F(AfterBookingTest, H26_ALateRepeatOfACancelFreesNobodyElse) {
  const v1::Appointment booked = MustCreate("r-1");
  const auto first = Cancel(osnp_, booked);
  ASSERT_THAT(first, IsOk());
  const v1::Appointment again = MustCreate("r-2");
  const auto repeat = Cancel(osnp_, booked);
  ASSERT_THAT(repeat, IsOk());
  EXPECT_EQ(repeat->SerializeAsString(), first->SerializeAsString());
  EXPECT_THAT(Cancel(osnp_, booked, "PATIENT", "c-2"),
              StatusIs(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  Flush();
  EXPECT_EQ(slots_.OwnerOf(kSlot, 0), again.name());
  EXPECT_EQ(Get(osnp_, again.name())->state(), v1::Appointment::STATE_BOOKED);
}

TEST_F(AfterBookingTest, CancelRefusals) {
  const v1::Appointment booked = MustCreate("r-1");
  EXPECT_THAT(Cancel(osnp_, booked, "HOLIDAY"), ReasonIs("UNKNOWN_CODE"));
  v1::Appointment blind = booked;
  blind.clear_etag();
  EXPECT_THAT(Cancel(osnp_, blind), ReasonIs("ETAG_REQUIRED"));
  blind.set_etag("\"9\"");
  EXPECT_THAT(Cancel(osnp_, blind), ReasonIs("ETAG_MISMATCH"));
  blind = booked;
  blind.set_name("regions/fr-pdl/appointments/none");
  EXPECT_THAT(Cancel(osnp_, blind), StatusIs(absl::StatusCode::kNotFound, "APPOINTMENT_NOT_FOUND"));
  base::Actor other = Pharmacist();
  other.subject = "pharmacie-2";
  EXPECT_THAT(Cancel(other, booked),
              StatusIs(absl::StatusCode::kPermissionDenied, "NOT_YOUR_BOOKING"));
  EXPECT_THAT(Cancel(ActorWith(base::Role::kArm), booked), ReasonIs("ROLE_FORBIDDEN"));
  EXPECT_THAT(Cancel(Pharmacist(), booked), IsOk());
}

TEST_F(AfterBookingTest, S0_17_TheDayGoesForward) {
  const v1::Appointment booked = MustCreate("r-1");
  using Appointment = v1::Appointment;
  const auto arrived = Arrive(Effecteur(), booked.name(), Appointment::ARRIVAL_ARRIVED);
  ASSERT_THAT(arrived, IsOk());
  EXPECT_EQ(arrived->arrival(), Appointment::ARRIVAL_ARRIVED);
  EXPECT_THAT(Arrive(Effecteur(), booked.name(), Appointment::ARRIVAL_EXPECTED),
              ReasonIs("ARRIVAL_NOT_FORWARD"));
  EXPECT_THAT(Arrive(Effecteur(), booked.name(), Appointment::ARRIVAL_UNSPECIFIED),
              ReasonIs("FIELD_REQUIRED"));
  EXPECT_THAT(Arrive(Effecteur(), booked.name(), static_cast<Appointment::Arrival>(9)),
              ReasonIs("UNKNOWN_ENUM_VALUE"));
  EXPECT_THAT(Arrive(osnp_, booked.name(), Appointment::ARRIVAL_LEFT), ReasonIs("ROLE_FORBIDDEN"));
  EXPECT_EQ(Events().back().type, "appointment.updated");
}

TEST_F(AfterBookingTest, APracticeSeesItsOwnSite) {
  const v1::Appointment booked = MustCreate("r-1");
  base::Actor other = Effecteur();
  other.organization = "machecoul";
  EXPECT_THAT(Arrive(other, booked.name(), v1::Appointment::ARRIVAL_ARRIVED),
              StatusIs(absl::StatusCode::kPermissionDenied, "SITE_FORBIDDEN"));
  EXPECT_THAT(Get(other, booked.name()), ReasonIs("SITE_FORBIDDEN"));
  EXPECT_THAT(Get(Effecteur(), booked.name()), IsOk());
}

TEST_F(AfterBookingTest, APassageIsClosedWithItsMotifAndItsTime) {
  const v1::Appointment booked = MustCreate("r-1");
  clock_.Advance(hours(2));
  using Appointment = v1::Appointment;
  ASSERT_THAT(Arrive(Effecteur(), booked.name(), Appointment::ARRIVAL_ARRIVED), IsOk());
  clock_.Advance(minutes(5));
  ASSERT_THAT(Arrive(Effecteur(), booked.name(), Appointment::ARRIVAL_IN_CONSULTATION), IsOk());
  EXPECT_THAT(Cancel(osnp_, *Get(osnp_, booked.name())), ReasonIs("PATIENT_IN_CONSULTATION"));
  clock_.Advance(minutes(12));
  const auto left = Arrive(Effecteur(), booked.name(), Appointment::ARRIVAL_LEFT);
  ASSERT_THAT(left, IsOk());
  clock_.Advance(minutes(30));
  EXPECT_THAT(Resolve(Effecteur(), *left, Appointment::STATE_FULFILLED, "M99.99"),
              ReasonIs("UNKNOWN_CODE"));
  EXPECT_THAT(Resolve(Effecteur(), *left, Appointment::STATE_FULFILLED),
              ReasonIs("OUTCOME_REQUIRED"));
  EXPECT_THAT(Resolve(Effecteur(), *left, Appointment::STATE_NO_SHOW),
              ReasonIs("PATIENT_HAS_ARRIVED"));
  const auto closed = Resolve(Effecteur(), *left, Appointment::STATE_FULFILLED, "M03.05");
  ASSERT_THAT(closed, IsOk());
  EXPECT_EQ(closed->state(), Appointment::STATE_FULFILLED);
  EXPECT_EQ(closed->outcome().consultation_duration().seconds(), 12 * 60);
  EXPECT_TRUE(closed->outcome().has_record_time());
  EXPECT_THAT(Resolve(Effecteur(), *closed, Appointment::STATE_NO_SHOW),
              ReasonIs("APPOINTMENT_STATE_FORBIDS"));
}

TEST_F(AfterBookingTest, ANoShowIsNotSaidTooEarly) {
  const v1::Appointment booked = MustCreate("r-1");
  EXPECT_THAT(Resolve(Effecteur(), booked, v1::Appointment::STATE_NO_SHOW),
              ReasonIs("NO_SHOW_TOO_EARLY"));
  EXPECT_THAT(Resolve(Effecteur(), booked, v1::Appointment::STATE_CANCELLED),
              ReasonIs("INVALID_RESOLUTION"));
  clock_.Advance(hours(2));
  // Credentials of the past hour are over by then; these are fresh.
  const auto closed = Resolve(Effecteur(), booked, v1::Appointment::STATE_NO_SHOW);
  ASSERT_THAT(closed, IsOk());
  EXPECT_EQ(closed->state(), v1::Appointment::STATE_NO_SHOW);
  EXPECT_FALSE(closed->has_outcome());
}

TEST_F(AfterBookingTest, APlannerSeesNoClinicalData) {
  v1::CreateAppointmentRequest request = DirectRequest("r-1");
  request.mutable_appointment()->set_clinical_line("plaie de la main");
  const auto booked = Create(Pharmacist(), request);
  ASSERT_THAT(booked, IsOk());
  const base::Actor planner = ActorWith(base::Role::kPlanner, "cpts-1");
  const auto seen = Get(planner, booked->name());
  ASSERT_THAT(seen, IsOk());
  EXPECT_EQ(seen->clinical_line(), "");
  EXPECT_EQ(seen->motif_code(), "");
  EXPECT_FALSE(seen->has_age());
  EXPECT_EQ(seen->site_display_name(), "CSNP de Challans");
  const auto arrived = Arrive(planner, booked->name(), v1::Appointment::ARRIVAL_ARRIVED);
  ASSERT_THAT(arrived, IsOk());
  EXPECT_EQ(arrived->clinical_line(), "");
  EXPECT_EQ(Get(osnp_, booked->name())->clinical_line(), "plaie de la main");
}

}  // namespace
}  // namespace sas::booking
