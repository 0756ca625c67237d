#include "services/regulation/domain/board_alarms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "services/regulation/domain/board_card.h"

namespace sas::regulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::StatusIs;

constexpr base::Instant kStart{hours(24 * 365 * 50)};

BoardLine Waiting(Priority priority) {
  BoardLine line;
  line.name = "regions/fr-pdl/cases/a";
  line.territory = "85";
  line.waits = true;
  line.queue.priority = priority;
  line.queue.wait_start = kStart;
  line.limits = LimitsOf(priority, kStart, std::nullopt);
  return line;
}

BoardLine Promise(minutes from, minutes until) {
  BoardLine line = Waiting(Priority::kP3);
  line.queue.callback_start = kStart + from;
  line.queue.callback_end = kStart + until;
  line.limits = LimitsOf(Priority::kP3, kStart,
                         CallbackWindow{line.queue.callback_start, line.queue.callback_end, true});
  return line;
}

BoardLine Order(hours delay) {
  BoardLine line;
  line.name = "regions/fr-pdl/cases/a/orders/b";
  line.kind = BoardKind::kOrder;
  line.order_state = OrderState::kSearching;
  line.origin = kStart;
  line.due = kStart + delay;
  return line;
}

std::vector<BoardAlarm> At(const BoardLine& line, seconds after, const AlarmRules& rules = {}) {
  return CardOf(line, rules, kStart + after).alarms.List();
}

TEST(BoardAlarms, AWaitBeyondTheTargetOfItsPriority) {
  struct Row {
    Priority priority;
    seconds after;
    std::vector<BoardAlarm> alarms;
  };

  const Row rows[] = {
      {Priority::kP0, seconds(29), {BoardAlarm::kWaitTarget}},  // P0 has no waiting room.
      {Priority::kP0, seconds(30), {BoardAlarm::kWaitLate}},
      {Priority::kP0, seconds(90), {BoardAlarm::kWaitLate, BoardAlarm::kStarving}},
      {Priority::kP1, seconds(59), {}},
      {Priority::kP1, seconds(60), {BoardAlarm::kWaitTarget}},
      {Priority::kP1, seconds(120), {BoardAlarm::kWaitLate}},
      {Priority::kUnspecified, seconds(29), {}},
      {Priority::kUnspecified, seconds(30), {BoardAlarm::kPriorityUnset, BoardAlarm::kWaitTarget}},
      {Priority::kUnspecified, seconds(60), {BoardAlarm::kPriorityUnset, BoardAlarm::kWaitLate}},
      {Priority::kP2, minutes(19), {}},
      {Priority::kP2, minutes(20), {BoardAlarm::kWaitTarget}},
      {Priority::kP2, minutes(30), {BoardAlarm::kWaitLate}},
      {Priority::kP2, minutes(90), {BoardAlarm::kWaitLate, BoardAlarm::kStarving}},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(At(Waiting(row.priority), row.after), row.alarms)
        << RuleOf(row.priority).code << " after " << row.after.count() << " s";
  }
}

TEST(BoardAlarms, ASiteHasItsOwnDelays) {
  const auto rules = ParseAlarmRules({"85:P2:300:600", "72:P2:60:60", "85:-:10:20"});
  ASSERT_THAT(rules, IsOk());
  const BoardLine line = Waiting(Priority::kP2);
  EXPECT_THAT(At(line, seconds(299), *rules), IsEmpty());
  EXPECT_THAT(At(line, seconds(300), *rules), ElementsAre(BoardAlarm::kWaitTarget));
  EXPECT_THAT(At(line, seconds(600), *rules), ElementsAre(BoardAlarm::kWaitLate));
  EXPECT_THAT(At(Waiting(Priority::kUnspecified), seconds(10), *rules),
              ElementsAre(BoardAlarm::kPriorityUnset, BoardAlarm::kWaitTarget));
  BoardLine elsewhere = line;
  elsewhere.territory = "44";
  EXPECT_THAT(At(elsewhere, minutes(19), *rules), IsEmpty());
}

TEST(BoardAlarms, RefusesWhatIsNoDelay) {
  for (const char* part : {"85", "85:P2:1", "85:P9:1:2", "85:P2:x:2", "85:P2:3:2", "85:P2:-1:2",
                           ":P2:1:2", "85:P2:1:86401", "85:P2:1:2:3"}) {
    EXPECT_THAT(ParseAlarmRules({part}),
                StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_BOARD_TARGETS"))
        << part;
  }
  EXPECT_THAT(ParseAlarmRules({"85:P2:1:2", "85:P2:1:3"}),
              StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_BOARD_TARGETS"));
}

TEST(BoardAlarms, H13_APromisedCallbackWarnsBeforeItFallsDue) {
  const BoardLine line = Promise(minutes(30), minutes(60));
  EXPECT_THAT(At(line, minutes(49)), IsEmpty());
  EXPECT_THAT(At(line, minutes(50)), ElementsAre(BoardAlarm::kCallbackSoon));
  EXPECT_THAT(At(line, minutes(60)), ElementsAre(BoardAlarm::kCallbackDue));
  // A promise is no wait: the hour of its call does not make it late.
  const auto rules = ParseAlarmRules({"85:P3:60:120"});
  EXPECT_THAT(At(line, minutes(49), *rules), IsEmpty());
}

TEST(BoardAlarms, H10_AClaimWarnsInItsLastQuarter) {
  BoardLine line = Waiting(Priority::kP1);
  line.claim = {"mru-1", base::Role::kRegulatorAmu, kStart, kStart + minutes(2), 1};
  EXPECT_THAT(At(line, seconds(89)), IsEmpty());
  EXPECT_THAT(At(line, seconds(90)), ElementsAre(BoardAlarm::kClaimEnding));
  EXPECT_THAT(At(line, seconds(120)), ElementsAre(BoardAlarm::kWaitLate));  // Nobody's again.
}

TEST(BoardAlarms, S3_14_H15_AnOrderOf48hAlertsAt24hAnd40h) {
  const BoardLine line = Order(hours(48));
  EXPECT_THAT(At(line, hours(24) - seconds(1)), IsEmpty());
  EXPECT_THAT(At(line, hours(24)), ElementsAre(BoardAlarm::kOrderHalf));
  EXPECT_THAT(At(line, hours(40) - seconds(1)), ElementsAre(BoardAlarm::kOrderHalf));
  EXPECT_THAT(At(line, hours(40)), ElementsAre(BoardAlarm::kOrderLate));
  EXPECT_THAT(At(line, hours(48)), ElementsAre(BoardAlarm::kOrderOverdue));
}

TEST(BoardAlarms, AShorterDelayAlertsInTheSameProportion) {
  EXPECT_THAT(At(Order(hours(12)), hours(6)), ElementsAre(BoardAlarm::kOrderHalf));
  EXPECT_THAT(At(Order(hours(12)), hours(10)), ElementsAre(BoardAlarm::kOrderLate));
  BoardLine booked = Order(hours(12));
  booked.order_state = OrderState::kBooked;
  EXPECT_THAT(At(booked, hours(13)), IsEmpty());
}

TEST(BoardAlarms, S2_22_ACallThatWasPromisedToThePatientFallsDue) {
  BoardLine line = Order(hours(24));
  line.promised = kStart + hours(2);
  EXPECT_THAT(At(line, hours(2) - seconds(1)), IsEmpty());
  EXPECT_THAT(At(line, hours(2)), ElementsAre(BoardAlarm::kCallbackDue));
  line.order_state = OrderState::kBooked;
  EXPECT_THAT(At(line, hours(3)), IsEmpty());
}

TEST(BoardAlarms, S3_03_WhatAStructureOrganisesItselfIsNotOnTheBoard) {
  BoardLine line = Order(hours(24));
  EXPECT_TRUE(MayShow(line));
  line.local = true;
  EXPECT_FALSE(MayShow(line));
  EXPECT_EQ(CardOf(line, AlarmRules{}, kStart).column, BoardColumn::kHidden);
}

TEST(BoardAlarms, ALostCallWaitsTenMinutesAtMost) {
  BoardLine line;
  line.kind = BoardKind::kLostCall;
  line.arrival = kStart;
  EXPECT_THAT(At(line, minutes(10) - seconds(1)), IsEmpty());
  EXPECT_THAT(At(line, minutes(10)), ElementsAre(BoardAlarm::kLostCallLate));
}

}  // namespace
}  // namespace sas::regulation
