#include "services/regulation/domain/board_alarms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "common/testing/status_matchers.h"
#include "services/regulation/domain/board_card.h"

namespace sas::regulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::Not;
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
  line.priority_since = kStart;
  line.active = true;
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
  line.acted = kStart;
  return line;
}

std::vector<BoardAlarm> At(const BoardLine& line, seconds after, const AlarmRules& rules = {}) {
  return CardOf(line, rules, kStart + after).alarms.List();
}

// An order that somebody has acted on a minute ago.
std::vector<BoardAlarm> AtWork(BoardLine line, seconds after) {
  line.acted = kStart + after - minutes(1);
  line.claim = {"osnp-1", base::Role::kOsnp, line.acted, line.acted + kOrderLease, 1};
  return At(line, after);
}

TEST(BoardAlarms, AWaitBeyondTheTargetOfItsPriority) {
  struct Row {
    Priority priority;
    seconds after;
    std::vector<BoardAlarm> alarms;
  };

  const Row rows[] = {
      {Priority::kP0, seconds(29), {BoardAlarm::kWaitTarget}},  // P0 has no waiting room.
      {Priority::kP0, seconds(30), {BoardAlarm::kWaitLate, BoardAlarm::kNothingSent}},
      {Priority::kP0,
       seconds(90),
       {BoardAlarm::kWaitLate, BoardAlarm::kStarving, BoardAlarm::kNothingSent}},
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
  // As the ledger keeps the limits of a wait there.
  const auto waiting = [&](const std::string& territory, Priority priority) {
    BoardLine line = Waiting(priority);
    line.limits = rules->LimitsOf(territory, priority, kStart, std::nullopt);
    return line;
  };
  const BoardLine line = waiting("85", Priority::kP2);
  EXPECT_THAT(At(line, seconds(299)), IsEmpty());
  EXPECT_THAT(At(line, seconds(300)), ElementsAre(BoardAlarm::kWaitTarget));
  EXPECT_THAT(At(line, seconds(600)), ElementsAre(BoardAlarm::kWaitLate));
  EXPECT_THAT(At(waiting("85", Priority::kUnspecified), seconds(10)),
              ElementsAre(BoardAlarm::kPriorityUnset, BoardAlarm::kWaitTarget));
  EXPECT_THAT(At(waiting("44", Priority::kP2), minutes(19)), IsEmpty());
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

TEST(BoardAlarms, H49_ASiteNeverMakesAVitalAlarmLater) {
  for (const char* part : {"85:P0:0:30", "85:P0:0:20", "85:P1:60:120", "85:-:30:60", "85:-:0:10",
                           "85:P2:2400:3600", "85:NR:86400:86400"}) {
    EXPECT_THAT(ParseAlarmRules({part}), IsOk()) << part;
  }
  for (const char* part :
       {"85:P0:0:31", "85:P0:1:30", "85:P0:0:86400", "85:P1:61:120", "85:P1:60:121", "85:-:31:60",
        "85:-:30:61", "85:P2:2401:3600", "85:P2:2400:3601", "85:NR:0:86401"}) {
    EXPECT_THAT(ParseAlarmRules({part}),
                StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_BOARD_TARGETS"))
        << part;
  }
}

TEST(BoardAlarms, H13_APromisedCallbackWarnsBeforeItFallsDue) {
  const BoardLine line = Promise(minutes(30), minutes(60));
  EXPECT_THAT(At(line, minutes(49)), IsEmpty());
  EXPECT_THAT(At(line, minutes(50)), ElementsAre(BoardAlarm::kCallbackSoon));
  EXPECT_THAT(At(line, minutes(60)), ElementsAre(BoardAlarm::kCallbackDue));
  // A promise is no wait: the hour of its call does not make it late.
  const auto rules = ParseAlarmRules({"85:P3:60:120"});
  const CallbackWindow window{line.queue.callback_start, line.queue.callback_end, true};
  EXPECT_EQ(rules->LimitsOf("85", Priority::kP3, kStart, window).alarm, line.limits.alarm);
}

TEST(BoardAlarms, H13_CallsThatReachedNobodyAreLoudWhoeverHasTheDossier) {
  BoardLine line = Promise(minutes(0), minutes(30));  // As the ledger keeps a promise that failed.
  line.callback_failed = true;
  EXPECT_THAT(At(line, minutes(31)), ElementsAre(BoardAlarm::kCallbackFailed));
  line.claim = {"mrl-1", base::Role::kRegulatorMg, kStart, kStart + hours(1), 1};
  EXPECT_THAT(At(line, minutes(31)), ElementsAre(BoardAlarm::kCallbackFailed));
  line.claim = {};
  line.queue.priority = Priority::kP2;  // Raised by somebody who is no regulator.
  line.queue.callback_end = {};
  line.limits = LimitsOf(Priority::kP2, kStart, std::nullopt);
  EXPECT_THAT(At(line, minutes(1)), ElementsAre(BoardAlarm::kCallbackFailed));
  line.active = false;
  EXPECT_THAT(At(line, minutes(1)), IsEmpty());
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
  EXPECT_THAT(AtWork(line, hours(24) - seconds(1)), IsEmpty());
  EXPECT_THAT(AtWork(line, hours(24)), ElementsAre(BoardAlarm::kOrderHalf));
  EXPECT_THAT(AtWork(line, hours(40) - seconds(1)), ElementsAre(BoardAlarm::kOrderHalf));
  EXPECT_THAT(AtWork(line, hours(40)), ElementsAre(BoardAlarm::kOrderLate));
  EXPECT_THAT(AtWork(line, hours(48)), ElementsAre(BoardAlarm::kOrderOverdue));
}

TEST(BoardAlarms, AShorterDelayAlertsInTheSameProportion) {
  EXPECT_THAT(AtWork(Order(hours(12)), hours(6)), ElementsAre(BoardAlarm::kOrderHalf));
  EXPECT_THAT(AtWork(Order(hours(12)), hours(10)), ElementsAre(BoardAlarm::kOrderLate));
  BoardLine booked = Order(hours(12));
  booked.order_state = OrderState::kBooked;
  EXPECT_THAT(AtWork(booked, hours(13)), IsEmpty());
}

TEST(BoardAlarms, S2_22_ACallThatWasPromisedToThePatientFallsDue) {
  BoardLine line = Order(hours(24));
  line.promised = kStart + hours(2);
  EXPECT_THAT(At(line, hours(2) - seconds(1)), IsEmpty());  // Nor is it idle until then.
  EXPECT_THAT(At(line, hours(2)), ElementsAre(BoardAlarm::kCallbackDue));
  line.order_state = OrderState::kBooked;
  EXPECT_THAT(AtWork(line, hours(3)), IsEmpty());
}

TEST(BoardAlarms, H15_AnOrderNobodyHasAlarmsAfterTenMinutes) {
  BoardLine line = Order(hours(48));
  EXPECT_THAT(At(line, minutes(10) - seconds(1)), IsEmpty());
  EXPECT_THAT(At(line, minutes(10)), ElementsAre(BoardAlarm::kOrderUnclaimed));
  // One that somebody took and let lie: idle after 15 min, nobody's ten minutes after his claim.
  line.claim = {"osnp-1", base::Role::kOsnp, kStart, kStart + kOrderLease, 1};
  EXPECT_THAT(At(line, minutes(15) - seconds(1)), IsEmpty());
  EXPECT_THAT(At(line, minutes(15)), ElementsAre(BoardAlarm::kOrderIdle));
  EXPECT_THAT(At(line, minutes(20)), ElementsAre(BoardAlarm::kOrderUnclaimed));
  // The patient is still to be told of his appointment.
  line.order_state = OrderState::kBooked;
  EXPECT_THAT(At(line, minutes(15)), ElementsAre(BoardAlarm::kOrderIdle));
}

// open_order_has_queue_or_alarm: somebody has it, or it has come into the queue within ten minutes,
// or the patient is told when he will be called, or it is an alarm.
TEST(BoardAlarms, H15_EveryOpenOrderHasAQueueOrAnAlarm) {
  std::mt19937 random(15);
  const auto upto = [&](int n) { return std::uniform_int_distribution<int>(0, n)(random); };
  constexpr OrderState kOpen[] = {OrderState::kToDo, OrderState::kTreatingDoctor,
                                  OrderState::kSearching, OrderState::kPendingAcceptance,
                                  OrderState::kBooked};
  int alarmed = 0;
  for (int i = 0; i < 20'000; ++i) {
    BoardLine line = Order(hours(4));
    line.order_state = kOpen[upto(4)];
    line.acted = kStart + minutes(upto(60));
    if (upto(1) == 0) {
      line.claim = {"osnp-1", base::Role::kOsnp, kStart, line.acted + kOrderLease, 1};
    }
    if (upto(3) == 0) line.promised = line.acted + minutes(upto(120));
    const base::Instant now = line.acted + seconds(upto(3 * 3600));
    const BoardCard card = CardOf(line, AlarmRules{}, now);
    ASSERT_NE(card.column, BoardColumn::kHidden);
    const base::Instant since = std::max({line.acted, line.promised, line.claim.expire});
    const bool waits = card.claimed || now < since + minutes(10);
    alarmed += card.alarms.List().empty() ? 0 : 1;
    EXPECT_TRUE(waits || !card.alarms.List().empty())
        << "order in state " << static_cast<int>(line.order_state) << " is nobody's and silent";
  }
  EXPECT_GT(alarmed, 1'000);
}

TEST(BoardAlarms, H07_WhoCallsAgainIsToldOnTheOrderUntilSomebodyActs) {
  BoardLine line = Order(hours(48));
  line.called_again = kStart + minutes(2);
  EXPECT_THAT(At(line, minutes(3)), ElementsAre(BoardAlarm::kOrderCalledAgain));
  line.acted = kStart + minutes(4);
  EXPECT_THAT(At(line, minutes(5)), IsEmpty());
}

TEST(BoardAlarms, TheAnswerOfACommunityIsToldUntilSomebodyActs) {
  BoardLine line = Order(hours(48));
  line.answered = kStart + minutes(2);
  EXPECT_THAT(At(line, minutes(3)), ElementsAre(BoardAlarm::kCommunityDeclined));
  line.accepted = true;
  EXPECT_THAT(At(line, minutes(3)), ElementsAre(BoardAlarm::kCommunityAccepted));
  line.acted = kStart + minutes(4);
  EXPECT_THAT(At(line, minutes(5)), IsEmpty());
}

TEST(BoardAlarms, H05_APlaceInConflictIsAnAlarmWhoeverHasIt) {
  BoardLine line = Waiting(Priority::kP2);
  const BoardCard before = CardOf(line, AlarmRules{}, kStart);
  line.place_conflict = true;
  EXPECT_THAT(At(line, seconds(1)), ElementsAre(BoardAlarm::kPlaceConflict));
  EXPECT_EQ(CardOf(line, AlarmRules{}, kStart).order_key, before.order_key);
  line.claim = {"mrl-1", base::Role::kRegulatorMg, kStart, kStart + minutes(10), 1};
  EXPECT_THAT(At(line, seconds(1)), ElementsAre(BoardAlarm::kPlaceConflict));
}

TEST(BoardAlarms, H04_AP0WithNothingSentAlarmsAfter30s) {
  BoardLine line = Waiting(Priority::kP0);
  EXPECT_THAT(At(line, seconds(29)), Not(Contains(BoardAlarm::kNothingSent)));
  EXPECT_THAT(At(line, seconds(30)), Contains(BoardAlarm::kNothingSent));
  line.claim = {"mru-1", base::Role::kRegulatorAmu, kStart, kStart + minutes(2), 1};
  EXPECT_THAT(At(line, seconds(29)), IsEmpty());
  EXPECT_THAT(At(line, seconds(30)), ElementsAre(BoardAlarm::kNothingSent));
  // The state of a reflex departure says nothing by itself: what counts is what went out for it.
  for (const ReflexState state :
       {ReflexState::kNone, ReflexState::kProposed, ReflexState::kCancelled}) {
    line.reflex = state;
    EXPECT_THAT(At(line, seconds(30)), ElementsAre(BoardAlarm::kNothingSent));
  }
  BoardLine on_the_way = line;
  on_the_way.means_out = true;  // Also for means that left before it was raised.
  EXPECT_THAT(At(on_the_way, seconds(60)), IsEmpty());
  BoardLine reported = line;
  reported.sent = kStart + seconds(20);
  EXPECT_THAT(At(reported, seconds(60)), IsEmpty());
  BoardLine yesterday = line;
  yesterday.sent = kStart - hours(20);
  EXPECT_THAT(At(yesterday, seconds(30)), ElementsAre(BoardAlarm::kNothingSent));
  BoardLine decided = line;
  decided.waits = false;  // A regulator has decided otherwise for everybody.
  EXPECT_THAT(At(decided, seconds(60)), IsEmpty());
  line.queue.priority = Priority::kP1;
  EXPECT_THAT(At(line, seconds(60)), IsEmpty());
}

TEST(BoardAlarms, H03_ARaiseInSomebodysHandsIsLoudUntilHeActs) {
  BoardLine line = Waiting(Priority::kP1);
  line.claim = {"mrl-1", base::Role::kRegulatorMg, kStart, kStart + minutes(2), 1};
  EXPECT_THAT(At(line, seconds(5)), IsEmpty());
  line.claim = Raise(line.claim, "arm-1", minutes(2), kStart + seconds(5));
  EXPECT_THAT(At(line, seconds(5)), ElementsAre(BoardAlarm::kRaised));
  line.claim = Renew(line.claim, "mrl-1", minutes(2), kStart + seconds(9));
  EXPECT_THAT(At(line, seconds(9)), IsEmpty());
}

TEST(BoardAlarms, H02_AVitalMotifSetLowIsShownToTheSupervisor) {
  const BoardScope supervisor = ScopeOf(base::Role::kSupervisor, {}, Filiere::kUnspecified);
  for (const Priority priority : {Priority::kP2, Priority::kP3, Priority::kNr}) {
    BoardLine line = Waiting(priority);
    line.vital_motif = true;
    line.waits = priority != Priority::kNr;
    const BoardCard card = CardOf(line, AlarmRules{}, kStart);
    EXPECT_THAT(card.alarms.List(), ElementsAre(BoardAlarm::kVitalMotifLow));
    EXPECT_TRUE(MayShow(line) && Sees(supervisor, ShapeOf(line, card)));
    EXPECT_EQ(card.column, line.waits ? BoardColumn::kToTake : BoardColumn::kReview);
    line.claim = {"mru-1", base::Role::kRegulatorAmu, kStart, kStart + minutes(10), 1};
    EXPECT_THAT(At(line, seconds(0)), ElementsAre(BoardAlarm::kVitalMotifLow));
    line.claim = {};
    line.waits = false;
    line.decided = true;
    EXPECT_FALSE(MayShow(line));
  }
  for (const Priority priority : {Priority::kP0, Priority::kP1, Priority::kUnspecified}) {
    BoardLine line = Waiting(priority);
    line.vital_motif = true;
    EXPECT_FALSE(IsVitalMotifLow(line));
  }
  BoardLine paper = Waiting(Priority::kNr);
  paper.vital_motif = true;
  paper.waits = false;
  paper.late_entry = true;  // What is typed in later is no work of now (hazard H-44).
  EXPECT_FALSE(MayShow(paper));
  paper.late_entry = false;
  paper.active = false;
  EXPECT_FALSE(MayShow(paper));
}

TEST(BoardAlarms, S3_03_WhatAStructureOrganisesItselfIsNotOnTheBoard) {
  BoardLine line = Order(hours(24));
  EXPECT_TRUE(MayShow(line));
  line.local = true;
  EXPECT_FALSE(MayShow(line));
  EXPECT_EQ(CardOf(line, AlarmRules{}, kStart).column, BoardColumn::kHidden);
}

TEST(BoardAlarms, ACallRingsForFifteenSecondsAtMost) {
  BoardLine line;
  line.kind = BoardKind::kWaitingCall;
  line.arrival = kStart;
  EXPECT_THAT(At(line, seconds(15)), IsEmpty());
  EXPECT_THAT(At(line, seconds(16)), ElementsAre(BoardAlarm::kRingingLate));
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
