#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "services/slots/domain/feed_source.h"
#include "services/slots/domain/partner_limits.h"
#include "services/slots/domain/partner_quarantine.h"
#include "services/slots/domain/partner_sequence.h"
#include "services/slots/domain/partner_slots.h"

namespace sas::slots {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const base::Instant kNow = base::Instant(seconds(1'795'510'800));  // 2026-11-24 09:00 UTC.

// --- sequence ------------------------------------------------------------------------------------

TEST(PartnerSequence, DeltasComeOneByOne) {
  EXPECT_EQ(JudgeFrame({}, 1, false), FrameVerdict::kApply);
  EXPECT_EQ(JudgeFrame({7, Resync::kNone}, 8, false), FrameVerdict::kApply);
  EXPECT_EQ(JudgeFrame({7, Resync::kNone}, 9, false), FrameVerdict::kGap);
  EXPECT_EQ(JudgeFrame({7, Resync::kNone}, 7, false), FrameVerdict::kDuplicate);
  EXPECT_EQ(JudgeFrame({7, Resync::kNone}, 3, true), FrameVerdict::kDuplicate);
}

TEST(PartnerSequence, ASnapshotMayJump) {
  EXPECT_EQ(JudgeFrame({7, Resync::kGap}, 90, true), FrameVerdict::kApply);
  const FeedPosition after = Advance({7, Resync::kGap}, FrameVerdict::kApply, 90, true);
  EXPECT_EQ(after.applied, 90);
  EXPECT_EQ(after.resync, Resync::kNone);
}

TEST(PartnerSequence, AGapAsksForASnapshotUntilItIsHealed) {
  const FeedPosition gap = Advance({7, Resync::kNone}, FrameVerdict::kGap, 9, false);
  EXPECT_EQ(gap.applied, 7);
  EXPECT_EQ(gap.resync, Resync::kGap);
  EXPECT_EQ(Advance(gap, FrameVerdict::kApply, 8, false).resync, Resync::kNone);
}

TEST(PartnerSequence, APhantomIsHealedByASnapshotAlone) {
  const FeedPosition doubted{7, Resync::kPhantom};
  EXPECT_EQ(Advance(doubted, FrameVerdict::kApply, 8, false).resync, Resync::kPhantom);
  EXPECT_EQ(Advance(doubted, FrameVerdict::kGap, 9, false).resync, Resync::kPhantom);
  EXPECT_EQ(Advance(doubted, FrameVerdict::kApply, 8, true).resync, Resync::kNone);
}

TEST(PartnerSequence, H39_H40_APhantomEndsNoQuarantineAndNoRelease) {
  EXPECT_EQ(Doubt({7, Resync::kNone}).resync, Resync::kPhantom);
  EXPECT_EQ(Doubt({7, Resync::kGap}).resync, Resync::kPhantom);  // The missing frame heals no more.
  EXPECT_EQ(Doubt({7, Resync::kPhantom}).resync, Resync::kPhantom);
  EXPECT_EQ(Doubt({7, Resync::kQuarantine}).resync, Resync::kQuarantine);
  EXPECT_EQ(Doubt({7, Resync::kReleased}).resync, Resync::kReleased);
  EXPECT_EQ(Doubt({7, Resync::kGap}).applied, 7);
}

TEST(PartnerSequence, H27_OnlyWhoNamesWhatIsTakenSaysBySilenceThatItIsGone) {
  EXPECT_EQ(HearNamed(0), TakenWord::kNamed);
  EXPECT_EQ(HearNamed(1), TakenWord::kNone);
  EXPECT_EQ(HearUnnamed(TakenWord::kNamed, true), TakenWord::kDropped);
  EXPECT_EQ(HearUnnamed(TakenWord::kNamed, false), TakenWord::kNamed);
  EXPECT_EQ(HearUnnamed(TakenWord::kNone, true), TakenWord::kNone);
  EXPECT_EQ(HearUnnamed(TakenWord::kDropped, true), TakenWord::kDropped);
  EXPECT_EQ(HearUnnamed(TakenWord::kDropped, false), TakenWord::kDropped);
}

TEST(PartnerSequence, H40_AShuffledFeedConverges) {
  // Whoever repeats frames until each is acknowledged ends where the ordered feed ends.
  std::mt19937 random(40);
  for (int round = 0; round < 200; ++round) {
    std::vector<int> waiting(12);
    for (int i = 0; i < 12; ++i) waiting[static_cast<std::size_t>(i)] = i + 1;
    FeedPosition position;
    std::vector<std::int64_t> applied;
    while (!waiting.empty()) {
      std::shuffle(waiting.begin(), waiting.end(), random);
      for (const int sequence : waiting) {
        const FrameVerdict verdict = JudgeFrame(position, sequence, false);
        if (verdict == FrameVerdict::kApply) applied.push_back(sequence);
        position = Advance(position, verdict, sequence, false);
      }
      waiting.erase(std::remove_if(waiting.begin(), waiting.end(),
                                   [&](int each) { return each <= position.applied; }),
                    waiting.end());
    }
    ASSERT_TRUE(std::is_sorted(applied.begin(), applied.end()));
    ASSERT_EQ(applied.size(), 12U);
    ASSERT_EQ(position.resync, Resync::kNone);
  }
}

TEST(PartnerSequence, H39_TheAgeCountsFromTheSourcesTime) {
  EXPECT_EQ(VouchedAt({}, kNow - seconds(40), kNow), kNow - seconds(40));
  EXPECT_EQ(VouchedAt(kNow - seconds(5), kNow - seconds(40), kNow), kNow - seconds(5));
  EXPECT_EQ(VouchedAt({}, kNow + minutes(4), kNow), kNow);  // A clock that is ahead gains nothing.
}

TEST(PartnerSequence, AFeedSourceNeverGoesBack) {
  FeedSource source("doctoplan", kNow);
  source.Vouch(kNow - seconds(1));
  EXPECT_EQ(source.vouched(), kNow);
  source.Vouch(kNow + seconds(1));
  EXPECT_EQ(source.vouched(), kNow + seconds(1));
}

TEST(PartnerSequence, H40_AQuarantineEndsByAPersonAndThenASnapshot) {
  const FeedPosition held = Advance({7, Resync::kGap}, FrameVerdict::kQuarantine, 8, true);
  EXPECT_EQ(held.applied, 7);
  EXPECT_EQ(held.resync, Resync::kQuarantine);
  EXPECT_EQ(JudgeFrame(held, 9, false), FrameVerdict::kGap);  // What follows has to wait.
  EXPECT_EQ(Advance(held, FrameVerdict::kGap, 9, false).resync, Resync::kQuarantine);
  EXPECT_EQ(Advance({7, Resync::kReleased}, FrameVerdict::kApply, 9, true).resync, Resync::kNone);
}

TEST(PartnerSequence, H40_AReleaseWaitsForItsSnapshot) {
  const FeedPosition released{7, Resync::kReleased};
  EXPECT_EQ(Advance(released, FrameVerdict::kApply, 8, false).resync, Resync::kReleased);
  EXPECT_EQ(Advance(released, FrameVerdict::kGap, 9, false).resync, Resync::kReleased);
  EXPECT_EQ(Advance(released, FrameVerdict::kQuarantine, 8, false).resync, Resync::kReleased);
}

TEST(PartnerSequence, H40_AConfirmedDeltaEndsTheQuarantineAndASnapshotStaysWanted) {
  const FeedPosition held{7, Resync::kQuarantine};
  const FeedPosition applied = Advance(held, FrameVerdict::kApply, 8, false);
  EXPECT_EQ(applied.resync, Resync::kQuarantine);  // Any other delta.
  const FeedPosition meant = Confirm(applied);
  EXPECT_EQ(meant.applied, 8);
  EXPECT_EQ(meant.resync, Resync::kPhantom);
  EXPECT_EQ(Advance(meant, FrameVerdict::kApply, 9, false).resync, Resync::kPhantom);
  EXPECT_EQ(Advance(meant, FrameVerdict::kApply, 9, true).resync, Resync::kNone);
  EXPECT_EQ(Advance(meant, FrameVerdict::kQuarantine, 9, true).resync, Resync::kQuarantine);
  for (const Resync other : {Resync::kNone, Resync::kGap, Resync::kPhantom, Resync::kReleased}) {
    EXPECT_EQ(Confirm({8, other}).resync, other);
  }
}

// --- quarantine ----------------------------------------------------------------------------------

TEST(PartnerQuarantine, H40_MoreThanOneInTwentyAndNotAFew) {
  EXPECT_FALSE(IsMassChange(19, 19));  // A small agenda changes as a whole, but is not emptied.
  EXPECT_TRUE(IsMassChange(20, 20));
  EXPECT_TRUE(IsMassChange(20, 399));
  EXPECT_FALSE(IsMassChange(20, 400));  // 5 %.
  EXPECT_TRUE(IsMassChange(21, 400));
  EXPECT_FALSE(IsMassChange(0, 0));
}

std::set<base::Instant> Starts(int count, minutes from, minutes step = minutes(15)) {
  std::set<base::Instant> starts;
  for (int i = 0; i < count; ++i) starts.insert(kNow + from + i * step);
  return starts;
}

TEST(PartnerQuarantine, H27_ASmallAgendaIsNotEmptiedEither) {
  EXPECT_TRUE(IsEmptied(5, {}, kNow));
  EXPECT_FALSE(IsEmptied(4, {}, kNow));  // The last few are sold.
  EXPECT_FALSE(IsEmptied(5, Starts(1, minutes(60)), kNow));
  EXPECT_TRUE(IsEmptied(5, Starts(4, minutes(-45)), kNow));  // What is over is no offer.
  EXPECT_FALSE(IsEmptied(0, {}, kNow));
}

TEST(PartnerQuarantine, H37_WholeHoursOffAreAWrongZone) {
  const auto standing = Starts(12, minutes(60));
  for (const int shift : {-120, -60, 60, 120}) {
    EXPECT_TRUE(IsShifted(standing, Starts(12, minutes(60 + shift)))) << shift;
  }
  EXPECT_TRUE(IsShifted(standing, Starts(11, minutes(120))));   // One was booked meanwhile.
  EXPECT_FALSE(IsShifted(standing, Starts(10, minutes(120))));  // Too few to be sure.
  EXPECT_FALSE(IsShifted(standing, Starts(12, minutes(75))));   // A quarter is no zone.
  EXPECT_FALSE(IsShifted(standing, Starts(12, minutes(60))));   // The same.
  EXPECT_FALSE(IsShifted(standing, Starts(16, minutes(60))));   // An hour more.
  EXPECT_FALSE(IsShifted(Starts(7, minutes(60)), Starts(7, minutes(120))));
  EXPECT_FALSE(IsShifted({}, Starts(12, minutes(60))));
}

// --- seats ---------------------------------------------------------------------------------------

TEST(PartnerSeats, OurAppointmentLeavesOnceWhetherTheSourceHasHeardOrNot) {
  SeatsAtSource seats = HearSource({}, 3, 0);
  EXPECT_EQ(SeatsInAll(seats, 0), 3);
  EXPECT_EQ(SeatsInAll(seats, 1) - 1, 2);  // Booked with us; the source has not heard.
  seats = HearSource(seats, 2, 1);         // Now it has.
  EXPECT_EQ(SeatsInAll(seats, 1) - 1, 2);
  seats = HearSource(seats, 1, 1);  // Somebody else took one there.
  EXPECT_EQ(SeatsInAll(seats, 1) - 1, 1);
}

TEST(PartnerSeats, TakenAtTheSourceIsNotFreeAndOursStay) {
  EXPECT_EQ(SeatsInAll(HearSource({}, 0, 0), 0), 0);
  const SeatsAtSource seats = HearSource({1, 0}, 0, 1);
  EXPECT_EQ(SeatsInAll(seats, 1), 1);  // Ours, and none is free.
}

TEST(PartnerSeats, WhatOthersTookThereIsNotCountedAsOurs) {
  const SeatsAtSource seats = HearSource({3, 0}, 1, 0);  // Two went to others.
  EXPECT_EQ(seats.known, 0);
  EXPECT_EQ(SeatsInAll(seats, 1) - 1, 0);  // We take the last: the source has not heard.
}

TEST(PartnerSeats, ACancelledOneComesBackWhenTheSourceSaysSo) {
  const SeatsAtSource booked = HearSource({1, 0}, 0, 1);
  EXPECT_EQ(SeatsInAll(booked, 0), 0);
  EXPECT_EQ(SeatsInAll(HearSource(booked, 1, 0), 0), 1);
}

TEST(PartnerSeats, NeverMoreFreeThanTheSourceSays) {
  for (int before = 0; before <= 3; ++before) {
    for (int known = 0; known <= 3; ++known) {
      for (int free = 0; free <= 3; ++free) {
        for (int taken = 0; taken <= 3; ++taken) {
          const SeatsAtSource seats = HearSource({before, known}, free, taken);
          EXPECT_LE(SeatsInAll(seats, taken) - taken, free);
          EXPECT_GE(SeatsInAll(seats, taken), taken);
        }
      }
    }
  }
}

TEST(PartnerSeats, PhantomRateIsOfAllAttempts) {
  EXPECT_EQ(PhantomRate(0, 0), 0.0);
  EXPECT_EQ(PhantomRate(1, 3), 0.25);
  EXPECT_EQ(PhantomRate(2, 0), 1.0);
}

// --- limits --------------------------------------------------------------------------------------

TEST(PartnerLimits, ABucketGivesItsBurstAndThenItsRate) {
  constexpr BucketLimits kLimits{10, 3};
  TokenBucket bucket = FullBucket(kLimits, seconds(100));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(TakeToken(bucket, kLimits, seconds(100)).count(), 0);
  EXPECT_EQ(TakeToken(bucket, kLimits, seconds(100)), milliseconds(100));
  EXPECT_EQ(TakeToken(bucket, kLimits, seconds(100) + milliseconds(60)), milliseconds(40));
  EXPECT_EQ(TakeToken(bucket, kLimits, seconds(100) + milliseconds(101)).count(), 0);
  // A long silence is worth the burst and no more.
  for (int i = 0; i < 3; ++i) EXPECT_EQ(TakeToken(bucket, kLimits, seconds(900)).count(), 0);
  EXPECT_GT(TakeToken(bucket, kLimits, seconds(900)).count(), 0);
}

TEST(PartnerLimits, ABucketDoesNotFillBackwards) {
  constexpr BucketLimits kLimits{10, 1};
  TokenBucket bucket = FullBucket(kLimits, seconds(100));
  EXPECT_EQ(TakeToken(bucket, kLimits, seconds(100)).count(), 0);
  EXPECT_GT(TakeToken(bucket, kLimits, seconds(50)).count(), 0);
  EXPECT_GT(TakeToken(bucket, kLimits, seconds(100)).count(), 0);
}

class PartnerBreaker : public ::testing::Test {
 protected:
  void Fail(int times) {
    for (int i = 0; i < times; ++i) TellBreaker(breaker_, limits_, false, now_);
  }

  milliseconds Ask() { return AskBreaker(breaker_, limits_, now_); }

  BreakerLimits limits_{3, milliseconds(1000), milliseconds(3000)};
  Breaker breaker_;
  nanoseconds now_ = seconds(100);
};

TEST_F(PartnerBreaker, OpensAfterFailuresInARow) {
  Fail(3);
  TellBreaker(breaker_, limits_, true, now_);
  Fail(3);
  EXPECT_EQ(Ask().count(), 0);
  Fail(1);
  EXPECT_EQ(StateOf(breaker_, now_), Breaker::State::kOpen);
  EXPECT_EQ(Ask(), milliseconds(1000));
}

TEST_F(PartnerBreaker, OneFrameDecidesAfterThePause) {
  Fail(4);
  now_ += milliseconds(1001);
  EXPECT_EQ(StateOf(breaker_, now_), Breaker::State::kHalfOpen);
  EXPECT_EQ(Ask().count(), 0);
  EXPECT_GT(Ask().count(), 0);  // The next waits for its verdict.
  TellBreaker(breaker_, limits_, true, now_);
  EXPECT_EQ(StateOf(breaker_, now_), Breaker::State::kClosed);
  EXPECT_EQ(Ask().count(), 0);
}

TEST_F(PartnerBreaker, EachFailedTrialDoublesThePauseToItsBound) {
  Fail(4);
  for (const int pause : {2000, 3000, 3000}) {
    now_ = breaker_.open_until;
    ASSERT_EQ(Ask().count(), 0);
    Fail(1);
    EXPECT_EQ(Ask(), milliseconds(pause));
  }
}

// --- slots ---------------------------------------------------------------------------------------

SourceSlot At(minutes from_now, minutes length = minutes(15)) {
  SourceSlot slot;
  slot.start = kNow + from_now;
  slot.end = slot.start + length;
  slot.id_characters = 8;
  slot.mode_count = 1;
  slot.class_count = 1;
  slot.free_seats = 1;
  return slot;
}

std::string ReasonOf(const SourceSlot& slot, const SnapshotWindow* window = nullptr,
                     const std::vector<Stretch>& standing = {}) {
  const SlotsJudged judged = JudgeSlots({slot}, window, standing, kNow);
  return judged.accepted[0] ? "" : judged.refused.at(0).reason;
}

template <typename Change>
std::string ReasonWith(Change change) {
  SourceSlot slot = At(minutes(60));
  change(slot);
  return ReasonOf(slot);
}

TEST(PartnerSlots, ASoundSlotIsAccepted) {
  EXPECT_EQ(ReasonOf(At(minutes(60))), "");
  EXPECT_EQ(ReasonWith([](auto& slot) { slot.free_seats = 0; }), "");
  EXPECT_EQ(ReasonWith([](auto& slot) { slot.free_seats = 20; }), "");
}

TEST(PartnerSlots, EachFaultHasItsReason) {
  EXPECT_EQ(ReasonOf(At(minutes(-15))), "SLOT_PAST");
  EXPECT_EQ(ReasonOf(At(minutes(0))), "SLOT_PAST");
  EXPECT_EQ(ReasonOf(At(minutes(90 * 24 * 60 + 1))), "SLOT_TOO_FAR");
  EXPECT_EQ(ReasonOf(At(minutes(60), minutes(4))), "SLOT_TOO_SHORT");
  EXPECT_EQ(ReasonOf(At(minutes(60), minutes(121))), "SLOT_TOO_LONG");
  EXPECT_EQ(ReasonOf(At(minutes(60), minutes(-60))), "SLOT_ENDS_BEFORE_START");
  EXPECT_EQ(ReasonWith([](auto& s) { s.start += seconds(1); }), "SLOT_NOT_WHOLE_MINUTES");
  EXPECT_EQ(ReasonWith([](auto& s) { s.end += milliseconds(1); }), "SLOT_NOT_WHOLE_MINUTES");
  EXPECT_EQ(ReasonWith([](auto& s) { s.times_readable = false; }), "INVALID_TIME");
  EXPECT_EQ(ReasonWith([](auto& s) { s.practitioner_known = false; }), "PRACTITIONER_NOT_FOUND");
  EXPECT_EQ(ReasonWith([](auto& s) { s.enums_known = false; }), "UNKNOWN_ENUM_VALUE");
  EXPECT_EQ(ReasonWith([](auto& s) { s.mode_count = 0; }), "MODE_REQUIRED");
  EXPECT_EQ(ReasonWith([](auto& s) { s.class_count = 0; }), "CLASS_REQUIRED");
  EXPECT_EQ(ReasonWith([](auto& s) { s.id_characters = 0; }), "EXTERNAL_ID_REQUIRED");
  EXPECT_EQ(ReasonWith([](auto& s) { s.id_characters = 121; }), "TEXT_TOO_LONG");
  EXPECT_EQ(ReasonWith([](auto& s) { s.free_seats = -1; }), "INVALID_SEAT_COUNT");
  EXPECT_EQ(ReasonWith([](auto& s) { s.free_seats = 21; }), "INVALID_SEAT_COUNT");
}

TEST(PartnerSlots, S0_03_WhatSiteAndLicenceForbidHasItsReasonToo) {
  EXPECT_EQ(ReasonWith([](auto& s) { s.bar = SlotBar::kSiteNotOpen; }), "SITE_NOT_OPEN");
  EXPECT_EQ(ReasonWith([](auto& s) { s.bar = SlotBar::kPdsaHours; }), "SESSION_IN_PDSA_HOURS");
  EXPECT_EQ(ReasonWith([](auto& s) { s.bar = SlotBar::kLicenceEnded; }), "LICENCE_ENDED");
  // It takes no time from the others, and what was offered of that start is not any longer.
  SourceSlot barred = At(minutes(60));
  barred.bar = SlotBar::kLicenceEnded;
  const SlotsJudged judged = JudgeSlots({barred, At(minutes(70))}, nullptr, {}, kNow);
  EXPECT_THAT(judged.accepted, ElementsAre(false, true));
  EXPECT_THAT(judged.distrusted, ElementsAre(barred.start));
}

TEST(PartnerSlots, ASnapshotTellsOnlyOfItsTime) {
  const SnapshotWindow window{kNow, kNow + hours(2)};
  EXPECT_EQ(ReasonOf(At(minutes(105)), &window), "");
  EXPECT_EQ(ReasonOf(At(minutes(120)), &window), "SLOT_OUTSIDE_SNAPSHOT");
}

TEST(PartnerSlots, OfTwoThatCannotBothBeRightTheFirstStays) {
  const SlotsJudged judged = JudgeSlots(
      {At(minutes(60)), At(minutes(60)), At(minutes(70)), At(minutes(75)), At(minutes(50))},
      nullptr, {}, kNow);
  EXPECT_THAT(judged.accepted, ElementsAre(true, false, false, true, false));
  EXPECT_STREQ(judged.refused.at(0).reason, "SLOT_TWICE");
  EXPECT_STREQ(judged.refused.at(1).reason, "SLOT_OVERLAPS");
  EXPECT_STREQ(judged.refused.at(2).reason, "SLOT_OVERLAPS");
  EXPECT_THAT(judged.distrusted, IsEmpty());
}

TEST(PartnerSlots, SlotsThatStandAreNotOverlapped) {
  const std::vector<Stretch> standing{{kNow + minutes(70), kNow + minutes(80)}};
  EXPECT_EQ(ReasonOf(At(minutes(60)), nullptr, standing), "SLOT_OVERLAPS");
  EXPECT_EQ(ReasonOf(At(minutes(55)), nullptr, standing), "");
  EXPECT_EQ(ReasonOf(At(minutes(80)), nullptr, standing), "");
}

TEST(PartnerSlots, BeyondTwoThousandEachIsRefusedAndTheRestApplied) {
  std::vector<SourceSlot> slots;
  for (int i = 0; i < 10'000; ++i) slots.push_back(At(minutes(5 * (i + 1)), minutes(5)));
  const SlotsJudged judged = JudgeSlots(slots, nullptr, {}, kNow);
  EXPECT_EQ(std::count(judged.accepted.begin(), judged.accepted.end(), true), 2000);
  EXPECT_EQ(judged.refused.size(), 8000U);
  EXPECT_STREQ(judged.refused.front().reason, "TOO_MANY_SLOTS");
  EXPECT_EQ(judged.refused.front().index, 2000U);
  EXPECT_THAT(judged.distrusted, IsEmpty());
}

TEST(PartnerSlots, WhatCannotBeBelievedIsNotOfferedAsItWas) {
  SourceSlot slot = At(minutes(60));
  slot.practitioner_known = false;
  EXPECT_THAT(JudgeSlots({slot}, nullptr, {}, kNow).distrusted, ElementsAre(slot.start));
  // Unless the same frame says something sound of that start.
  EXPECT_THAT(JudgeSlots({At(minutes(60)), slot}, nullptr, {}, kNow).distrusted, IsEmpty());
}

}  // namespace
}  // namespace sas::slots
