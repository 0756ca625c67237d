// Each service's schema, brought forward from each earlier one, on both engines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <soci/soci.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "common/sql/database.h"
#include "common/sql/migrate.h"
#include "common/sql/statement.h"
#include "common/testing/fake_clock.h"
#include "common/testing/status_matchers.h"
#include "common/testing/temp_database.h"
#include "services/booking/store_sql.h"
#include "services/regulation/store_sql.h"
#include "services/slots/store_sql.h"

namespace sas {
namespace {

using soci::into;
using sql::Migration;
using testing::IsOk;

struct Service {
  const char* name;
  std::vector<Migration> (*migrations)();
};

constexpr Service kServices[] = {{"Booking", &booking::BookingMigrations},
                                 {"Slots", &slots::SlotsMigrations},
                                 {"Regulation", &regulation::RegulationMigrations}};

struct Column {
  std::string table, name, type, required, standard;
};

class Forward : public ::testing::TestWithParam<std::tuple<int, testing::Engine>> {
 protected:
  const Service& service() const { return kServices[std::get<0>(GetParam())]; }

  bool sqlite() const { return std::get<1>(GetParam()) == testing::Engine::kSqlite; }

  std::vector<Migration> Steps() const {
    auto steps = service().migrations();
    std::sort(steps.begin(), steps.end(),
              [](const Migration& a, const Migration& b) { return a.name < b.name; });
    return steps;
  }

  /// A new ledger with these steps; a test may make several.
  void Begin(const std::vector<Migration>& steps) {
    database_.reset();
    std::string reason;
    ledger_ = testing::TempLedger::Make(std::get<1>(GetParam()), reason);
    if (ledger_ == nullptr) GTEST_SKIP() << reason;
    sql::Database::Options options;
    options.url = ledger_->url();
    options.schema = "forward";
    options.needs_fsync = false;
    auto opened = sql::Database::Open(options, clock_);
    ASSERT_THAT(opened, IsOk());
    database_ = *std::move(opened);
    begun_ = sql::Migrate(*database_, Call(), steps);
  }

  base::Call Call() const {
    return base::InternalCall("migrate", clock_, std::chrono::seconds(60));
  }

  std::vector<Column> Columns() {
    const std::string query =
        sqlite() ? "SELECT m.name, c.name, c.type, CAST((c.\"notnull\" OR c.pk > 0) AS TEXT), "
                   "coalesce(c.dflt_value, '') FROM sqlite_master m "
                   "JOIN pragma_table_info(m.name) c WHERE m.type = 'table' "
                   "AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'schema_migrations'"
                 : "SELECT table_name::text, column_name::text, data_type::text, "
                   "CASE is_nullable WHEN 'NO' THEN '1' ELSE '0' END, "
                   "coalesce(column_default::text, '') FROM information_schema.columns "
                   "WHERE table_schema = 'forward' AND table_name <> 'schema_migrations'";
    std::vector<Column> columns;
    Run([&](sql::Session& session) {
      Column each;
      sql::FetchEach(
          session, query, [&] { columns.push_back(each); }, into(each.table), into(each.name),
          into(each.type), into(each.required), into(each.standard));
    });
    return columns;
  }

  /// What a schema consists of, whatever the order in which it came to be.
  std::vector<std::string> Schema() {
    std::vector<std::string> parts;
    for (const Column& each : Columns()) {
      parts.push_back(each.table + "." + each.name + " " + each.type + " " + each.required + " " +
                      each.standard);
    }
    Run([&](sql::Session& session) {
      std::string text;
      sql::FetchEach(
          session,
          sqlite() ? "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
                   : "SELECT indexdef FROM pg_indexes WHERE schemaname = 'forward'",
          [&] { parts.push_back(text); }, into(text));
    });
    std::sort(parts.begin(), parts.end());
    return parts;
  }

  /// One row in each table; texts are JSON, which some steps read.
  void Fill() {
    std::map<std::string, std::pair<std::string, std::string>> inserts;
    for (const Column& each : Columns()) {
      if (each.required == "0" || !each.standard.empty()) continue;
      auto& [names, values] = inserts[each.table];
      const bool number = each.type == "BIGINT" || each.type == "INTEGER" || each.type == "bigint";
      names += (names.empty() ? "" : ", ") + each.name;
      values += (values.empty() ? "" : ", ") + std::string(number ? "1" : "'{}'");
    }
    // Those that refer to others come after them.
    for (std::size_t before = inserts.size() + 1; !inserts.empty() && inserts.size() < before;) {
      before = inserts.size();
      for (auto each = inserts.begin(); each != inserts.end();) {
        const auto& [table, row] = *each;
        const std::string insert = "INSERT INTO " + table + " (" + row.first + ") VALUES (" +
                                   row.second + ") ON CONFLICT DO NOTHING";
        const absl::Status status =
            database_->Run(Call(), sql::Access::kWrite, [&](sql::Session& session) {
              sql::Exec(session, insert);
              return absl::OkStatus();
            });
        each = status.ok() ? inserts.erase(each) : std::next(each);
      }
    }
  }

  std::map<std::string, long long> Rows() {
    std::map<std::string, long long> rows;
    for (const Column& each : Columns()) rows[each.table] = 0;
    for (auto& [table, count] : rows) {
      Run([&, &table = table, &count = count](sql::Session& session) {
        sql::FetchOne(session, "SELECT count(*) FROM " + table, into(count));
      });
    }
    return rows;
  }

  template <typename Work>
  void Run(const Work& work) {
    ASSERT_THAT(database_->Run(Call(), sql::Access::kWrite,
                               [&](sql::Session& session) {
                                 work(session);
                                 return absl::OkStatus();
                               }),
                IsOk());
  }

  /// From `earlier`, with a row in each table, to all steps.
  void ComesForward(const std::vector<Migration>& earlier, const std::vector<std::string>& schema) {
    Begin(earlier);
    if (IsSkipped() || !begun_.ok()) return;  // A later step builds on the one that is late.
    Fill();
    const auto before = Rows();
    ASSERT_THAT(sql::Migrate(*database_, Call(), Steps()), IsOk());
    EXPECT_EQ(Schema(), schema);
    const auto after = Rows();
    for (const auto& [table, count] : before) {
      EXPECT_GT(count, 0) << table << " was not filled";
      ASSERT_EQ(after.count(table), 1U) << table;
      EXPECT_GE(after.at(table), count) << table << " lost rows";
    }
  }

  testing::FakeClock clock_;
  std::unique_ptr<testing::TempLedger> ledger_;
  std::unique_ptr<sql::Database> database_;
  absl::Status begun_;
};

TEST_P(Forward, H45_EachEarlierSchemaKeepsItsRowsAndBecomesTheNewest) {
  const std::vector<Migration> steps = Steps();
  Begin(steps);
  if (IsSkipped()) return;
  const auto schema = Schema();
  ASSERT_FALSE(schema.empty());
  for (std::size_t known = 1; known < steps.size(); ++known) {
    SCOPED_TRACE("up to " + std::string(steps[known - 1].name));
    ComesForward({steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(known)}, schema);
    ASSERT_THAT(begun_, IsOk());
  }
}

// Two changes that were made side by side reach a ledger in either order.
TEST_P(Forward, AStepThatComesLateMakesTheSameSchema) {
  const std::vector<Migration> steps = Steps();
  Begin(steps);
  if (IsSkipped()) return;
  const auto schema = Schema();
  for (std::size_t late = 2; late < steps.size(); ++late) {  // After the journal and the first.
    SCOPED_TRACE("late: " + std::string(steps[late].name));
    std::vector<Migration> earlier = steps;
    earlier.erase(earlier.begin() + static_cast<std::ptrdiff_t>(late));
    ComesForward(earlier, schema);
  }
}

// A practitioner whose older plans nobody found would be put into two sessions at once (hazard
// H-22).
TEST_P(Forward, H22_PlansAndOpeningsFromBeforeAreFoundByTheirPractitioner) {
  if (service().migrations != &slots::SlotsMigrations) return;
  std::vector<Migration> earlier = Steps();
  const auto step = std::find_if(earlier.begin(), earlier.end(), [](const Migration& each) {
    return each.name == "0090_agenda_practitioners.sql";
  });
  ASSERT_NE(step, earlier.end());
  earlier.erase(step);
  Begin(earlier);
  if (IsSkipped()) return;
  ASSERT_THAT(begun_, IsOk());
  Run([](sql::Session& session) {
    sql::Exec(session,
              "INSERT INTO session_plans (name, region, site, document) VALUES "
              "('p', 'r', 's', '{\"practitioner\":\"doctor\"}'), ('q', 'r', 's', '{}')");
    sql::Exec(session,
              "INSERT INTO agenda_exceptions (name, region, site, end_us, document) VALUES "
              "('x', 'r', 's', 1, '{\"practitioner\":\"doctor\"}'), ('y', 'r', 's', 1, '{}')");
  });
  ASSERT_THAT(sql::Migrate(*database_, Call(), Steps()), IsOk());
  std::vector<std::string> found, late;
  Run([&](sql::Session& session) {
    std::string name;
    if (session.dialect == sql::Dialect::kPostgres) {  // A replica of before is still there.
      sql::Exec(session,
                "INSERT INTO session_plans (name, region, site, document) VALUES "
                "('late', 'r', 's', '{\"practitioner\":\"doctor\"}')");
      late = {"late"};
    }
    for (const char* table : {"session_plans", "agenda_exceptions"}) {
      sql::FetchEach(
          session,
          std::string("SELECT name FROM ") + table + " WHERE practitioner = 'doctor' ORDER BY name",
          [&] { found.push_back(name); }, into(name));
    }
  });
  std::vector<std::string> wanted = late;
  wanted.insert(wanted.end(), {"p", "x"});
  EXPECT_EQ(found, wanted);
}

INSTANTIATE_TEST_SUITE_P(Services, Forward,
                         ::testing::Combine(::testing::Values(0, 1, 2),
                                            ::testing::Values(testing::Engine::kSqlite,
                                                              testing::Engine::kPostgres)),
                         [](const auto& each) {
                           return kServices[std::get<0>(each.param)].name +
                                  testing::EngineName(std::get<1>(each.param));
                         });

}  // namespace
}  // namespace sas
