#pragma once

#include <vector>

#include "common/base/clock.h"
#include "common/ledger/journal_sql.h"
#include "common/sql/database.h"
#include "common/sql/migrate.h"
#include "services/slots/store.h"

namespace sas::slots {

/// Steps of the schema: the journal's, then ours.
std::vector<sql::Migration> SlotsMigrations();

/// The ledger on SQLite or PostgreSQL.
class SqlSlotsStore final : public SlotsStore {
 public:
  /// `database` has been migrated with SlotsMigrations() and outlives the store.
  SqlSlotsStore(sql::Database& database, const base::Clock& clock);

  absl::Status Write(const base::Call& call,
                     const std::function<absl::Status(SlotsTransaction&)>& work) override;
  absl::Status Read(const base::Call& call,
                    const std::function<absl::Status(SlotsTransaction&)>& work) override;
  absl::Status Ping(const base::Call& call) override;

  ledger::Feed& feed() override { return feed_; }

  /// Removes answers past their 72 h, events and imports past 90 days and seats of slots that
  /// began 90 days ago, some thousand rows a call.
  absl::Status Tidy(const base::Call& call);

 private:
  sql::Database& database_;
  const base::Clock& clock_;
  ledger::SqlFeed feed_;
};

}  // namespace sas::slots
