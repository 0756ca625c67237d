// The thread of the file active: what a commit frees is offered without waiting for its next look.

#include "services/booking/refill_worker.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/rpc/booking/refill_fixture.h"

namespace sas::booking {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::SizeIs;

// Longer than any test: whoever acts was woken, or had said so himself.
constexpr RefillWorker::Intervals kNeverByItself{hours(1), hours(1)};

/// What another replica commits wakes nobody here.
class DeafFeed final : public ledger::Feed {
 public:
  absl::StatusOr<std::vector<ledger::StoredEvent>> Read(const base::Call&, std::string_view,
                                                        std::string_view, int) override {
    return std::vector<ledger::StoredEvent>();
  }

  absl::StatusOr<std::vector<ledger::StoredEvent>> ReadUnsettled(const base::Call&,
                                                                 std::string_view, std::string_view,
                                                                 int) override {
    return std::vector<ledger::StoredEvent>();
  }

  absl::StatusOr<std::string> Head(const base::Call&) override { return std::string(); }

  std::uint64_t Subscribe(std::function<void()>) override { return 1; }

  void Unsubscribe(std::uint64_t) override {}
};

class RefillWorkerTest : public RefillTest {
 protected:
  void StartWorker(RefillWorker::Intervals intervals = kNeverByItself) {
    StartWorker(store_->feed(), intervals);
  }

  void StartWorker(ledger::Feed& feed, RefillWorker::Intervals intervals) {
    worker_ = std::make_unique<RefillWorker>(*refill_, feed, clock_, random_, intervals);
    ASSERT_TRUE(worker_->Flush(seconds(10)));  // The look at its start is over.
  }

  /// A seat is free again, and the slots have heard of it before anybody asks for it.
  void CancelledAndHeard() {
    const auto booked = Create(osnp_, OrderRequest("R-book"));
    ASSERT_THAT(booked, IsOk());
    Flush();
    slots_.Believe(kSlot, 0, "");
    ASSERT_THAT(Cancel(osnp_, *booked, "R-cancel"), IsOk());
  }

  /// A seat was asked for so many times; what the last answer brought about is written.
  void AwaitAsked(int times) {
    ASSERT_TRUE(seat_offers_.AwaitAsked(times));
    worker_.reset();
  }

  std::unique_ptr<RefillWorker> worker_;
};

TEST_F(RefillWorkerTest, H28_ASeatThatACancellationFreesIsOfferedWithoutWaitingForALook) {
  Put(Order("o2", hours(8), minutes(5), kOsnp2));
  StartWorker();
  CancelledAndHeard();
  AwaitAsked(1);
  const v1::SeatOffer offer = OpenOffer(kOsnp2);
  EXPECT_EQ(offer.care_order(), NameOf("o2"));
  EXPECT_GT(ToInstant(offer.due_time()), clock_.Now());
  EXPECT_THAT(AllNames(), SizeIs(1)) << "offered, and booked by nobody";
}

TEST_F(RefillWorkerTest, ASeatThatTheSlotsHaveNotHeardOfIsAskedForAgainSoon) {
  Put(Order("o2", hours(8), minutes(5), kOsnp2));
  seat_offers_.SetTaken(kSlot, true);
  StartWorker();
  Cancelled();
  ASSERT_TRUE(seat_offers_.AwaitAsked(1));
  ASSERT_TRUE(worker_->Flush(seconds(10)));  // Its wait has begun.
  EXPECT_THAT(seat_offers_.offered(), IsEmpty());
  seat_offers_.SetTaken(kSlot, false);
  clock_.Advance(Refill::kAgainFirst);
  AwaitAsked(2);
  EXPECT_EQ(OpenOffer(kOsnp2).care_order(), NameOf("o2"));
}

TEST_F(RefillWorkerTest, ADeclinedSeatGoesToTheNextAtOnce) {
  Put(Order("first", hours(8), minutes(5), "osnp-1"));
  Put(Order("second", hours(24), minutes(5), kOsnp2));
  Cancelled();
  MustTurn();
  StartWorker();
  ASSERT_THAT(Decline("osnp-1", OpenOffer().name(), "R-no"), IsOk());
  AwaitAsked(2);
  EXPECT_EQ(OpenOffer(kOsnp2).care_order(), NameOf("second"));
}

TEST_F(RefillWorkerTest, WhatAnotherReplicaFreesIsFoundByLooking) {
  Put(Order("o2", hours(8), minutes(5), kOsnp2));
  DeafFeed deaf;
  StartWorker(deaf, {milliseconds(1), hours(1)});
  CancelledAndHeard();
  AwaitAsked(1);
  EXPECT_EQ(OpenOffer(kOsnp2).care_order(), NameOf("o2"));
}

TEST_F(RefillWorkerTest, OffersThatAreOpenAreWatchedAtEachTurn) {
  Put(Order("first", hours(8), minutes(5), "osnp-1"));
  Put(Order("second", hours(24), minutes(5), kOsnp2));
  Cancelled();
  DeafFeed deaf;
  StartWorker(deaf, {milliseconds(1), seconds(1)});
  EXPECT_EQ(OpenOffer().care_order(), NameOf("first"));
  clock_.Advance(Refill::kHold);
  AwaitAsked(2);
  EXPECT_EQ(OpenOffer(kOsnp2).care_order(), NameOf("second"));
  EXPECT_THAT(EventTypes(), ElementsAre("made", "expired", "made"));
}

TEST_F(RefillWorkerTest, OfTwoReplicasOneOffers) {
  Put(Order("o2", hours(8), minutes(5), kOsnp2));
  Put(Order("o3", hours(8), minutes(4), kOsnp2));
  Refill other(*store_, seat_offers_, regulation_, *refill_metrics_, clock_, random_);
  RefillWorker second(other, store_->feed(), clock_, random_, kNeverByItself);
  StartWorker();
  CancelledAndHeard();
  ASSERT_TRUE(seat_offers_.AwaitAsked(1));
  second.Stop();
  worker_.reset();
  EXPECT_THAT(seat_offers_.offered(), SizeIs(1));
  EXPECT_THAT(EventTypes(), ElementsAre("made"));
}

TEST_F(RefillWorkerTest, ANeighbourThatIsBackIsAskedAgainByItself) {
  Put(Order("o2", hours(8), minutes(5), kOsnp2));
  seat_offers_.FailWith(
      base::Fail(absl::StatusCode::kUnavailable, "SLOTS_UNREACHABLE", "no answer"));
  Cancelled();
  worker_ =
      std::make_unique<RefillWorker>(*refill_, store_->feed(), clock_, random_, kNeverByItself);
  ASSERT_FALSE(worker_->Flush(milliseconds(100)));
  seat_offers_.FailWith(absl::OkStatus());
  AwaitAsked(1);
  EXPECT_EQ(OpenOffer(kOsnp2).care_order(), NameOf("o2"));
}

// --- what a look leaves for later ----------------------------------------------------------------

class RefillLookTest : public RefillTest {
 protected:
  void MustLook() {
    ASSERT_THAT(refill_->Look(base::InternalCall("refill", clock_, seconds(5))), IsOk());
  }
};

TEST_F(RefillLookTest, TheWaitsForTheSlotsGrowAndAreBounded) {
  Put(Order("o2", hours(8), minutes(5), kOsnp2));
  seat_offers_.SetTaken(kSlot, true);
  Cancelled();
  milliseconds waited{0};
  int looks = 0;
  while (waited < Refill::kNewsMax) {
    MustLook();
    ++looks;
    const auto again = refill_->AgainIn();
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(*again, std::clamp(waited / 2, Refill::kAgainFirst, Refill::kAgainMax));
    clock_.Advance(*again);
    waited += *again;
  }
  EXPECT_LT(looks, 40);
  MustLook();
  EXPECT_FALSE(refill_->AgainIn().has_value());
  EXPECT_TRUE(OnlyFreed().slot.empty()) << "somebody else has it";
}

TEST_F(RefillLookTest, ACapThatStillCountsTheOldAppointmentIsNotNobody) {
  Put(Order("o2", hours(8), minutes(5), kOsnp2));
  seat_offers_.SetVerdict(NameOf("o2"), "SITE_DAILY_CAP", 10);
  Cancelled();
  MustLook();
  EXPECT_EQ(OnlyFreed().slot, kSlot);
  seat_offers_.SetVerdict(NameOf("o2"), "", 10);
  MustLook();
  EXPECT_THAT(seat_offers_.offered(), IsEmpty()) << "not before its wait is over";
  clock_.Advance(Refill::kAgainFirst);
  MustLook();
  EXPECT_EQ(OpenOffer(kOsnp2).care_order(), NameOf("o2"));
}

TEST_F(RefillLookTest, ACapThatLastsLeavesTheSeatToEverybody) {
  Put(Order("o2", hours(8), minutes(5), kOsnp2));
  seat_offers_.SetVerdict(NameOf("o2"), "PRACTITIONER_WEEKLY_CAP", 10);
  Cancelled();
  clock_.Advance(Refill::kCapNews);
  MustLook();
  EXPECT_TRUE(OnlyFreed().slot.empty());
}

TEST_F(RefillLookTest, WhoIsAskedIsLeftInPeace) {
  Put(Order("o2", hours(8), minutes(5), kOsnp2));
  Cancelled();
  MustLook();
  ASSERT_EQ(OpenOffer(kOsnp2).round(), 1);
  clock_.Advance(Refill::kHold);  // Its end is a turn's matter.
  MustLook();
  EXPECT_EQ(OpenOffer(kOsnp2).round(), 1);
}

}  // namespace
}  // namespace sas::booking
