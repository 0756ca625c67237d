#include "common/ledger/cursor.h"

#include <gtest/gtest.h>

#include "common/base/status.h"

namespace sas::ledger {
namespace {

TEST(Cursor, ComesBackAsItWas) {
  const Cursor cursor{9'223'372'036'854'775'807LL, 12};
  const auto parsed = ParseCursor(FormatCursor(cursor));
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->tx, cursor.tx);
  EXPECT_EQ(parsed->sequence, cursor.sequence);
  EXPECT_EQ(FormatCursor({0, 7}), "1.0.7");
}

TEST(Cursor, EmptyIsTheBeginning) {
  const auto parsed = ParseCursor("");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->tx, 0);
  EXPECT_EQ(parsed->sequence, 0);
}

TEST(Cursor, WhatFormatDoesNotMakeIsRefused) {
  for (const char* text : {"1", "1.", "1.0", "1.0.", "1..0", "2.0.0", "1.0.0.0", "1.0.-1", "1.+1.0",
                           "1. 1.0", "1.0.1 ", "1.01.1", "1.0.9223372036854775808", "abc"}) {
    const auto parsed = ParseCursor(text);
    EXPECT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_EQ(base::ReasonOf(parsed.status()), "INVALID_CURSOR") << text;
  }
}

TEST(Cursor, TransactionCountsBeforeSequence) {
  EXPECT_TRUE((Cursor{1, 9} < Cursor{2, 1}));
  EXPECT_TRUE((Cursor{2, 1} < Cursor{2, 2}));
  EXPECT_FALSE((Cursor{2, 2} < Cursor{2, 2}));
}

}  // namespace
}  // namespace sas::ledger
