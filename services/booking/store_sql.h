#pragma once

#include <vector>

#include "common/base/clock.h"
#include "common/ledger/journal_sql.h"
#include "common/sql/database.h"
#include "common/sql/migrate.h"
#include "services/booking/store.h"

namespace sas::booking {

/// Steps of the schema: the journal's, then ours.
std::vector<sql::Migration> BookingMigrations();

/// The ledger on SQLite or PostgreSQL.
class SqlBookingStore final : public BookingStore {
 public:
  SqlBookingStore(sql::Database& database, const base::Clock& clock);

  absl::Status Write(const base::Call& call, const Work& work) override;
  void WriteTogether(std::vector<BookingWrite>& writes) override;
  absl::Status Read(const base::Call& call, const Work& work) override;

  ledger::Feed& feed() override { return feed_; }

  /// Removes answers past their 72 h and events past 90 days, some thousand rows a call.
  absl::Status Tidy(const base::Call& call);

 private:
  sql::Database& database_;
  const base::Clock& clock_;
  ledger::SqlFeed feed_;
};

}  // namespace sas::booking
