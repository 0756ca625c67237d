#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "common/testing/status_matchers.h"
#include "services/regulation/store_rows.h"
#include "tests/contract/regulation/stores.h"

namespace sas::regulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::ReasonIs;

// The rows of these tests are about order: pages, keys, and what the rules say of them.
class StoreOrderContract : public StoreContract {
 protected:
  v1::CareOrder Order(const std::string& id, hours due, v1::CareOrder::State state) const {
    v1::CareOrder order;
    order.set_name("regions/fr-pdl/cases/a/orders/" + id);
    order.set_territory("85");
    order.set_state(state);
    order.set_version(1);
    *order.mutable_due_time() = ToTimestamp(clock_.Now() + due);
    return order;
  }

  std::vector<std::string> OrderNames(const OrderQuery& query) {
    std::vector<std::string> names;
    EXPECT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                  names.clear();
                  SAS_ASSIGN_OR_RETURN(const auto orders, t.ListOrders(query));
                  for (const auto& order : orders) {
                    names.push_back(order.name().substr(order.name().rfind('/') + 1));
                  }
                  return absl::OkStatus();
                }),
                IsOk());
    return names;
  }
};

INSTANTIATE_TEST_SUITE_P(Stores, StoreOrderContract, testing::EveryBackend(), testing::BackendName);

// On random rooms at random hours the ledger lists, pages and takes exactly as the rules say.
TEST_P(StoreOrderContract, H09_LedgerOrderEqualsTheRulesOrder) {
  std::mt19937 random(9);
  const auto upto = [&](int n) { return std::uniform_int_distribution<int>(0, n)(random); };
  std::vector<v1::RegulationCase> cases;
  for (int i = 0; i < 120; ++i) {
    v1::RegulationCase row = Case("c" + std::to_string(upto(1'000'000)) + "-" + std::to_string(i),
                                  static_cast<v1::Priority>(upto(5)));
    *row.mutable_wait_start_time() = ToTimestamp(clock_.Now() - minutes(upto(5) * 10));
    for (int k = 0, calls = upto(2) == 0 ? upto(12) : 0; k < calls; ++k) row.add_further_calls();
    if (row.priority() == v1::PRIORITY_P3) {
      row.mutable_callback()->set_kind(v1::CallbackPromise::KIND_DEFERRED_REGULATION);
      const base::Instant start = clock_.Now() + minutes(upto(120) - 60);
      *row.mutable_callback()->mutable_window_start_time() = ToTimestamp(start);
      *row.mutable_callback()->mutable_window_end_time() = ToTimestamp(start + minutes(30));
    }
    if (upto(3) == 0) {
      *row.mutable_claim() = ToProto(ClaimValue{
          "doctor-1", base::Role::kRegulatorAmu, {}, clock_.Now() + minutes(upto(40) - 20), 1});
    }
    if (upto(5) == 0) row.clear_wait_start_time();
    if (upto(7) == 0) row.set_state(v1::RegulationCase::STATE_PROGRAMMED);
    if (upto(5) == 0) {
      row.set_state(v1::RegulationCase::STATE_CLOSED);
      *row.mutable_close_time() = ToTimestamp(clock_.Now() - minutes(upto(5)));
    }
    cases.push_back(row);
  }
  Put(cases);
  for (int round = 0; round < 8; ++round) {
    for (const auto view :
         {v1::CASE_LIST_VIEW_UNSPECIFIED, v1::CASE_LIST_VIEW_WAITING, v1::CASE_LIST_VIEW_CLAIMED,
          v1::CASE_LIST_VIEW_CALLBACKS, v1::CASE_LIST_VIEW_OPEN, v1::CASE_LIST_VIEW_ENDED}) {
      CaseQuery query = Query(view);
      std::vector<QueueKey> expected;
      std::vector<QueueEntry> waiting;
      for (const auto& row : cases) {
        const CaseIndex index = IndexOf(row);
        if (!Shows(query, index)) continue;
        expected.push_back(ListKeyOf(query, index));
        waiting.push_back(index.queue);
      }
      std::sort(expected.begin(), expected.end());
      std::vector<QueueKey> listed;
      query.limit = 7;  // Many pages.
      bool more = true;
      while (more) {
        ASSERT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                      SAS_ASSIGN_OR_RETURN(const auto page, t.ListCases(query));
                      more = page.size() == 7;
                      for (const auto& row : page) {
                        listed.push_back(ListKeyOf(query, IndexOf(row)));
                      }
                      return absl::OkStatus();
                    }),
                    IsOk());
        if (!listed.empty()) query.after = listed.back();
      }
      ASSERT_EQ(listed, expected) << "view " << view;
      if (view != v1::CASE_LIST_VIEW_WAITING) continue;
      std::string next;
      std::vector<std::string> first;
      ASSERT_THAT(Write([&](RegulationTransaction& t) -> absl::Status {
                    SAS_ASSIGN_OR_RETURN(next, t.NextCase(query));
                    first.clear();
                    SAS_ASSIGN_OR_RETURN(const auto rows, t.NextCases(query));
                    for (const auto& row : rows) first.push_back(row.name());
                    return absl::OkStatus();
                  }),
                  IsOk());
      EXPECT_EQ(next, TakeNext(waiting, query.now));
      for (std::string& name : first) {
        EXPECT_EQ(name, TakeNext(waiting, query.now));
        std::erase_if(waiting, [&](const QueueEntry& each) { return each.name == name; });
      }
      if (first.size() < 7) {
        EXPECT_EQ(TakeNext(waiting, query.now), "");
      }
    }
    clock_.Advance(minutes(11));
  }
}

// Whoever has them, of every region, and page by page.
TEST_P(StoreOrderContract, H09_AllThatWaitTheLongestFirst) {
  std::vector<v1::RegulationCase> cases;
  const auto add = [&](const std::string& id, v1::Priority priority, minutes ago) {
    cases.push_back(Case(id, priority));
    *cases.back().mutable_wait_start_time() = ToTimestamp(clock_.Now() - ago);
    *cases.back().mutable_wait_alarm_time() = ToTimestamp(clock_.Now() + minutes(5));
  };
  add("b", v1::PRIORITY_P2, minutes(10));
  add("a", v1::PRIORITY_P0, minutes(10));
  add("held", v1::PRIORITY_P1, minutes(20));
  const auto held_until = [&](minutes end) {
    *cases.back().mutable_claim() =
        ToProto(ClaimValue{"doctor-1", base::Role::kRegulatorAmu, {}, clock_.Now() + end, 1});
  };
  held_until(minutes(3));
  add("lapsed", v1::PRIORITY_P1, minutes(30));
  held_until(minutes(0));
  add("closed", v1::PRIORITY_P1, minutes(40));
  cases.back().set_state(v1::RegulationCase::STATE_CLOSED);
  add("decided", v1::PRIORITY_P1, minutes(40));
  cases.back().clear_wait_start_time();
  add("elsewhere", v1::PRIORITY_P3, minutes(1));
  cases.back().set_name("regions/fr-naq/cases/elsewhere");
  cases.back().mutable_callback()->set_kind(v1::CallbackPromise::KIND_DEFERRED_REGULATION);
  *cases.back().mutable_callback()->mutable_window_end_time() =
      ToTimestamp(clock_.Now() + minutes(30));
  Put(cases);
  std::vector<WaitEntry> listed;
  std::optional<WaitEntry> after;
  for (std::size_t full = 2; full == 2;) {
    std::vector<WaitEntry> page;
    ASSERT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                  SAS_ASSIGN_OR_RETURN(page, t.ListWaits(after, clock_.Now(), 2));
                  return absl::OkStatus();
                }),
                IsOk());
    listed.insert(listed.end(), page.begin(), page.end());
    if (!page.empty()) after = page.back();
    full = page.size();
  }
  const base::Instant now = clock_.Now();
  const base::Instant alarm = now + minutes(5);
  const std::string here = "regions/fr-pdl/cases/";
  EXPECT_THAT(
      listed,
      ElementsAre(
          WaitEntry{here + "lapsed", "85", Priority::kP1, now - minutes(30), alarm, {}, false},
          WaitEntry{here + "held", "85", Priority::kP1, now - minutes(20), alarm, {}, true},
          WaitEntry{here + "a", "85", Priority::kP0, now - minutes(10), alarm, {}, false},
          WaitEntry{here + "b", "85", Priority::kP2, now - minutes(10), alarm, {}, false},
          WaitEntry{"regions/fr-naq/cases/elsewhere", "85", Priority::kP3, now - minutes(1), alarm,
                    now + minutes(30), false}));
}

TEST_P(StoreOrderContract, NextSkipsWhatNobodyAskedARegulatorFor) {
  v1::RegulationCase early = Case("early", v1::PRIORITY_P3);
  early.mutable_callback()->set_kind(v1::CallbackPromise::KIND_DEFERRED_REGULATION);
  *early.mutable_callback()->mutable_window_start_time() = ToTimestamp(clock_.Now() + minutes(10));
  *early.mutable_callback()->mutable_window_end_time() = ToTimestamp(clock_.Now() + minutes(60));
  Put({Case("nr", v1::PRIORITY_NR), early});
  const auto next = [&] {
    std::string name;
    EXPECT_THAT(Write([&](RegulationTransaction& t) -> absl::Status {
                  SAS_ASSIGN_OR_RETURN(name, t.NextCase(Query(v1::CASE_LIST_VIEW_WAITING)));
                  return absl::OkStatus();
                }),
                IsOk());
    return name;
  };
  EXPECT_EQ(next(), "");
  clock_.Advance(minutes(10));
  EXPECT_EQ(next(), early.name());
  early.set_name("regions/fr-pdl/cases/again");
  early.add_further_calls();
  *early.mutable_callback()->mutable_window_start_time() = ToTimestamp(clock_.Now() + minutes(10));
  Put({early});
  EXPECT_EQ(next(), early.name());  // Somebody who calls again is not kept waiting for a window.
}

// Somebody edits the head of the queue, and his transaction is not at its end (invariant I4). Only
// PostgreSQL lets a second one look meanwhile; it waits until its time is over.
TEST_P(StoreOrderContract, H09_WhoEditsTheHeadOfTheQueueMakesNobodyTakeALowerBandFirst) {
  if (GetParam() != testing::Backend::kPostgres) return;
  Put({Case("p0", v1::PRIORITY_P0), Case("p2", v1::PRIORITY_P2), Case("p2-next", v1::PRIORITY_P2)});
  std::string next;
  const auto ask = [&](std::chrono::milliseconds time) {
    next.clear();
    const CaseQuery query = Query(v1::CASE_LIST_VIEW_WAITING);
    return store().Write(base::InternalCall("test", clock_, time), [&](RegulationTransaction& t) {
      auto name = t.NextCase(query);
      next = name.ok() ? *name : "";
      return name.status();
    });
  };
  const auto edited = [&](const std::string& id, const auto& meanwhile) {
    EXPECT_THAT(Write([&](RegulationTransaction& t) -> absl::Status {
                  const std::string name = "regions/fr-pdl/cases/" + id;
                  SAS_ASSIGN_OR_RETURN(v1::RegulationCase row, t.GetCase(name));
                  meanwhile();
                  row.set_etag(EtagOf(VersionOf(row.etag()) + 1));
                  row.set_state(v1::RegulationCase::STATE_CLOSED);
                  return t.PutCase(row);
                }),
                IsOk());
  };
  edited("p0", [&] {
    EXPECT_THAT(ask(std::chrono::milliseconds(500)), ReasonIs("LEDGER_TIMEOUT"));
    EXPECT_EQ(next, "");
  });
  // Inside a band nobody waits for a colleague, and the last one there is not told as none.
  edited("p2", [&] {
    EXPECT_THAT(ask(minutes(1)), IsOk());
    EXPECT_EQ(next, "regions/fr-pdl/cases/p2-next");
  });
  edited("p2-next", [&] {
    EXPECT_THAT(ask(std::chrono::milliseconds(500)), ReasonIs("LEDGER_TIMEOUT"));
    EXPECT_EQ(next, "");
  });
  EXPECT_THAT(ask(minutes(1)), IsOk());
  EXPECT_EQ(next, "");
}

TEST_P(StoreOrderContract, OrdersSoonestDueFirst) {
  Put({Case("a", v1::PRIORITY_P2)});
  ASSERT_THAT(
      Write([&](RegulationTransaction& t) -> absl::Status {
        SAS_RETURN_IF_ERROR(t.PutOrder(Order("late", hours(24), v1::CareOrder::STATE_TO_DO)));
        SAS_RETURN_IF_ERROR(t.PutOrder(Order("soon", hours(4), v1::CareOrder::STATE_SEARCHING)));
        SAS_RETURN_IF_ERROR(
            t.PutOrder(Order("done", hours(1), v1::CareOrder::STATE_CONFIRMED_TO_PATIENT)));
        return t.PutOrder(Order("also", hours(4), v1::CareOrder::STATE_BOOKED));
      }),
      IsOk());
  OrderQuery query;
  query.region = "fr-pdl";
  query.limit = 10;
  EXPECT_THAT(OrderNames(query), ElementsAre("also", "soon", "late"));
  query.limit = 1;
  query.after = ListKeyOf(Order("also", hours(4), v1::CareOrder::STATE_BOOKED));
  EXPECT_THAT(OrderNames(query), ElementsAre("soon"));
  query.after.reset();
  query.limit = 10;
  query.include_ended = true;
  query.case_name = "regions/fr-pdl/cases/a";
  EXPECT_THAT(OrderNames(query), ElementsAre("done", "also", "soon", "late"));
  query.case_name = "regions/fr-pdl/cases/b";
  EXPECT_THAT(OrderNames(query), IsEmpty());
  query.case_name.clear();
  query.territories = {"44"};
  EXPECT_THAT(OrderNames(query), IsEmpty());
}

TEST_P(StoreOrderContract, OrderPutRefusesWhatIsNotTheSuccessor) {
  Put({Case("a", v1::PRIORITY_P2)});
  v1::CareOrder order = Order("o", hours(4), v1::CareOrder::STATE_TO_DO);
  const auto put = [&](std::int64_t version) {
    order.set_version(version);
    return Write([&](RegulationTransaction& t) { return t.PutOrder(order); });
  };
  EXPECT_THAT(put(1), IsOk());
  EXPECT_THAT(put(1), ReasonIs("CONCURRENT_CHANGE"));
  EXPECT_THAT(put(3), ReasonIs("CONCURRENT_CHANGE"));
  EXPECT_THAT(put(2), IsOk());
}

TEST_P(StoreOrderContract, DecisionsOldestFirst) {
  Put({Case("a", v1::PRIORITY_P2), Case("b", v1::PRIORITY_P2)});
  ASSERT_THAT(Write([&](RegulationTransaction& t) -> absl::Status {
                for (const char* id : {"a/decisions/02", "a/decisions/01", "b/decisions/00"}) {
                  v1::Decision decision;
                  decision.set_name(std::string("regions/fr-pdl/cases/") + id);
                  SAS_RETURN_IF_ERROR(t.AddDecision(decision));
                }
                return absl::OkStatus();
              }),
              IsOk());
  std::vector<std::string> names;
  const auto list = [&](const std::string& after, int limit) {
    names.clear();
    return Read([&](RegulationTransaction& t) -> absl::Status {
      SAS_ASSIGN_OR_RETURN(const auto decisions,
                           t.ListDecisions("regions/fr-pdl/cases/a", after, limit));
      for (const auto& decision : decisions) names.push_back(decision.name().substr(22));
      return absl::OkStatus();
    });
  };
  ASSERT_THAT(list("", 10), IsOk());
  EXPECT_THAT(names, ElementsAre("/decisions/01", "/decisions/02"));
  ASSERT_THAT(list("regions/fr-pdl/cases/a/decisions/01", 1), IsOk());
  EXPECT_THAT(names, ElementsAre("/decisions/02"));
}

TEST_P(StoreOrderContract, LostCallsOldestFirstAndFoundByNumber) {
  const auto lost = [&](const std::string& id, const std::string& number, minutes ago) {
    v1::LostCall call;
    call.set_name("regions/fr-pdl/lostCalls/" + id);
    call.set_state(v1::LostCall::STATE_TO_CALL);
    call.set_phone_number(number);
    call.set_territory("85");
    *call.mutable_arrival_time() = ToTimestamp(clock_.Now() - ago);
    return call;
  };
  v1::LostCall done = lost("done", "+33199000003", minutes(1));
  done.set_state(v1::LostCall::STATE_DONE);
  std::optional<v1::LostCall> found;
  std::vector<v1::LostCall> listed;
  ASSERT_THAT(Write([&](RegulationTransaction& t) -> absl::Status {
                SAS_RETURN_IF_ERROR(t.PutLostCall(lost("new", "+33199000001", minutes(5))));
                SAS_RETURN_IF_ERROR(t.PutLostCall(lost("old", "+33199000001", minutes(50))));
                SAS_RETURN_IF_ERROR(t.PutLostCall(done));
                SAS_ASSIGN_OR_RETURN(found, t.FindLostCall("fr-pdl", "+33199000001"));
                LostCallQuery query;
                query.region = "fr-pdl";
                query.limit = 10;
                SAS_ASSIGN_OR_RETURN(listed, t.ListLostCalls(query));
                return absl::OkStatus();
              }),
              IsOk());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name(), "regions/fr-pdl/lostCalls/new");
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[0].name(), "regions/fr-pdl/lostCalls/old");
  ASSERT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                SAS_ASSIGN_OR_RETURN(found, t.FindLostCall("fr-pdl", "+33199000003"));
                return absl::OkStatus();
              }),
              IsOk());
  EXPECT_FALSE(found);
}

TEST_P(StoreOrderContract, H12_AnOrderIsListedAndCountedWhereItsDossierWent) {
  Put({Case("a", v1::PRIORITY_P2)});
  v1::CareOrder order = Order("moved", hours(4), v1::CareOrder::STATE_TO_DO);
  const auto put = [&] {
    return Write([&](RegulationTransaction& t) { return t.PutOrder(order); });
  };
  ASSERT_THAT(put(), IsOk());
  order.set_territory("44");
  order.set_version(2);
  ASSERT_THAT(put(), IsOk());
  OrderQuery query;
  query.region = "fr-pdl";
  query.limit = 10;
  query.territories = {"85"};
  EXPECT_THAT(OrderNames(query), IsEmpty());
  query.territories = {"44"};
  EXPECT_THAT(OrderNames(query), ElementsAre("moved"));
}

}  // namespace
}  // namespace sas::regulation
