#include "common/base/timestamp.h"

#include <gtest/gtest.h>

namespace sas::base {
namespace {

using std::chrono::microseconds;

TEST(Timestamp, GivesTheInstantBack) {
  for (const std::int64_t micros :
       {0LL, 1LL, 999'999LL, 1'000'000LL, 1'795'611'600'000'001LL, -1LL, -999'999LL, -1'000'000LL,
        -62'135'596'800'000'000LL}) {  // The last is 0001-01-01, protobuf's first.
    const google::protobuf::Timestamp timestamp = ToTimestamp(Instant(microseconds(micros)));
    EXPECT_GE(timestamp.nanos(), 0);
    EXPECT_LT(timestamp.nanos(), 1'000'000'000);
    EXPECT_EQ(ToInstant(timestamp), Instant(microseconds(micros)));
  }
}

TEST(Timestamp, BeforeTheEpochCountsUpFromTheSecondBefore) {
  const google::protobuf::Timestamp timestamp = ToTimestamp(Instant(microseconds(-1)));
  EXPECT_EQ(timestamp.seconds(), -1);
  EXPECT_EQ(timestamp.nanos(), 999'999'000);
}

TEST(Timestamp, WhatIsFinerThanAMicrosecondIsCut) {
  google::protobuf::Timestamp timestamp;
  EXPECT_EQ(ToInstant(timestamp), Instant{});
  timestamp.set_seconds(2);
  timestamp.set_nanos(1'999);
  EXPECT_EQ(ToInstant(timestamp), Instant(microseconds(2'000'001)));
}

TEST(Timestamp, H40_WhatNoCalendarHasIsItsEnd) {
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(INT64_MAX);
  timestamp.set_nanos(999'999'999);
  EXPECT_EQ(ToInstant(timestamp), Instant(microseconds(253'402'300'799'999'999LL)));
  timestamp.set_seconds(INT64_MIN);
  timestamp.set_nanos(0);
  EXPECT_EQ(ToInstant(timestamp), Instant(microseconds(-62'135'596'800'000'000LL)));
}

}  // namespace
}  // namespace sas::base
