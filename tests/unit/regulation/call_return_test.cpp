#include "services/regulation/domain/call_return.h"

#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"

namespace sas::regulation {
namespace {

using base::Role;
using std::chrono::minutes;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

constexpr base::Instant kHungUp{std::chrono::hours(24 * 365 * 50)};
const ReturnRules kRules;

ReturnState Begun() {
  ReturnState state;
  state.due = kHungUp;
  return state;
}

ReturnState Tried(ReturnState state, minutes after,
                  ContactResult result = ContactResult::kNoAnswer) {
  return AfterReturn(kRules, state, result, kHungUp + after);
}

TEST(CallReturn, H08_ThreeSpacedCallsComeBeforeADecision) {
  ReturnState state = Tried(Begun(), minutes(0));
  EXPECT_EQ(state.counted, 1);
  EXPECT_EQ(state.due, kHungUp + minutes(5));
  // Before it is due a call is made for nothing: it moves neither count nor hour.
  EXPECT_EQ(Tried(state, minutes(4)).counted, 1);
  EXPECT_EQ(Tried(state, minutes(4)).due, state.due);
  state = Tried(state, minutes(5), ContactResult::kBusy);
  EXPECT_EQ(state.counted, 2);
  EXPECT_EQ(state.due, kHungUp + minutes(15));
  EXPECT_FALSE(IsDecisionDue(kRules, state));
  state = Tried(state, minutes(15), ContactResult::kVoicemail);
  EXPECT_EQ(state.counted, 3);
  EXPECT_TRUE(IsDecisionDue(kRules, state));
  EXPECT_EQ(Tried(state, minutes(60)).counted, 3);
}

TEST(CallReturn, H08_WithoutANumberAPersonDecidesAtOnce) {
  ReturnState nobody = Begun();
  nobody.number_known = false;
  EXPECT_TRUE(IsDecisionDue(kRules, nobody));
  EXPECT_TRUE(IsDecisionDue(kRules, Tried(Begun(), minutes(0), ContactResult::kWrongNumber)));
}

TEST(CallReturn, H08_OnlyARegulatorOrTheSupervisorGivesUpAndWithAReason) {
  ReturnState done = Begun();
  done.counted = 3;
  const auto give_up = [&](const ReturnState& state, Role role, bool reason) {
    return CheckReturnEnd(kRules, state, ReturnEnd::kGivenUp, role, reason);
  };
  for (const Role role : {Role::kRegulatorAmu, Role::kRegulatorMg, Role::kSupervisor}) {
    EXPECT_THAT(give_up(done, role, true), IsOk());
    EXPECT_THAT(give_up(done, role, false), ReasonIs("REASON_REQUIRED"));
    EXPECT_THAT(give_up(Begun(), role, true),
                StatusIs(absl::StatusCode::kFailedPrecondition, "RETURN_NOT_TRIED"));
  }
  for (const Role role : {Role::kArm, Role::kOsnp, Role::kService}) {
    EXPECT_THAT(give_up(done, role, true),
                StatusIs(absl::StatusCode::kPermissionDenied, "REGULATOR_REQUIRED"));
  }
}

TEST(CallReturn, H08_MeansAreSentByARegulatorWithoutWaitingForTheThird) {
  const auto send = [](Role role, bool reason) {
    return CheckReturnEnd(kRules, Begun(), ReturnEnd::kMeansSent, role, reason);
  };
  EXPECT_THAT(send(Role::kRegulatorAmu, true), IsOk());
  EXPECT_THAT(send(Role::kRegulatorAmu, false), ReasonIs("REASON_REQUIRED"));
  EXPECT_THAT(send(Role::kSupervisor, true), ReasonIs("REGULATOR_REQUIRED"));
  EXPECT_THAT(CheckReturnEnd(kRules, Begun(), ReturnEnd::kReached, Role::kArm, false), IsOk());
}

TEST(CallReturn, H08_SendingIsProposedForVitalPrioritiesWithAnAddress) {
  for (const Priority priority : {Priority::kP0, Priority::kP1}) {
    EXPECT_TRUE(ProposesSending(priority, true));
    EXPECT_FALSE(ProposesSending(priority, false));
  }
  for (const Priority priority :
       {Priority::kUnspecified, Priority::kP2, Priority::kP3, Priority::kNr}) {
    EXPECT_FALSE(ProposesSending(priority, true));
  }
}

TEST(CallReturn, H13_APromiseHasThreeCallsHoweverManyAReturnHas) {
  const auto five = ParseReturnRules({"1", "5", "10", "20", "60"});
  ASSERT_THAT(five, IsOk());
  const ReturnRules promise = PromiseRules(*five);
  ReturnState state = AfterReached(promise, kHungUp);
  EXPECT_EQ(state.counted, 0);
  EXPECT_EQ(state.due, kHungUp + minutes(1));
  for (const int minute : {1, 6, 16}) {
    EXPECT_FALSE(IsDecisionDue(promise, state));
    state = AfterReturn(promise, state, ContactResult::kNoAnswer, kHungUp + minutes(minute));
  }
  EXPECT_TRUE(IsDecisionDue(promise, state));
  EXPECT_FALSE(IsDecisionDue(*five, state));
}

TEST(CallReturn, DelaysAreDataWithinBounds) {
  const auto rules = ParseReturnRules({"1", "2", "30", "60"});
  ASSERT_THAT(rules, IsOk());
  EXPECT_EQ(rules->spacing,
            (std::vector<minutes>{minutes(1), minutes(2), minutes(30), minutes(60)}));
  using Texts = std::vector<std::string>;
  for (const Texts& bad : {Texts{}, Texts{"0", "5"}, Texts{"0", "5", "61"}, Texts{"0", "-1", "5"},
                           Texts{"0", "5m", "10"}, Texts(11, "1")}) {
    EXPECT_THAT(ParseReturnRules(bad), ReasonIs("INVALID_CALL_RETURNS"));
  }
  EXPECT_THAT(ParseReturnRules(Texts(10, "60")), IsOk());
}

}  // namespace
}  // namespace sas::regulation
