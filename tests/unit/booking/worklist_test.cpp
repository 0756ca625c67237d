// Who stands on a named worklist.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/booking/domain/worklist.h"

namespace sas::booking {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

OrderFacts In(OrderState state) {
  OrderFacts order;
  order.state = state;
  return order;
}

TEST(Worklists, S2_10_WhoWaitsStandsOnTheList) {
  for (const OrderState state :
       {OrderState::kToDo, OrderState::kTreatingDoctor, OrderState::kSearching}) {
    EXPECT_TRUE(StandsOnWorklist(In(state))) << static_cast<int>(state);
  }
  for (const OrderState state :
       {OrderState::kUnspecified, OrderState::kPendingAcceptance, OrderState::kBooked,
        OrderState::kConfirmedToPatient, OrderState::kNoSlot, OrderState::kPatientRefused,
        OrderState::kPatientUnreachable, OrderState::kTakenByTreatingDoctor,
        OrderState::kSuperseded, OrderState::kClosed, OrderState::kReoriented}) {
    EXPECT_FALSE(StandsOnWorklist(In(state))) << static_cast<int>(state);
  }
  OrderFacts asking = In(OrderState::kPendingAcceptance);  // SOS, until a community is asked.
  asking.community_asked = true;
  EXPECT_TRUE(StandsOnWorklist(asking));
}

TEST(Worklists, APlannerSeesCountsAlone) {
  EXPECT_FALSE(SeesWorklistOrders(base::Role::kPlanner));
  EXPECT_TRUE(SeesWorklistOrders(base::Role::kOsnp));
  EXPECT_TRUE(SeesWorklistOrders(base::Role::kSupervisor));
}

TEST(Worklists, S2_10_OneWayThatSuitsIsEnough) {
  EXPECT_EQ(BestOf({{"ENTRY_POINT_CLOSED", 0}, {"", 1200}}).refusal_reason, "");
  EXPECT_EQ(BestOf({{"ENTRY_POINT_CLOSED", 0}, {"", 1200}}).distance_meters, 1200);
  // A closed line tells less than what the other says.
  EXPECT_EQ(BestOf({{"ENTRY_POINT_CLOSED", 0}, {"MOTIF_NOT_ACCEPTED", 7}}).refusal_reason,
            "MOTIF_NOT_ACCEPTED");
  EXPECT_EQ(BestOf({{"ENTRY_POINT_CLOSED", 0}, {"ENTRY_POINT_CLOSED", 0}}).refusal_reason,
            "ENTRY_POINT_CLOSED");
  EXPECT_EQ(BestOf({}).refusal_reason, "ENTRY_POINT_CLOSED");
}

TEST(Worklists, EverybodySeesHisOwnTerritories) {
  EXPECT_THAT(SeenTerritories({"85", "44"}, {}), ElementsAre("85", "44"));
  EXPECT_THAT(SeenTerritories({"85", "44"}, {"44", "49"}), ElementsAre("44"));
  EXPECT_THAT(SeenTerritories({"85"}, {"49"}), IsEmpty());
}

}  // namespace
}  // namespace sas::booking
