#include "tests/rpc/booking/booking_fixture.h"

// Repeats that come after the stored answer was purged: a refusal that names the appointment, and
// never a second one (hazard H-24).
namespace sas::booking {
namespace {

using std::chrono::hours;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

class ReplayTest : public BookingTest, public ::testing::WithParamInterface<testing::Backend> {
 protected:
  ReplayTest() : BookingTest(GetParam()) {
    slots_.SetStart(clock_.Now() + hours(80));
    regulation::v1::CareOrder order = SearchedOrder();
    *order.mutable_due_time() = ToTimestamp(clock_.Now() + hours(100));
    regulation_.Put(order);
  }

  /// The slots have heard of everything; then answers get too old, and are purged.
  void ForgetAnswers() {
    Flush();
    clock_.Advance(ledger::kAnswerRetention + std::chrono::seconds(1));
    auto* sql = dynamic_cast<SqlBookingStore*>(&ledger_->store());
    if (sql == nullptr) return;
    ASSERT_THAT(sql->Tidy(base::InternalCall("tidy", clock_, std::chrono::seconds(20))), IsOk());
  }

  v1::Appointment MustBook(const v1::CreateAppointmentRequest& request, const base::Actor& actor) {
    const auto booked = Create(actor, request);
    EXPECT_THAT(booked, IsOk());
    return booked.ok() ? *booked : v1::Appointment();
  }

  absl::StatusOr<v1::BatchCreateAppointmentsResponse> Book(
      const v1::BatchCreateAppointmentsRequest& family) {
    return Ask<v1::BatchCreateAppointmentsResponse>(
        Pharmacist(), family, &v1::BookingService::Stub::BatchCreateAppointments);
  }
};

TEST_P(ReplayTest, H24_ADirectEntryIsToldWhichAppointmentItMade) {
  const v1::CreateAppointmentRequest request = DirectRequest("r-1");
  const v1::Appointment booked = MustBook(request, Pharmacist());
  ForgetAnswers();
  const auto spent = Create(Pharmacist(), request);  // Its hold has ended long ago, too.
  EXPECT_THAT(spent, StatusIs(absl::StatusCode::kAlreadyExists, "APPOINTMENT_EXISTS"));
  EXPECT_EQ(base::DetailOf(spent.status()).metadata,
            (base::Metadata{{"appointment", booked.name()}}));
  // With a new hold under the old number it is the old request all the same.
  v1::CreateAppointmentRequest again = request;
  again.set_hold_token(slots_.Hold(kSlot, 1, "pharmacie-1"));
  EXPECT_THAT(Create(Pharmacist(), again), ReasonIs("APPOINTMENT_EXISTS"));
  EXPECT_EQ(AllNames(), std::vector<std::string>{booked.name()});
  Flush();
  EXPECT_EQ(slots_.OwnerOf(kSlot, 0), booked.name());
  EXPECT_EQ(slots_.OwnerOf(kSlot, 1), "");
  EXPECT_TRUE(slots_.HeldUntil(again.hold_token(), "pharmacie-1")) << "the hold was given back";
}

TEST_P(ReplayTest, H24_AnOrderIsBookedOnceWhateverNumberTheRepeatHas) {
  const v1::CreateAppointmentRequest request = OrderRequest("r-1");
  const v1::Appointment booked = MustBook(request, osnp_);
  ForgetAnswers();
  EXPECT_THAT(Create(osnp_, request), ReasonIs("APPOINTMENT_EXISTS"));
  const auto other = Create(osnp_, OrderRequest("r-2", 1));
  EXPECT_THAT(other, StatusIs(absl::StatusCode::kAlreadyExists, "ORDER_ALREADY_BOOKED"));
  EXPECT_EQ(base::DetailOf(other.status()).metadata,
            (base::Metadata{{"appointment", booked.name()}}));
  // Nor does the regulation's silence or its own no hide that it was done.
  regulation_.FailWith(base::Fail(absl::StatusCode::kUnavailable, "REGULATION_UNREACHABLE", "cut"));
  EXPECT_THAT(Create(osnp_, request), ReasonIs("APPOINTMENT_EXISTS"));
  EXPECT_EQ(AllNames(), std::vector<std::string>{booked.name()});
}

TEST_P(ReplayTest, H24_OneThatWasCancelledIsNotMadeAgain) {
  const v1::CreateAppointmentRequest request = DirectRequest("r-1");
  const v1::Appointment booked = MustBook(request, Pharmacist());
  v1::CancelAppointmentRequest cancel;
  cancel.set_name(booked.name());
  cancel.set_reason_code("PATIENT");
  cancel.set_etag(booked.etag());
  cancel.set_request_id("c-1");
  ASSERT_THAT(
      Ask<v1::Appointment>(Pharmacist(), cancel, &v1::BookingService::Stub::CancelAppointment),
      IsOk());
  ForgetAnswers();
  v1::CreateAppointmentRequest again = request;
  again.set_hold_token(slots_.Hold(kSlot, 0, "pharmacie-1"));
  EXPECT_THAT(Create(Pharmacist(), again), ReasonIs("APPOINTMENT_EXISTS"));
  EXPECT_EQ(AllNames(), std::vector<std::string>{booked.name()});
  Flush();
  EXPECT_EQ(slots_.OwnerOf(kSlot, 0), "");
}

TEST_P(ReplayTest, H24_AFamilyIsToldThatItWasBooked) {
  v1::BatchCreateAppointmentsRequest family = Family(2);
  const auto booked = Book(family);
  ASSERT_THAT(booked, IsOk());
  ForgetAnswers();
  const auto spent = Book(family);
  EXPECT_THAT(spent, StatusIs(absl::StatusCode::kAlreadyExists, "APPOINTMENT_EXISTS"));
  EXPECT_EQ(base::DetailOf(spent.status()).metadata,
            (base::Metadata{{"appointment", booked->appointments(0).name()}, {"member", "0"}}));
  for (int i = 0; i < family.members_size(); ++i) {
    family.mutable_members(i)->set_hold_token(slots_.Hold(kSlot, 4 + i, "pharmacie-1"));
  }
  EXPECT_THAT(Book(family), ReasonIs("APPOINTMENT_EXISTS"));
  EXPECT_EQ(AllNames().size(), 2u);
}

TEST_P(ReplayTest, H24_AMoveIsNotMadeAgain) {
  constexpr char kLater[] = "regions/fr-pdl/sites/challans/slots/b-20261124t1500z";
  const v1::Appointment booked = MustBook(DirectRequest("r-1"), Pharmacist());
  v1::RescheduleAppointmentRequest request;
  request.set_name(booked.name());
  request.set_slot(kLater);
  request.set_hold_token(slots_.Hold(kLater, 0, "pharmacie-1"));
  request.set_reason_code("PATIENT");
  request.set_etag(booked.etag());
  request.set_request_id("m-1");
  const auto move = [&] {
    return Ask<v1::Appointment>(Pharmacist(), request,
                                &v1::BookingService::Stub::RescheduleAppointment);
  };
  ASSERT_THAT(move(), IsOk());
  ForgetAnswers();
  EXPECT_THAT(move(), ReasonIs("ETAG_MISMATCH"));
  const auto standing = Get(Pharmacist(), booked.name());
  ASSERT_THAT(standing, IsOk());
  EXPECT_EQ(standing->moves_size(), 1);
  EXPECT_EQ(standing->slot(), kLater);
}

INSTANTIATE_TEST_SUITE_P(Stores, ReplayTest, testing::EveryBackend(), testing::BackendName);

}  // namespace
}  // namespace sas::booking
