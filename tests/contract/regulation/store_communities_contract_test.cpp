#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/testing/query_plan.h"
#include "common/testing/status_matchers.h"
#include "services/regulation/store_rows.h"
#include "tests/contract/regulation/stores.h"

// Place de marché: what a community is asked, and what nobody has answered in time.
namespace sas::regulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;

class StoreCommunitiesContract : public StoreContract {
 protected:
  v1::CareOrder Asked(const std::string& id, const std::string& community, hours due = hours(24),
                      minutes answer = minutes(30)) {
    v1::CareOrder order;
    order.set_name("regions/fr-pdl/cases/a/orders/" + id);
    order.set_territory("85");
    order.set_state(v1::CareOrder::STATE_PENDING_ACCEPTANCE);
    order.set_version(1);
    *order.mutable_due_time() = ToTimestamp(clock_.Now() + due);
    *order.mutable_create_time() = ToTimestamp(clock_.Now());
    v1::CommunityRequest& request = *order.mutable_community_request();
    request.set_state(v1::CommunityRequest::STATE_ASKED);
    request.set_community(community);
    *request.mutable_answer_due_time() = ToTimestamp(clock_.Now() + answer);
    return order;
  }

  void PutOrders(const std::vector<v1::CareOrder>& orders) {
    ASSERT_THAT(Write([&](RegulationTransaction& t) -> absl::Status {
                  for (const v1::CareOrder& order : orders) {
                    SAS_RETURN_IF_ERROR(t.PutOrder(order));
                  }
                  return absl::OkStatus();
                }),
                IsOk());
  }

  std::vector<std::string> Ids(OrderQuery query) {
    query.limit = query.limit == 0 ? 100 : query.limit;
    std::vector<std::string> ids;
    EXPECT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                  ids.clear();
                  SAS_ASSIGN_OR_RETURN(const auto orders, t.ListOrders(query));
                  for (const v1::CareOrder& order : orders) {
                    ids.push_back(order.name().substr(order.name().rfind('/') + 1));
                  }
                  return absl::OkStatus();
                }),
                IsOk());
    return ids;
  }

  static OrderQuery Of(const std::string& community) {
    OrderQuery query;
    query.region = "fr-pdl";
    query.community = community;
    return query;
  }

  OrderQuery Until(minutes ahead) {
    OrderQuery query;
    query.unanswered_until = clock_.Now() + ahead;
    return query;
  }
};

INSTANTIATE_TEST_SUITE_P(Stores, StoreCommunitiesContract, testing::EveryBackend(),
                         testing::BackendName);

TEST_P(StoreCommunitiesContract, WhatACommunityIsAskedIsListedSoonestDueFirst) {
  Put({Case("a", v1::PRIORITY_P2)});
  v1::CareOrder accepted = Asked("said", "cpts-lvo", hours(1));
  accepted.mutable_community_request()->set_state(v1::CommunityRequest::STATE_ACCEPTED);
  accepted.set_state(v1::CareOrder::STATE_SEARCHING);
  PutOrders({Asked("late", "cpts-lvo", hours(48)), Asked("soon", "cpts-lvo", hours(4)),
             Asked("next", "cpts-lvo", hours(8)), Asked("other", "sos-nantes", hours(2)),
             accepted});
  EXPECT_THAT(Ids(Of("cpts-lvo")), ElementsAre("soon", "next", "late"));
  EXPECT_THAT(Ids(Of("sos-nantes")), ElementsAre("other"));
  EXPECT_THAT(Ids(Of("cpts")), IsEmpty());
  OrderQuery elsewhere = Of("cpts-lvo");
  elsewhere.region = "fr-bre";
  EXPECT_THAT(Ids(elsewhere), IsEmpty());
  OrderQuery paged = Of("cpts-lvo");
  paged.limit = 1;
  paged.after = ListKeyOf(Asked("soon", "cpts-lvo", hours(4)));
  EXPECT_THAT(Ids(paged), ElementsAre("next"));
  // Answered, it leaves the list.
  v1::CareOrder answered = Asked("soon", "cpts-lvo", hours(4));
  answered.set_version(2);
  answered.mutable_community_request()->set_state(v1::CommunityRequest::STATE_DECLINED);
  PutOrders({answered});
  EXPECT_THAT(Ids(Of("cpts-lvo")), ElementsAre("next", "late"));
}

TEST_P(StoreCommunitiesContract, ACommunityIsOneHoweverItIsSpelt) {
  Put({Case("a", v1::PRIORITY_P2)});
  PutOrders({Asked("a", "CPTS-LVO", hours(4)), Asked("b", "cpts-lvo ", hours(8)),
             Asked("other", "cpts-autre", hours(2))});
  for (const char* spelt : {"cpts-lvo", "CPTS-LVO", " Cpts-Lvo"}) {
    EXPECT_THAT(Ids(Of(spelt)), ElementsAre("a", "b")) << spelt;
  }
  EXPECT_THAT(Ids(Of(" ")), IsEmpty());
  EXPECT_THAT(Ids(Until(minutes(60))), ElementsAre("other", "a", "b")) << "all of them end";
}

TEST_P(StoreCommunitiesContract, WhatNobodyHasAnsweredInTimeIsFoundInAllRegions) {
  Put({Case("a", v1::PRIORITY_P2)});
  v1::CareOrder declined = Asked("declined", "cpts-lvo");
  declined.mutable_community_request()->set_state(v1::CommunityRequest::STATE_DECLINED);
  PutOrders({Asked("b", "cpts-lvo", hours(8), minutes(30)),
             Asked("a", "sos-nantes", hours(4), minutes(10)), declined});
  EXPECT_THAT(Ids(Until(minutes(9))), IsEmpty());
  EXPECT_THAT(Ids(Until(minutes(10))), ElementsAre("a"));
  EXPECT_THAT(Ids(Until(minutes(60))), ElementsAre("a", "b"));
}

TEST_P(StoreCommunitiesContract, BothListsUseTheirIndex) {
  Ids(Of("cpts-lvo"));
  Ids(Until(minutes(0)));
  if (GetParam() != testing::Backend::kSqlite) return;
  const auto plan = [&](const std::string& part) {
    return testing::PlanOf(*under_test_->database(), clock_, part);
  };
  EXPECT_THAT(plan("community = :community"), HasSubstr("orders_community"));
  EXPECT_THAT(plan("answer_due_us <= "), HasSubstr("orders_unanswered"));
}

}  // namespace
}  // namespace sas::regulation
