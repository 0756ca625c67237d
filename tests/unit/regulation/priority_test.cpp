#include "services/regulation/domain/priority.h"

#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"

namespace sas::regulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

constexpr base::Instant kNow{hours(24 * 365 * 50)};

PriorityChange Change(Priority from, Priority to) {
  PriorityChange change;
  change.from = from;
  change.to = to;
  change.now = kNow;
  change.callback_number_known = true;
  return change;
}

TEST(Priority, BandsAndDelaysOfTheGuide) {
  struct Row {
    Priority priority;
    int band;
    seconds target;
    seconds alarm;
    seconds lease;
  };

  const Row rows[] = {
      {Priority::kP0, 0, seconds(0), seconds(30), minutes(2)},
      {Priority::kP1, 1, seconds(60), seconds(120), minutes(2)},
      {Priority::kUnspecified, 2, seconds(30), seconds(60), minutes(10)},
      {Priority::kP2, 3, minutes(20), minutes(30), minutes(10)},
      {Priority::kP3, 4, hours(1), hours(4), minutes(10)},
      {Priority::kNr, 5, hours(24), hours(24), minutes(10)},
  };
  for (const Row& row : rows) {
    const PriorityRule& rule = RuleOf(row.priority);
    EXPECT_EQ(rule.band, row.band) << rule.code;
    EXPECT_EQ(rule.wait_target, row.target) << rule.code;
    EXPECT_EQ(rule.wait_alarm, row.alarm) << rule.code;
    EXPECT_EQ(rule.claim_lease, row.lease) << rule.code;
  }
}

TEST(Priority, H02_UnsetRanksJustBelowP1WithItsOwnAlarm) {
  EXPECT_LT(RuleOf(Priority::kP1).band, RuleOf(Priority::kUnspecified).band);
  EXPECT_LT(RuleOf(Priority::kUnspecified).band, RuleOf(Priority::kP2).band);
  EXPECT_EQ(LimitsOf(Priority::kUnspecified, kNow, std::nullopt).alarm, kNow + seconds(60));
}

TEST(Priority, H03_RaisingAlwaysWins) {
  for (const PriorityRule& from : PriorityRules()) {
    for (const PriorityRule& to : PriorityRules()) {
      if (!IsRaise(from.priority, to.priority)) continue;
      PriorityChange change = Change(from.priority, to.priority);
      if (to.priority == Priority::kP3) change.callback = {kNow, kNow + hours(1), true};
      EXPECT_THAT(CheckPriorityChange(change), IsOk()) << from.code << " to " << to.code;
    }
  }
}

TEST(Priority, H03_LoweringNeedsRegulatorEtagAndReason) {
  PriorityChange change = Change(Priority::kP1, Priority::kP2);
  EXPECT_THAT(CheckPriorityChange(change),
              StatusIs(absl::StatusCode::kPermissionDenied, "REGULATOR_REQUIRED"));
  change.by_regulator = true;
  EXPECT_THAT(CheckPriorityChange(change),
              StatusIs(absl::StatusCode::kInvalidArgument, "ETAG_REQUIRED"));
  change.etag_given = true;
  EXPECT_THAT(CheckPriorityChange(change),
              StatusIs(absl::StatusCode::kInvalidArgument, "REASON_REQUIRED"));
  change.reason_given = true;
  EXPECT_THAT(CheckPriorityChange(change), IsOk());
}

TEST(Priority, FirstSettingIsNoLowering) {
  EXPECT_THAT(CheckPriorityChange(Change(Priority::kUnspecified, Priority::kP2)), IsOk());
  EXPECT_THAT(CheckPriorityChange(Change(Priority::kUnspecified, Priority::kNr)), IsOk());
}

TEST(Priority, H02_LowPriorityOnVitalMotifNeedsASecondActWithReason) {
  for (const Priority low : {Priority::kP2, Priority::kP3, Priority::kNr}) {
    PriorityChange change = Change(Priority::kUnspecified, low);
    change.callback = {kNow, kNow + hours(1), true};
    change.vital_motif = true;
    EXPECT_THAT(CheckPriorityChange(change),
                StatusIs(absl::StatusCode::kFailedPrecondition, "VITAL_MOTIF_UNCONFIRMED"));
    change.vital_motif_confirmed = true;
    EXPECT_THAT(CheckPriorityChange(change),
                StatusIs(absl::StatusCode::kInvalidArgument, "REASON_REQUIRED"));
    change.reason_given = true;
    EXPECT_THAT(CheckPriorityChange(change), IsOk());
  }
  PriorityChange high = Change(Priority::kUnspecified, Priority::kP1);
  high.vital_motif = true;
  EXPECT_THAT(CheckPriorityChange(high), IsOk());
}

TEST(Priority, H13_P3IsAPromiseWithConsentAndNumber) {
  PriorityChange change = Change(Priority::kUnspecified, Priority::kP3);
  EXPECT_THAT(CheckPriorityChange(change),
              StatusIs(absl::StatusCode::kInvalidArgument, "CALLBACK_REQUIRED"));
  change.callback = CallbackWindow{kNow, kNow + kCallbackWindowMax + seconds(1), true};
  EXPECT_THAT(CheckPriorityChange(change),
              StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_CALLBACK_WINDOW"));
  change.callback = CallbackWindow{kNow - hours(2), kNow, true};
  EXPECT_THAT(CheckPriorityChange(change),
              StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_CALLBACK_WINDOW"));
  change.callback = CallbackWindow{kNow + hours(1), kNow + hours(1), true};
  EXPECT_THAT(CheckPriorityChange(change),
              StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_CALLBACK_WINDOW"));
  change.callback = CallbackWindow{kNow, kNow + kCallbackWindowMax, false};
  EXPECT_THAT(CheckPriorityChange(change),
              StatusIs(absl::StatusCode::kFailedPrecondition, "CALLBACK_CONSENT_REQUIRED"));
  change.callback->consent = true;
  change.callback_number_known = false;
  EXPECT_THAT(CheckPriorityChange(change),
              StatusIs(absl::StatusCode::kFailedPrecondition, "CALLBACK_NUMBER_REQUIRED"));
  change.callback_number_known = true;
  EXPECT_THAT(CheckPriorityChange(change), IsOk());
}

// Raises pass whoever asks; to put off whom nobody has reached is a regulator's.
TEST(Priority, H13_H15_WhoAwaitsARegulatorIsPutOffByOneAlone) {
  for (const Priority from : {Priority::kUnspecified, Priority::kP3}) {
    for (const Priority to :
         {Priority::kP0, Priority::kP1, Priority::kP2, Priority::kP3, Priority::kNr}) {
      PriorityChange change;
      change.from = from;
      change.to = to;
      change.regulator_awaited = true;
      change.etag_given = change.reason_given = change.callback_number_known = true;
      change.now = kNow;
      change.callback = CallbackWindow{kNow, kNow + hours(1), true};
      const bool puts_off = to == Priority::kP3 || to == Priority::kNr;
      EXPECT_EQ(CheckPriorityChange(change).ok(), !puts_off) << RuleOf(to).code;
      if (puts_off) {
        EXPECT_THAT(CheckPriorityChange(change), ReasonIs("REGULATOR_REQUIRED"));
      }
      change.by_regulator = true;
      EXPECT_THAT(CheckPriorityChange(change), IsOk()) << RuleOf(to).code;
    }
  }
}

TEST(Priority, H13_PromiseWarnsTenMinutesBeforeItsEnd) {
  const CallbackWindow window{kNow, kNow + hours(2), true};
  const WaitLimits limits = LimitsOf(Priority::kP3, kNow, window);
  EXPECT_EQ(limits.target, kNow + hours(2) - minutes(10));
  EXPECT_EQ(limits.alarm, kNow + hours(2));
  const CallbackWindow narrow{kNow + minutes(55), kNow + hours(1), true};
  EXPECT_EQ(LimitsOf(Priority::kP3, kNow, narrow).target, kNow + minutes(55));
}

TEST(Priority, H03_BelowAProtocolsMinimumNeedsADoctorWithAReason) {
  PriorityChange change = Change(Priority::kUnspecified, Priority::kP2);
  change.protocol_minimum = Priority::kP1;
  EXPECT_THAT(CheckPriorityChange(change),
              StatusIs(absl::StatusCode::kPermissionDenied, "BELOW_PROTOCOL_MINIMUM"));
  change.reason_given = true;
  EXPECT_THAT(CheckPriorityChange(change),
              StatusIs(absl::StatusCode::kPermissionDenied, "BELOW_PROTOCOL_MINIMUM"));
  change.by_regulator = true;
  EXPECT_THAT(CheckPriorityChange(change), IsOk());
  change.reason_given = false;
  EXPECT_THAT(CheckPriorityChange(change),
              StatusIs(absl::StatusCode::kInvalidArgument, "REASON_REQUIRED"));
}

TEST(Priority, H03_AboveTheMinimumAnArmIsFree) {
  PriorityChange change = Change(Priority::kUnspecified, Priority::kP2);
  change.protocol_minimum = Priority::kP2;
  EXPECT_THAT(CheckPriorityChange(change), IsOk());  // The minimum itself.
  change.to = Priority::kP0;
  EXPECT_THAT(CheckPriorityChange(change), IsOk());
  // A raise that does not reach the minimum is a raise all the same.
  change.protocol_minimum = Priority::kP0;
  change.from = Priority::kP2;
  change.to = Priority::kP1;
  EXPECT_THAT(CheckPriorityChange(change), IsOk());
}

}  // namespace
}  // namespace sas::regulation
