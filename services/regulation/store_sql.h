#pragma once

#include <vector>

#include "common/base/clock.h"
#include "common/ledger/journal_sql.h"
#include "common/sql/database.h"
#include "common/sql/migrate.h"
#include "services/regulation/store.h"

namespace sas::regulation {

/// Steps of the schema: the journal's, then ours.
std::vector<sql::Migration> RegulationMigrations();

/// The ledger on SQLite or PostgreSQL. On PostgreSQL a read row of a write transaction is locked,
/// and the next dossier is chosen with SKIP LOCKED inside the band of the head: two regulators wait
/// for one another only where the alternative is a lower band.
class SqlRegulationStore final : public RegulationStore {
 public:
  SqlRegulationStore(sql::Database& database, const base::Clock& clock);

  absl::Status Write(const base::Call& call, const Work& work) override;
  absl::Status Read(const base::Call& call, const Work& work) override;

  ledger::Feed& feed() override { return feed_; }

 private:
  sql::Database& database_;
  const base::Clock& clock_;
  ledger::SqlFeed feed_;
};

}  // namespace sas::regulation
