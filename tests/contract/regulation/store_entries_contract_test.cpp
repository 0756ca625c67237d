#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "common/testing/actors.h"
#include "common/testing/status_matchers.h"
#include "services/regulation/store_rows.h"
#include "tests/contract/regulation/stores.h"

// The file active: entries without regulation beside the orders of regulators.
namespace sas::regulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using testing::IsOk;

class StoreEntriesContract : public StoreContract {
 protected:
  v1::CareOrder Order(const std::string& id, v1::CareOrder::State state, hours due = hours(24)) {
    v1::CareOrder order;
    order.set_name("regions/fr-pdl/cases/a/orders/" + id);
    order.set_territory("85");
    order.set_state(state);
    order.set_version(1);
    *order.mutable_due_time() = ToTimestamp(clock_.Now() + due);
    *order.mutable_create_time() = ToTimestamp(clock_.Now());
    order.mutable_ordered_by()->set_subject("s-1");
    return order;
  }

  v1::CareOrder Entry(const std::string& id, v1::Priority priority, minutes ago = minutes(0)) {
    v1::CareOrder order = Order(id, v1::CareOrder::STATE_TO_DO);
    *order.mutable_create_time() = ToTimestamp(clock_.Now() - ago);
    order.mutable_entry()->set_priority(priority);
    order.mutable_entry()->set_entry_point(sas::type::v1::ENTRY_POINT_IDEL);
    return order;
  }

  void PutOrders(const std::vector<v1::CareOrder>& orders) {
    Put({Case("a", v1::PRIORITY_NR)});
    ASSERT_THAT(Write([&](RegulationTransaction& t) -> absl::Status {
                  for (const v1::CareOrder& order : orders) {
                    SAS_RETURN_IF_ERROR(t.PutOrder(order));
                  }
                  return absl::OkStatus();
                }),
                IsOk());
  }

  std::vector<v1::CareOrder> List(const OrderQuery& query) {
    std::vector<v1::CareOrder> orders;
    EXPECT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                  SAS_ASSIGN_OR_RETURN(orders, t.ListOrders(query));
                  return absl::OkStatus();
                }),
                IsOk());
    return orders;
  }

  std::vector<std::string> Ids(const OrderQuery& query) {
    std::vector<std::string> ids;
    for (const auto& order : List(query)) {
      ids.push_back(order.name().substr(order.name().rfind('/') + 1));
    }
    return ids;
  }

  static OrderQuery Entries() {
    OrderQuery query;
    query.region = "fr-pdl";
    query.entries_only = true;
    query.limit = 100;
    return query;
  }
};

INSTANTIATE_TEST_SUITE_P(Stores, StoreEntriesContract, testing::EveryBackend(),
                         testing::BackendName);

TEST_P(StoreEntriesContract, S2_22_PriorityThenAgeAndRegulatorsOrdersByDeadline) {
  PutOrders({Entry("p3-old", v1::PRIORITY_P3, minutes(90)), Entry("p2-new", v1::PRIORITY_P2),
             Entry("p2-old", v1::PRIORITY_P2, minutes(30)), Entry("p3-new", v1::PRIORITY_P3),
             Order("regulated", v1::CareOrder::STATE_TO_DO, hours(4))});
  EXPECT_THAT(Ids(Entries()), ElementsAre("p2-old", "p2-new", "p3-old", "p3-new"));
  OrderQuery all = Entries();
  all.entries_only = false;
  EXPECT_EQ(Ids(all).front(), "regulated");
  EXPECT_EQ(Ids(all).size(), 5u);
}

TEST_P(StoreEntriesContract, AnEntryKeepsItsPlaceThroughItsVersions) {
  v1::CareOrder entry = Entry("p2", v1::PRIORITY_P2, minutes(30));
  PutOrders({entry, Entry("p3", v1::PRIORITY_P3, minutes(60))});
  entry.set_version(2);
  entry.set_state(v1::CareOrder::STATE_SEARCHING);
  ASSERT_THAT(Write([&](RegulationTransaction& t) { return t.PutOrder(entry); }), IsOk());
  EXPECT_THAT(Ids(Entries()), ElementsAre("p2", "p3"));
  entry.set_version(3);
  entry.set_state(v1::CareOrder::STATE_REORIENTED);
  ASSERT_THAT(Write([&](RegulationTransaction& t) { return t.PutOrder(entry); }), IsOk());
  EXPECT_THAT(Ids(Entries()), ElementsAre("p3"));
  OrderQuery ended = Entries();
  ended.include_ended = true;
  EXPECT_THAT(Ids(ended), ElementsAre("p2", "p3"));
}

// On random rows the ledger lists, filters and pages exactly as the rules say.
TEST_P(StoreEntriesContract, LedgerEqualsTheRules) {
  std::mt19937 random(22);
  const auto upto = [&](int n) { return std::uniform_int_distribution<int>(0, n)(random); };
  std::vector<v1::CareOrder> rows;
  for (int i = 0; i < 80; ++i) {
    // P0 is no entry's: it waits for a regulator.
    const auto priority = static_cast<v1::Priority>(v1::PRIORITY_P1 + upto(3));
    v1::CareOrder row = Entry("o" + std::to_string(i), priority, minutes(upto(6) * 10));
    row.set_state(static_cast<v1::CareOrder::State>(1 + upto(12)));
    row.set_territory(upto(1) == 0 ? "85" : "44");
    row.mutable_entry()->set_local(upto(3) == 0);
    const std::string spelt = upto(1) == 0 ? "structures/" : "Structures/ ";
    row.mutable_entry()->set_organization(upto(2) == 0 ? "" : spelt + std::to_string(upto(1)));
    row.mutable_ordered_by()->set_subject("s-" + std::to_string(upto(1)));
    if (upto(4) == 0) row.clear_entry();
    rows.push_back(row);
  }
  PutOrders(rows);
  base::Actor secretary = testing::ActorWith(base::Role::kSecretariat, "s-1");
  base::Actor elsewhere = secretary;
  secretary.organization = "STRUCTURES/1";
  for (int round = 0; round < 16; ++round) {
    OrderQuery query = Entries();
    query.entries_only = round % 2 == 0;
    query.include_ended = round % 4 < 2;
    query.without_local = round % 3 == 0;
    if (round % 5 == 0) query.territories = {"44"};
    if (round >= 8) query.owner = round >= 12 ? elsewhere : secretary;
    std::vector<QueueKey> expected;
    for (const v1::CareOrder& row : rows) {
      if (Shows(query, row)) expected.push_back(ListKeyOf(query, row));
    }
    std::sort(expected.begin(), expected.end());
    std::vector<QueueKey> listed;
    query.limit = 7;
    for (bool more = true; more;) {
      const auto page = List(query);
      more = page.size() == 7;
      for (const v1::CareOrder& order : page) listed.push_back(ListKeyOf(query, order));
      if (!listed.empty()) query.after = listed.back();
    }
    EXPECT_EQ(listed, expected) << "round " << round;
  }
}

TEST_P(StoreEntriesContract, S3_03_LocalOnesAreCountedApart) {
  v1::CareOrder local = Entry("local", v1::PRIORITY_P2);
  local.mutable_entry()->set_local(true);
  *local.mutable_due_time() = ToTimestamp(clock_.Now() + hours(1));
  v1::CareOrder done = Entry("done", v1::PRIORITY_P2);
  done.set_state(v1::CareOrder::STATE_REORIENTED);
  PutOrders({local, done, Entry("sas", v1::PRIORITY_P3),
             Order("regulated", v1::CareOrder::STATE_TO_DO, hours(4))});
  RoomCount room;
  ASSERT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                SAS_ASSIGN_OR_RETURN(room, t.CountRoom("fr-pdl", {}, clock_.Now()));
                return absl::OkStatus();
              }),
              IsOk());
  EXPECT_EQ(room.open_orders, 2);
  EXPECT_EQ(room.open_entries, 1);
  EXPECT_EQ(room.local_entries, 1);
  EXPECT_EQ(room.next_due, clock_.Now() + hours(4));
}

}  // namespace
}  // namespace sas::regulation
