#include "services/booking/domain/refill.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "common/testing/status_matchers.h"

namespace sas::booking {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const base::Instant kNow{hours(24 * 365 * 50)};

WaitingOrder Order(const std::string& name, hours delay, minutes age) {
  return {name, OrderState::kSearching, delay, kNow - age, kNow - age + delay};
}

TEST(Refill, TheFileActiveIsServedByPriorityThenAge) {
  // In the order in which they are served.
  const std::vector<WaitingOrder> expected{
      Order("a", hours(4), minutes(10)),   Order("b", hours(4), minutes(5)),
      Order("c", hours(8), minutes(300)),  Order("d", hours(12), minutes(1)),
      Order("e", hours(24), minutes(900)), Order("f", hours(24), minutes(900)),
      Order("g", hours(48), minutes(2800))};
  std::vector<WaitingOrder> sorted = expected;
  std::reverse(sorted.begin(), sorted.end());
  std::sort(sorted.begin(), sorted.end(), ServedBefore);
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(sorted[i].name, expected[i].name);
}

TEST(Refill, AskedAreThoseThatSomebodyMayBook) {
  for (const auto& [state, waits] :
       std::vector<std::pair<OrderState, bool>>{{OrderState::kUnspecified, false},
                                                {OrderState::kToDo, true},
                                                {OrderState::kTreatingDoctor, false},
                                                {OrderState::kSearching, true},
                                                {OrderState::kPendingAcceptance, false},
                                                {OrderState::kBooked, false},
                                                {OrderState::kConfirmedToPatient, false},
                                                {OrderState::kNoSlot, false},
                                                {OrderState::kSuperseded, false},
                                                {OrderState::kClosed, false}}) {
    EXPECT_EQ(Waits(state), waits) << static_cast<int>(state);
  }
}

TEST(Refill, OffersAreForThoseWhoHearOfThem) {
  using base::Role;
  for (const Role role :
       {Role::kUnspecified, Role::kOsnp, Role::kRegulatorMg, Role::kRegulatorAmu}) {
    EXPECT_TRUE(HearsOfOffers(role)) << base::RoleName(role);
  }
  for (const Role role : {Role::kProfessional, Role::kSecretariat, Role::kEffecteur, Role::kArm,
                          Role::kSupervisor, Role::kService}) {
    EXPECT_FALSE(HearsOfOffers(role)) << base::RoleName(role);
  }
}

TEST(Refill, H28_StartLeavesTheWayAndHalfAnHour) {
  const WaitingOrder order = Order("a", hours(24), minutes(5));
  // 26 km: 40 minutes.
  EXPECT_EQ(TravelTime(26'000), minutes(40));
  EXPECT_TRUE(Suits(order, 26'000, kNow + minutes(70), kNow));
  EXPECT_FALSE(Suits(order, 26'000, kNow + minutes(70) - seconds(1), kNow));
  EXPECT_TRUE(Suits(order, 0, kNow + minutes(30), kNow));
  EXPECT_FALSE(Suits(order, 0, kNow + minutes(30) - seconds(1), kNow));
  EXPECT_EQ(TravelTime(1), minutes(1));
  EXPECT_EQ(TravelTime(-5), minutes(0));
}

TEST(Refill, NotAfterTheDeadlineNotBeyondReachNotWhenItEnded) {
  WaitingOrder order = Order("a", hours(4), minutes(0));
  EXPECT_TRUE(Suits(order, 30'000, order.due, kNow));
  EXPECT_FALSE(Suits(order, 30'001, order.due, kNow));
  EXPECT_FALSE(Suits(order, 30'000, order.due + seconds(1), kNow));
  order.state = OrderState::kSuperseded;
  EXPECT_FALSE(Suits(order, 0, order.due, kNow));
}

TEST(Refill, ASeatThatBeginsTooSoonIsNobodys) {
  EXPECT_TRUE(WorthOffering(kNow + minutes(30), kNow));
  EXPECT_FALSE(WorthOffering(kNow + minutes(29), kNow));
}

TEST(Refill, ADeclineHasACode) {
  for (const char* code : {"DISTANCE", "HOUR", "DOCTOR", "MODE", "UNREACHABLE", "OTHER"}) {
    EXPECT_TRUE(CheckDeclineReason(code, "reason_code").ok()) << code;
  }
  for (const char* code : {"", "TIME", "distance", "Mme X préfère demain"}) {
    EXPECT_THAT(CheckDeclineReason(code, "reason_code"), testing::ReasonIs("UNKNOWN_CODE"));
  }
}

}  // namespace
}  // namespace sas::booking
