#include "tests/rpc/booking/booking_fixture.h"

namespace sas::booking {
namespace {

using std::chrono::seconds;
using testing::IsOk;

absl::Status Down() {
  return base::Fail(absl::StatusCode::kUnavailable, "SLOTS_UNREACHABLE", "no answer");
}

class RelayTest : public BookingTest {
 protected:
  RelayTest() : BookingTest(testing::Backend::kSqlite) {}

  absl::Status Mark(const std::string& slot, int seat, const std::string& id) {
    SeatMark mark;
    mark.slot = slot;
    mark.seat = seat;
    mark.appointment = "regions/fr-pdl/appointments/" + id;
    mark.time = clock_.Now();
    return ledger_->store().Write(
        base::InternalCall("test", clock_, seconds(5)),
        [&](BookingTransaction& transaction) { return transaction.MarkSeat(mark); });
  }
};

TEST_F(RelayTest, WhatACrashLeftIsSentAtTheNextStart) {
  relay_->Stop();
  const v1::Appointment booked = MustCreate("r-1");
  EXPECT_EQ(Backlog().count, 1);
  EXPECT_EQ(slots_.OwnerOf(kSlot, 0), "");
  Restart();
  Flush();
  EXPECT_EQ(slots_.OwnerOf(kSlot, 0), booked.name());
  EXPECT_EQ(Backlog().count, 0);
}

TEST_F(RelayTest, KeepsTryingWhileTheSlotsAreAway) {
  const v1::CreateAppointmentRequest request = DirectRequest("r-1");
  const auto booked = Create(Pharmacist(), request);
  ASSERT_THAT(booked, IsOk());
  Flush();
  slots_.FailWith(Down());
  v1::CancelAppointmentRequest cancel;
  cancel.set_name(booked->name());
  cancel.set_reason_code("SITE");
  cancel.set_etag(booked->etag());
  cancel.set_request_id("c-1");
  // A cancellation waits for nobody.
  ASSERT_THAT(Ask<v1::Appointment>(osnp_, cancel, &v1::BookingService::Stub::CancelAppointment),
              IsOk());
  EXPECT_FALSE(relay_->Flush(std::chrono::milliseconds(300)));
  EXPECT_EQ(Backlog().count, 1);
  slots_.FailWith(absl::OkStatus());
  Flush();
  EXPECT_EQ(slots_.OwnerOf(kSlot, 0), "");
}

TEST_F(RelayTest, SendsInOrderAndInBatches) {
  relay_->Stop();
  for (int i = 0; i < 250; ++i) ASSERT_THAT(Mark(kSlot, i, "x"), IsOk());
  Restart();
  Flush();
  const auto batches = slots_.committed();
  ASSERT_EQ(batches.size(), 3u);
  EXPECT_EQ(batches[0].changes_size(), 100);
  EXPECT_EQ(batches[2].changes_size(), 50);
  EXPECT_NE(batches[0].request_id(), batches[1].request_id());
  int seat = 0;
  for (const auto& batch : batches) {
    EXPECT_EQ(batch.parent(), "regions/fr-pdl");
    for (const auto& change : batch.changes()) EXPECT_EQ(change.seat(), seat++);
  }
}

TEST_F(RelayTest, TellsTheTruthOfNowAndNotOfThen) {
  relay_->Stop();
  const v1::Appointment booked = MustCreate("r-1");
  v1::CancelAppointmentRequest cancel;
  cancel.set_name(booked.name());
  cancel.set_reason_code("ERROR");
  cancel.set_etag(booked.etag());
  cancel.set_request_id("c-1");
  ASSERT_THAT(Ask<v1::Appointment>(osnp_, cancel, &v1::BookingService::Stub::CancelAppointment),
              IsOk());
  Restart();
  Flush();
  for (const auto& batch : slots_.committed()) {
    for (const auto& change : batch.changes()) EXPECT_FALSE(change.taken());
  }
}

TEST_F(RelayTest, AMarkThatTheSlotsRefuseForGoodStopsNoOther) {
  relay_->Stop();
  const std::string gone = "regions/fr-pdl/sites/ferme/slots/a-20261124t1300z";
  slots_.RefuseSlot(gone, base::Fail(absl::StatusCode::kInvalidArgument, "REGION_MISMATCH", "no"));
  ASSERT_THAT(Mark(kSlot, 0, "x"), IsOk());
  ASSERT_THAT(Mark(gone, 1, "y"), IsOk());
  ASSERT_THAT(Mark(kSlot, 2, "z"), IsOk());
  Restart();
  Flush();
  EXPECT_EQ(slots_.committed().size(), 2u);
  EXPECT_EQ(Backlog().count, 0);
  EXPECT_EQ(Backlog().parked, 1);
}

TEST_F(RelayTest, EachRegionGetsItsOwn) {
  relay_->Stop();
  ASSERT_THAT(Mark(kSlot, 0, "x"), IsOk());
  ASSERT_THAT(Mark("regions/fr-bre/sites/s/slots/t", 0, "y"), IsOk());
  Restart();
  Flush();
  ASSERT_EQ(slots_.committed().size(), 2u);
  EXPECT_EQ(slots_.committed()[0].parent(), "regions/fr-bre");
  EXPECT_EQ(slots_.committed()[1].parent(), "regions/fr-pdl");
}

TEST_F(RelayTest, OneReplicaSendsAtATime) {
  FakeSlots other_slots{clock_};
  ASSERT_THAT(Mark(kSlot, 0, "x"), IsOk());
  Flush();  // This relay has the lease now.
  testing::FakeRandom random(7);
  SeatRelay other(ledger_->store(), other_slots, clock_, random);
  slots_.FailWith(Down());
  ASSERT_THAT(Mark(kSlot, 1, "y"), IsOk());
  other.Flush(seconds(2));
  EXPECT_TRUE(other_slots.committed().empty());
  EXPECT_EQ(Backlog().count, 1);
  relay_->Stop();
  clock_.Advance(seconds(16));
  EXPECT_TRUE(other.Flush(seconds(5)));
  EXPECT_EQ(other_slots.committed().size(), 1u);
}

}  // namespace
}  // namespace sas::booking
