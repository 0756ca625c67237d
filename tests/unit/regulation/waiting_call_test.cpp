#include "services/regulation/domain/waiting_call.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace sas::regulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr base::Instant kNow{hours(24 * 365 * 50)};
using State = WaitingState;
using Act = WaitingAct;

WaitingValue Call(const std::string& name, seconds ago, bool again = false,
                  State state = State::kRinging) {
  return {name, state, again, kNow - ago};
}

TEST(WaitingCall, TheTableOfMoves) {
  EXPECT_EQ(After(State::kRinging, Act::kPickUp), State::kPickedUp);
  EXPECT_EQ(After(State::kRinging, Act::kOpenCase), State::kOnCase);
  EXPECT_EQ(After(State::kRinging, Act::kEnd), State::kLost);
  EXPECT_EQ(After(State::kPickedUp, Act::kPickUp), std::nullopt);
  EXPECT_EQ(After(State::kPickedUp, Act::kOpenCase), State::kOnCase);
  EXPECT_EQ(After(State::kPickedUp, Act::kEnd), State::kLost);
  EXPECT_EQ(After(State::kLost, Act::kPickUp), std::nullopt);
  EXPECT_EQ(After(State::kLost, Act::kOpenCase), State::kOnCase);
  EXPECT_EQ(After(State::kLost, Act::kEnd), std::nullopt);
  for (const Act act : {Act::kPickUp, Act::kOpenCase, Act::kEnd}) {
    EXPECT_EQ(After(State::kOnCase, act), std::nullopt);
    EXPECT_EQ(After(State::kUnspecified, act), std::nullopt);
  }
}

TEST(WaitingCall, WhoRangBeforeAndWasNotAnsweredIsFirstThenTheLongestRinging) {
  std::vector<WaitingValue> calls{Call("b", seconds(5)),
                                  Call("a", seconds(5)),
                                  Call("old", seconds(50)),
                                  Call("again", seconds(1), true),
                                  Call("again-old", seconds(9), true),
                                  Call("taken", minutes(9), true, State::kPickedUp)};
  std::sort(calls.begin(), calls.end(),
            [](const auto& x, const auto& y) { return KeyOf(x) < KeyOf(y); });
  std::string order;
  for (const WaitingValue& call : calls) order += call.name + " ";
  EXPECT_EQ(order, "again-old again old a b taken ");
}

TEST(WaitingCall, EarlierCallsCountForHalfAnHour) {
  const auto ringing = [](std::vector<WaitingValue> earlier) {
    return RingingAfter(earlier, kNow);
  };
  EXPECT_EQ(ringing({}).calls, 1);
  EXPECT_FALSE(ringing({}).again);
  EXPECT_EQ(ringing({Call("a", minutes(30), false, State::kLost)}).calls, 2);
  EXPECT_TRUE(ringing({Call("a", minutes(30), false, State::kLost)}).again);
  EXPECT_EQ(ringing({Call("a", minutes(30) + seconds(1), false, State::kLost)}).calls, 1);
  EXPECT_FALSE(ringing({Call("a", minutes(30) + seconds(1), false, State::kLost)}).again);
  // He was answered last, whatever was before.
  const Ringing answered = ringing(
      {Call("b", minutes(2), false, State::kOnCase), Call("a", minutes(9), false, State::kLost)});
  EXPECT_EQ(answered.calls, 3);
  EXPECT_FALSE(answered.again);
  // Two lines of one house ring at once: nobody has hung up.
  EXPECT_FALSE(ringing({Call("a", seconds(9))}).again);
}

TEST(WaitingCall, ANumberOfTheTelephoneSystemIsOneCallForADay) {
  EXPECT_TRUE(IsSameCall(Call("a", hours(24) - seconds(1), false, State::kLost), kNow));
  EXPECT_FALSE(IsSameCall(Call("a", hours(24), false, State::kLost), kNow));
  EXPECT_FALSE(IsSameCall(Call("a", hours(25), false, State::kOnCase), kNow));
  EXPECT_TRUE(IsSameCall(Call("a", hours(25), false, State::kPickedUp), kNow));
}

TEST(WaitingCall, RingSecondsStayWithinWhatACallToReturnHolds) {
  EXPECT_EQ(RingSeconds(kNow, kNow + seconds(17)), 17);
  EXPECT_EQ(RingSeconds(kNow, kNow - seconds(1)), 0);
  EXPECT_EQ(RingSeconds(kNow, kNow + hours(1)), 3600);
  EXPECT_EQ(RingSeconds(kNow, kNow + hours(1) + seconds(1)), 3600);
}

TEST(WaitingCall, ArmsAndRegulatorsPickUp) {
  for (const base::Role role :
       {base::Role::kArm, base::Role::kRegulatorAmu, base::Role::kRegulatorMg}) {
    EXPECT_TRUE(PicksUp(role));
  }
  for (const base::Role role : {base::Role::kOsnp, base::Role::kSupervisor, base::Role::kService,
                                base::Role::kProfessional, base::Role::kUnspecified}) {
    EXPECT_FALSE(PicksUp(role));
  }
}

}  // namespace
}  // namespace sas::regulation
