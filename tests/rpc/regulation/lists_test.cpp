#include <prometheus/gauge.h>

#include "tests/rpc/regulation/regulation_fixture.h"

namespace sas::regulation {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using testing::IsOk;
using testing::ReasonIs;

class Lists : public RegulationTest {
 protected:
  v1::RecordLostCallRequest Lost(const std::string& number) {
    v1::RecordLostCallRequest request;
    request.set_parent("regions/fr-pdl");
    request.mutable_lost_call()->set_phone_number(number);
    request.mutable_lost_call()->set_territory("85");
    request.mutable_lost_call()->set_ring_seconds(20);
    return request;
  }

  v1::ListLostCallsResponse LostCalls() {
    v1::ListLostCallsRequest request;
    request.set_parent("regions/fr-pdl");
    const auto calls = Ask(arm_, &Stub::ListLostCalls, request);
    EXPECT_THAT(calls, IsOk());
    return calls.value_or(v1::ListLostCallsResponse());
  }
};

TEST_F(Lists, PagesFollowTheQueueAndATokenBelongsToItsQuery) {
  std::vector<std::string> expected;
  for (const auto priority : {v1::PRIORITY_P1, v1::PRIORITY_P2, v1::PRIORITY_P2}) {
    expected.push_back(Prioritized(priority).name());
  }
  v1::ListRegulationCasesRequest request;
  request.set_parent("regions/fr-pdl");
  request.set_page_size(2);
  const auto first = Ask(arm_, &Stub::ListRegulationCases, request);
  ASSERT_THAT(first, IsOk());
  ASSERT_EQ(first->regulation_cases_size(), 2);
  request.set_page_token(first->next_page_token());
  request.set_page_size(50);
  const auto second = Ask(arm_, &Stub::ListRegulationCases, request);
  ASSERT_THAT(second, IsOk());
  ASSERT_EQ(second->regulation_cases_size(), 1);
  EXPECT_EQ(second->next_page_token(), "");
  EXPECT_THAT((std::vector<std::string>{first->regulation_cases(0).name(),
                                        first->regulation_cases(1).name(),
                                        second->regulation_cases(0).name()}),
              ::testing::ElementsAreArray(expected));
  request.set_view(v1::CASE_LIST_VIEW_OPEN);
  EXPECT_THAT(Ask(arm_, &Stub::ListRegulationCases, request), ReasonIs("INVALID_PAGE_TOKEN"));
}

TEST_F(Lists, OrdersAndDecisionsArePaged) {
  const v1::CareOrder late = Ordered();
  v1::ListCareOrdersRequest orders;
  orders.set_parent("regions/fr-pdl/cases/-");
  orders.set_page_size(1);
  Ordered();
  const auto first = Ask(osnp_, &Stub::ListCareOrders, orders);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->care_orders(0).name(), late.name());  // Ordered first, due first.
  orders.set_page_token(first->next_page_token());
  const auto second = Ask(osnp_, &Stub::ListCareOrders, orders);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->care_orders_size(), 1);
  EXPECT_EQ(second->next_page_token(), "");
  const std::string name = CaseOf(late.name());
  ASSERT_THAT(Decide(mrl_, name, v1::CARE_LEVEL_R4, "CONSEIL"), IsOk());
  v1::ListDecisionsRequest decisions;
  decisions.set_parent(name);
  decisions.set_page_size(1);
  const auto oldest = Ask(arm_, &Stub::ListDecisions, decisions);
  EXPECT_EQ(oldest->decisions(0).decision_code(), "ORIENT");
  decisions.set_page_token(oldest->next_page_token());
  EXPECT_EQ(Ask(arm_, &Stub::ListDecisions, decisions)->decisions(0).decision_code(), "CONSEIL");
}

TEST_F(Lists, CallsOfOneNumberAreOneEntryUntilTheyAreReturned) {
  const auto first = Ask(arm_, &Stub::RecordLostCall, Lost("+33199000007"));
  ASSERT_THAT(first, IsOk());
  clock_.Advance(minutes(29));
  const auto second = Ask(arm_, &Stub::RecordLostCall, Lost("+33199000007"));
  EXPECT_EQ(second->name(), first->name());
  EXPECT_EQ(second->call_count(), 2);
  clock_.Advance(minutes(2));
  const auto third = Ask(arm_, &Stub::RecordLostCall, Lost("+33199000007"));
  EXPECT_EQ(third->name(), first->name());
  ASSERT_THAT(Ask(arm_, &Stub::RecordLostCall, Lost("+33199000008")), IsOk());
  EXPECT_EQ(LostCalls().lost_calls_size(), 2);
  EXPECT_EQ(LostCalls().lost_calls(0).name(), first->name());  // Oldest first.
}

TEST_F(Lists, CallerWhoCallsAgainNeedsNoReturn) {
  ASSERT_THAT(Ask(arm_, &Stub::RecordLostCall, Lost("+33199000001")), IsOk());
  const auto other = Ask(arm_, &Stub::RecordLostCall, Lost("+33199000002"));
  Open();  // From +33199000001.
  ASSERT_EQ(LostCalls().lost_calls_size(), 1);
  v1::ResolveLostCallRequest resolve;
  resolve.set_name(other->name());
  ASSERT_THAT(Ask(arm_, &Stub::ResolveLostCall, resolve), IsOk());
  EXPECT_EQ(LostCalls().lost_calls_size(), 0);
  EXPECT_THAT(Ask(arm_, &Stub::ResolveLostCall, resolve), ReasonIs("LOST_CALL_DONE"));
  EXPECT_THAT(EventTypes(), ElementsAre("lost_call.recorded", "lost_call.recorded", "case.created",
                                        "lost_call.resolved", "lost_call.resolved"));
}

TEST_F(Lists, BoardCountsTheRoom) {
  Prioritized(v1::PRIORITY_P1);
  Prioritized(v1::PRIORITY_P3);
  const v1::CareOrder order = Ordered();
  ASSERT_THAT(Ask(arm_, &Stub::RecordLostCall, Lost("+33199000007")), IsOk());
  clock_.Advance(minutes(5));
  v1::GetBoardRequest request;
  request.set_parent("regions/fr-pdl");
  const auto board = Ask(testing::ActorWith(base::Role::kOperations), &Stub::GetBoard, request);
  ASSERT_THAT(board, IsOk());
  std::vector<v1::Priority> priorities;
  for (const auto& line : board->lines()) priorities.push_back(line.priority());
  EXPECT_THAT(priorities, ElementsAre(v1::PRIORITY_P0, v1::PRIORITY_P1, v1::PRIORITY_UNSPECIFIED,
                                      v1::PRIORITY_P2, v1::PRIORITY_P3, v1::PRIORITY_NR));
  EXPECT_EQ(board->lines(1).waiting_count(), 1);
  EXPECT_EQ(board->lines(1).alarm_count(), 1);
  EXPECT_GT(board->lines(1).longest_wait().seconds(), 300);
  EXPECT_FALSE(board->lines(0).has_longest_wait());
  EXPECT_TRUE(board->lines(4).has_next_callback_time());
  EXPECT_EQ(board->claimed_count(), 1);
  EXPECT_EQ(board->lost_call_count(), 1);
  EXPECT_EQ(board->open_order_count(), 1);
  EXPECT_EQ(ToInstant(board->next_order_due_time()), ToInstant(order.due_time()));
}

TEST_F(Lists, H11_TheBoardTellsWhoHasDoneNothingForLongest) {
  v1::GetBoardRequest request;
  request.set_parent("regions/fr-pdl");
  EXPECT_FALSE(Ask(arm_, &Stub::GetBoard, request)->has_oldest_claim());
  const v1::RegulationCase first = Prioritized(v1::PRIORITY_P2);
  ASSERT_THAT(Claim(mrl_, first.name()), IsOk());
  clock_.Advance(minutes(5));
  const std::string second = Prioritized(v1::PRIORITY_P2).name();
  ASSERT_THAT(Claim(mru_, second), IsOk());
  const auto board = Ask(arm_, &Stub::GetBoard, request);
  ASSERT_THAT(board, IsOk());
  const v1::IdleClaim& idle = board->oldest_claim();
  EXPECT_EQ(idle.regulation_case(), first.name());
  EXPECT_EQ(idle.case_number(), first.case_number());
  EXPECT_EQ(idle.owner().subject(), "mrl-1");
  EXPECT_EQ(ToInstant(idle.act_time()), ToInstant(Get(first.name()).claim().act_time()));
  EXPECT_EQ(ToInstant(idle.expire_time()), ToInstant(idle.act_time()) + minutes(10));
  v1::AddCaseNoteRequest note;
  note.set_name(first.name());
  note.mutable_note()->set_text("rappelé");
  ASSERT_THAT(Ask(mrl_, &Stub::AddCaseNote, note), IsOk());
  EXPECT_EQ(Ask(arm_, &Stub::GetBoard, request)->oldest_claim().regulation_case(), second);
  // Who does what is no head count (hazard H-51).
  for (const base::Role role :
       {base::Role::kOsnp, base::Role::kOperations, base::Role::kSteering, base::Role::kReferent}) {
    EXPECT_FALSE(Ask(testing::ActorWith(role), &Stub::GetBoard, request)->has_oldest_claim());
  }
  clock_.Advance(minutes(10));  // Nobody has either of them any more.
  EXPECT_FALSE(Ask(arm_, &Stub::GetBoard, request)->has_oldest_claim());
}

TEST_F(Lists, H11_TheMetricFollowsTheLongestIdleClaimOfEachTerritory) {
  const auto idle = [&] {
    EXPECT_THAT(ReadFigures(*desk_, base::InternalCall("figures", clock_, seconds(5))), IsOk());
    return server_->metrics()
        .Gauge("sas_regulation_oldest_claim_idle_seconds",
               "Since the owner of a dossier last acted on it: of the claim where that is longest.",
               {{"territory", "85"}})
        .Value();
  };
  EXPECT_EQ(idle(), 0);
  ASSERT_THAT(Claim(mrl_, Prioritized(v1::PRIORITY_P2).name()), IsOk());
  clock_.Advance(minutes(4));
  EXPECT_EQ(idle(), 241);
  clock_.Advance(minutes(6));
  EXPECT_EQ(idle(), 0);
}

}  // namespace
}  // namespace sas::regulation
