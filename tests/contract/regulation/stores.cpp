#include "tests/contract/regulation/stores.h"

#include <vector>

#include "common/base/status.h"
#include "common/sql/migrate.h"
#include "common/testing/status_matchers.h"
#include "common/testing/temp_database.h"
#include "services/regulation/store_memory.h"
#include "services/regulation/store_sql.h"

namespace sas::regulation {
namespace {

class MemoryUnderTest final : public StoreUnderTest {
 public:
  explicit MemoryUnderTest(const base::Clock& clock) : store_(clock) {}

  RegulationStore& store() override { return store_; }

  void Reopen() override {}

 private:
  MemoryRegulationStore store_;
};

class SqlUnderTest final : public StoreUnderTest {
 public:
  SqlUnderTest(std::unique_ptr<testing::TempLedger> files, const base::Clock& clock)
      : files_(std::move(files)), clock_(clock) {
    Reopen();
  }

  RegulationStore& store() override { return *store_; }

  void Reopen() override {
    store_.reset();
    database_.reset();
    sql::Database::Options options;
    options.url = files_->url();
    options.schema = "regulation";
    options.connections = 8;
    auto opened = sql::Database::Open(options, clock_);
    SAS_CHECK(opened.ok(), opened.status().ToString());
    database_ = *std::move(opened);
    const absl::Status migrated =
        sql::Migrate(*database_, base::InternalCall("migrate", clock_, std::chrono::seconds(20)),
                     RegulationMigrations());
    SAS_CHECK(migrated.ok(), migrated.ToString());
    store_ = std::make_unique<SqlRegulationStore>(*database_, clock_);
  }

 private:
  std::unique_ptr<testing::TempLedger> files_;
  const base::Clock& clock_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<SqlRegulationStore> store_;
};

}  // namespace

std::string KindName(StoreKind kind) {
  switch (kind) {
    case StoreKind::kMemory:
      return "Memory";
    case StoreKind::kSqlite:
      return "Sqlite";
    default:
      return "Postgres";
  }
}

std::unique_ptr<StoreUnderTest> MakeStore(StoreKind kind, const base::Clock& clock,
                                          std::string& reason) {
  if (kind == StoreKind::kMemory) return std::make_unique<MemoryUnderTest>(clock);
  auto files = testing::TempLedger::Make(
      kind == StoreKind::kSqlite ? testing::Engine::kSqlite : testing::Engine::kPostgres, reason);
  if (files == nullptr) return nullptr;
  return std::make_unique<SqlUnderTest>(std::move(files), clock);
}

void StoreContract::SetUp() {
  std::string reason;
  under_test_ = MakeStore(GetParam(), clock_, reason);
  if (under_test_ == nullptr) GTEST_SKIP() << reason;
}

v1::RegulationCase StoreContract::Case(const std::string& id, v1::Priority priority) const {
  v1::RegulationCase row;
  row.set_name("regions/fr-pdl/cases/" + id);
  row.set_state(v1::RegulationCase::STATE_ACTIVE);
  row.set_territory("85");
  row.set_priority(priority);
  row.set_etag(EtagOf(1));
  *row.mutable_create_time() = ToTimestamp(clock_.Now());
  *row.mutable_wait_start_time() = ToTimestamp(clock_.Now());
  *row.mutable_wait_alarm_time() = ToTimestamp(clock_.Now() + std::chrono::minutes(1));
  return row;
}

void StoreContract::Put(const std::vector<v1::RegulationCase>& cases) {
  ASSERT_THAT(Write([&](RegulationTransaction& t) -> absl::Status {
                for (const auto& row : cases) SAS_RETURN_IF_ERROR(t.PutCase(row));
                return absl::OkStatus();
              }),
              testing::IsOk());
}

CaseQuery StoreContract::Query(v1::CaseListView view) const {
  CaseQuery query;
  query.region = "fr-pdl";
  query.view = view;
  query.now = clock_.Now();
  query.limit = 200;
  return query;
}

std::vector<std::string> StoreContract::Names(const CaseQuery& query) {
  std::vector<std::string> names;
  EXPECT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                names.clear();
                SAS_ASSIGN_OR_RETURN(const auto cases, t.ListCases(query));
                for (const auto& row : cases) {
                  names.push_back(row.name().substr(std::string("regions/fr-pdl/cases/").size()));
                }
                return absl::OkStatus();
              }),
              testing::IsOk());
  return names;
}

}  // namespace sas::regulation
