#include <soci/soci.h>

#include <atomic>
#include <functional>
#include <thread>

#include "common/sql/statement.h"
#include "common/testing/child_process.h"
#include "tests/contract/booking/booking_store_fixture.h"

// Several appointments of one transaction: in which order they take what others want too. Only
// PostgreSQL has writers who wait for one another.
namespace sas::booking {
namespace {

using soci::into;
using soci::use;
using std::chrono::hours;
using testing::IsOk;

constexpr char kFirst[] = "regions/fr-pdl/sites/challans";
constexpr char kSecond[] = "regions/fr-pdl/sites/machecoul";
constexpr char kDoctor[] = "99700000013";

class BookingOrderTest : public BookingStoreTest {
 protected:
  static std::string Name(const std::string& id) { return "regions/fr-pdl/appointments/" + id; }

  /// One that counts today's appointments of `site`, then does `then`.
  BookingWrite Counting(
      const std::string& site, const std::function<void()>& then = [] {}) {
    return {call_,
            [this, site, then](BookingTransaction& transaction) -> absl::Status {
              SAS_RETURN_IF_ERROR(Count(transaction, site));
              then();
              return absl::OkStatus();
            },
            absl::OkStatus(),
            {},
            {{{site, clock_.Now()}}, {}}};
  }

  absl::Status Count(BookingTransaction& transaction, const std::string& site) {
    return transaction.CountForOneMore(site, clock_.Now(), clock_.Now() + hours(24)).status();
  }

  CappedWeek Week() { return {"fr-pdl", kDoctor, clock_.Now(), clock_.Now() + hours(168), ""}; }

  /// Until a writer waits for another; false when none does for ten seconds.
  bool SomebodyWaits() {
    return testing::PollUntil([this] {
      long long waiting = 0;
      const absl::Status looked =
          under_test_->database()->Run(Call(), sql::Access::kRead, [&](sql::Session& session) {
            sql::FetchOne(session,
                          "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                          "AND datname = current_database()",
                          into(waiting));
            return absl::OkStatus();
          });
      EXPECT_THAT(looked, IsOk());
      return waiting > 0;
    });
  }

  /// Nobody has the row that `condition` names, which there is.
  bool IsFree(const std::string& table, const std::string& column, const std::string& value) {
    const absl::Status looked =
        under_test_->database()->Run(Call(), sql::Access::kWrite, [&](sql::Session& session) {
          long long version = 0;
          EXPECT_TRUE(sql::FetchOne(
              session,
              "SELECT version FROM " + table + " WHERE " + column + " = :value FOR UPDATE NOWAIT",
              use(value, "value"), into(version)));
          return absl::OkStatus();
        });
    return looked.ok();
  }

  base::Call call_ = Call();
};

TEST_P(BookingOrderTest, S2_53_LoadsThatComeTheOtherWayRoundNeverWaitForEachOther) {
  std::atomic<bool> other_has_counted{false};
  std::vector<BookingWrite> other;
  other.push_back(Counting(kSecond, [&] { other_has_counted = true; }));
  other.push_back(Counting(kFirst));
  std::thread beside;
  int runs = 0;
  std::vector<BookingWrite> load;
  load.push_back(Counting(kFirst, [&] {
    if (++runs > 1) return;
    beside = std::thread([&] { store().WriteTogether(other); });
    EXPECT_TRUE(SomebodyWaits());
    EXPECT_FALSE(other_has_counted) << "it has what this load wants next, and waits for this load";
  }));
  load.push_back(Counting(kSecond));
  store().WriteTogether(load);
  if (beside.joinable()) beside.join();
  EXPECT_EQ(runs, 1);
  for (const BookingWrite& each : load) EXPECT_THAT(each.status, IsOk());
  for (const BookingWrite& each : other) EXPECT_THAT(each.status, IsOk());
}

// A write by itself has its key before it counts.
TEST_P(BookingOrderTest, ALoadWithATwinOnItsWayHasNoDayBeforeItsKey) {
  const ledger::AnswerKey key{"osnp-1", "/m", "r-1"};
  ASSERT_THAT(store().Write(call_, [&](BookingTransaction& t) { return Count(t, kFirst); }),
              IsOk());
  const auto answer = [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(const auto known, transaction.journal().FindAnswer(key));
    if (known) return absl::OkStatus();
    SAS_RETURN_IF_ERROR(Count(transaction, kFirst));
    return transaction.journal().KeepAnswer(key, {"print", "answer"});
  };
  std::vector<BookingWrite> load;
  load.push_back({call_, answer, absl::OkStatus(), key, {{{kFirst, clock_.Now()}}, {}}});
  load.push_back(Counting(kSecond));
  std::thread beside;
  int runs = 0;
  const absl::Status alone = store().Write(call_, [&](BookingTransaction& t) -> absl::Status {
    SAS_RETURN_IF_ERROR(t.journal().FindAnswer(key).status());
    if (++runs == 1) {
      beside = std::thread([&] { store().WriteTogether(load); });
      EXPECT_TRUE(SomebodyWaits());
      EXPECT_TRUE(IsFree("capped_days", "site", kFirst));
    }
    return answer(t);
  });
  if (beside.joinable()) beside.join();
  EXPECT_THAT(alone, IsOk());
  EXPECT_EQ(runs, 1);
  for (const BookingWrite& each : load) EXPECT_THAT(each.status, IsOk());
}

TEST_P(BookingOrderTest, AGroupTakesDaysByTheirSitesBeforeWeeks) {
  const CappedWeek week = Week();
  ASSERT_THAT(store().Write(call_,
                            [&](BookingTransaction& t) -> absl::Status {
                              SAS_RETURN_IF_ERROR(Count(t, kSecond));
                              return t.CountWeekForOneMore(week).status();
                            }),
              IsOk());
  const std::string counted = "regions/fr-pdl/rpps/" + std::string(kDoctor);
  absl::Status group;
  std::thread beside;
  int runs = 0;
  const absl::Status alone = store().Write(call_, [&](BookingTransaction& t) -> absl::Status {
    SAS_RETURN_IF_ERROR(Count(t, kFirst));
    if (++runs > 1) return absl::OkStatus();
    beside = std::thread([&] {
      group = store().Write(call_, [&](BookingTransaction& transaction) {
        return transaction.TakeCounted(
            {{{kSecond, clock_.Now()}, {kFirst, clock_.Now()}}, {counted}});
      });
    });
    EXPECT_TRUE(SomebodyWaits());
    EXPECT_TRUE(IsFree("capped_days", "site", kSecond));
    EXPECT_TRUE(IsFree("capped_counts", "counted", counted));
    return absl::OkStatus();
  });
  if (beside.joinable()) beside.join();
  EXPECT_THAT(alone, IsOk());
  EXPECT_THAT(group, IsOk());
  // And what was taken is what is counted: whoever has read before looks again.
  for (const bool by_week : {false, true}) {
    runs = 0;
    EXPECT_THAT(
        store().Write(call_,
                      [&](BookingTransaction& t) -> absl::Status {
                        SAS_RETURN_IF_ERROR(t.Regions().status());
                        if (++runs == 1) {
                          EXPECT_THAT(
                              store().Write(
                                  call_,
                                  [&](BookingTransaction& inner) {
                                    return inner.TakeCounted({{{kFirst, clock_.Now()}}, {counted}});
                                  }),
                              IsOk());
                        }
                        return by_week ? t.CountWeekForOneMore(week).status() : Count(t, kFirst);
                      }),
        IsOk());
    EXPECT_EQ(runs, 2) << by_week;
  }
}

TEST_P(BookingOrderTest, H26_AppointmentsAreHeldByNameWhoeverNamesThem) {
  ASSERT_THAT(Insert(Record("a", 0)), IsOk());
  ASSERT_THAT(Insert(Record("b", 1)), IsOk());
  const std::vector<std::string> both{Name("b"), Name("a")};
  absl::Status other;
  std::thread beside;
  int runs = 0;
  const absl::Status one = store().Write(call_, [&](BookingTransaction& t) -> absl::Status {
    SAS_RETURN_IF_ERROR(t.HoldAppointments({Name("a")}));
    if (++runs > 1) return absl::OkStatus();
    beside = std::thread([&] {
      other =
          store().Write(call_, [&](BookingTransaction& t2) { return t2.HoldAppointments(both); });
    });
    EXPECT_TRUE(SomebodyWaits());
    EXPECT_TRUE(IsFree("appointments", "name", Name("b")));
    return absl::OkStatus();
  });
  if (beside.joinable()) beside.join();
  EXPECT_THAT(one, IsOk());
  EXPECT_THAT(other, IsOk());
  EXPECT_EQ(Get(Name("a")).version, 1) << "no etag on a screen goes stale";
}

// A lock alone would not do: whoever waited for it would go on with what he read before.
TEST_P(BookingOrderTest, H26_WhoReadBeforeAnotherHeldLooksAgain) {
  ASSERT_THAT(Insert(Record("a", 0)), IsOk());
  for (const bool changes : {false, true}) {
    int runs = 0;
    EXPECT_THAT(store().Write(call_,
                              [&](BookingTransaction& t) -> absl::Status {
                                SAS_ASSIGN_OR_RETURN(AppointmentRecord record, t.Get(Name("a")));
                                if (++runs == 1) {
                                  EXPECT_THAT(
                                      store().Write(call_,
                                                    [&](BookingTransaction& inner) {
                                                      return inner.HoldAppointments({Name("a")});
                                                    }),
                                      IsOk());
                                }
                                if (!changes) return t.HoldAppointments({Name("a")});
                                ++record.version;
                                return t.Update(record);
                              }),
                IsOk());
    EXPECT_EQ(runs, 2) << changes;
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, BookingOrderTest, ::testing::Values(testing::Backend::kPostgres),
                         testing::BackendName);

}  // namespace
}  // namespace sas::booking
