#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "services/slots/domain/partner_limits.h"
#include "services/slots/domain/partner_slots.h"

namespace sas::slots {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;

/// The limit that is refused; empty when all can be agreed.
std::string Refused(const std::function<void(AgreedLimits&)>& change,
                    const PartnerLimits& standard = {}) {
  AgreedLimits agreed;
  change(agreed);
  const auto fault = JudgeAgreed(agreed, standard);
  if (!fault) return "";
  EXPECT_FALSE(fault->message.empty());
  return std::string(fault->limit);
}

TEST(AgreedLimits, EachHasItsBounds) {
  struct Case {
    const char* limit;
    int AgreedLimits::*value;
    int max;
  };

  for (const Case& each : {Case{"frames_per_second", &AgreedLimits::frames_per_second, 1000},
                           Case{"frames_burst", &AgreedLimits::frames_burst, 2000},
                           Case{"agenda_max", &AgreedLimits::agendas_max, 20'000},
                           Case{"frame_slot_max", &AgreedLimits::slots_max, 2000},
                           Case{"breaker_failure_max", &AgreedLimits::failures_max, 100}}) {
    SCOPED_TRACE(each.limit);
    const auto with = [&](int value) {
      return Refused([&](AgreedLimits& agreed) { agreed.*each.value = value; });
    };
    EXPECT_EQ(with(0), "");
    EXPECT_EQ(with(1), "");
    EXPECT_EQ(with(each.max), "");
    EXPECT_EQ(with(each.max + 1), each.limit);
    EXPECT_EQ(with(-1), each.limit);
  }
}

TEST(AgreedLimits, PausesAreOfASecondToAnHourAndTheLongestIsNotTheShortest) {
  const auto first = [](milliseconds pause) {
    return Refused([&](AgreedLimits& agreed) {
      agreed.pause_first = pause;
      agreed.pause_max = milliseconds(3'600'000);
    });
  };
  EXPECT_EQ(first(milliseconds(999)), "breaker_pause");
  EXPECT_EQ(first(milliseconds(1'000)), "");
  EXPECT_EQ(first(milliseconds(3'600'000)), "");
  EXPECT_EQ(first(milliseconds(3'600'001)), "breaker_pause");
  EXPECT_EQ(first(milliseconds(-1)), "breaker_pause");
  const auto longest = [](milliseconds pause) {
    return Refused([&](AgreedLimits& agreed) { agreed.pause_max = pause; });
  };
  EXPECT_EQ(longest(milliseconds(10'000)), "");  // The first of the process.
  EXPECT_EQ(longest(milliseconds(9'999)), "breaker_pause_max");
  EXPECT_EQ(longest(milliseconds(3'600'001)), "breaker_pause_max");
  EXPECT_EQ(Refused([](AgreedLimits& agreed) { agreed.pause_first = milliseconds(300'001); }),
            "breaker_pause_max");  // The longest of the process is 5 min.
}

TEST(AgreedLimits, WhatIsNotAgreedIsTheProcesssOwn) {
  const PartnerLimits standard{{50, 70}, {3, milliseconds(2'000), milliseconds(9'000)}, 12, 34};
  const PartnerLimits same = LimitsWith({}, standard);
  EXPECT_EQ(same.rate.per_second, 50);
  EXPECT_EQ(same.rate.burst, 70);
  EXPECT_EQ(same.breaker.failures_max, 3);
  EXPECT_EQ(same.breaker.pause_first, milliseconds(2'000));
  EXPECT_EQ(same.breaker.pause_max, milliseconds(9'000));
  EXPECT_EQ(same.agendas_max, 12);
  EXPECT_EQ(same.slots_max, 34U);
  const PartnerLimits all =
      LimitsWith({5, 6, 7, 8, 9, milliseconds(1'000), milliseconds(4'000)}, standard);
  EXPECT_EQ(all.rate.per_second, 5);
  EXPECT_EQ(all.rate.burst, 6);
  EXPECT_EQ(all.agendas_max, 7);
  EXPECT_EQ(all.slots_max, 8U);
  EXPECT_EQ(all.breaker.failures_max, 9);
  EXPECT_EQ(all.breaker.pause_first, milliseconds(1'000));
  EXPECT_EQ(all.breaker.pause_max, milliseconds(4'000));
}

TEST(AgreedLimits, ALowerRateDoesNotKeepTheBurstOfTheOldOne) {
  AgreedLimits agreed;
  agreed.frames_per_second = 5;
  EXPECT_EQ(LimitsWith(agreed, {}).rate.burst, 10);  // Two seconds of it.
  agreed.frames_per_second = 1000;
  EXPECT_EQ(LimitsWith(agreed, {}).rate.burst, kFrameRate.burst);
  // Tokens that were saved up under the old rate are gone with it.
  TokenBucket bucket = FullBucket(kFrameRate, seconds(100));
  agreed.frames_per_second = 1;
  const BucketLimits low = LimitsWith(agreed, {}).rate;
  EXPECT_EQ(TakeToken(bucket, low, seconds(100)).count(), 0);
  EXPECT_EQ(TakeToken(bucket, low, seconds(100)).count(), 0);
  EXPECT_EQ(TakeToken(bucket, low, seconds(100)), milliseconds(1000));
}

TEST(AgreedLimits, AProcessWithOtherDefaultsKeepsPausesInOrder) {
  AgreedLimits agreed;
  agreed.pause_max = milliseconds(20'000);
  const PartnerLimits standard{kFrameRate, {5, milliseconds(60'000), milliseconds(300'000)}};
  EXPECT_EQ(LimitsWith(agreed, standard).breaker.pause_max, milliseconds(60'000));
  EXPECT_EQ(Refused([](AgreedLimits& each) { each.pause_max = milliseconds(20'000); }, standard),
            "breaker_pause_max");
}

TEST(AgreedLimits, AFrameHasAsManySlotsAsWereAgreed) {
  const base::Instant now(seconds(1'795'510'800));
  std::vector<SourceSlot> slots(4);
  for (int i = 0; i < 4; ++i) {
    SourceSlot& slot = slots[static_cast<std::size_t>(i)];
    slot.start = now + minutes(60 + 15 * i);
    slot.end = slot.start + minutes(15);
    slot.id_characters = slot.mode_count = slot.class_count = 1;
    slot.free_seats = 1;
  }
  const SlotsJudged judged = JudgeSlots(slots, nullptr, {}, now, 3);
  EXPECT_EQ(std::count(judged.accepted.begin(), judged.accepted.end(), true), 3);
  ASSERT_EQ(judged.refused.size(), 1U);
  EXPECT_EQ(judged.refused[0].index, 3U);
  EXPECT_STREQ(judged.refused[0].reason, "TOO_MANY_SLOTS");
  EXPECT_THAT(judged.refused[0].message, HasSubstr("agreed"));
  EXPECT_TRUE(judged.distrusted.empty());
}

}  // namespace
}  // namespace sas::slots
