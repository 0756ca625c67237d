#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "common/base/status.h"
#include "common/ledger/journal_memory.h"
#include "common/ledger/journal_sql.h"
#include "common/testing/store_contract.h"

/// The implementations of Journal and Feed, each in the least store that has them.
namespace sas::ledger {

using JournalWork = std::function<absl::Status(Journal&)>;

class JournalStore {
 public:
  virtual ~JournalStore() = default;

  /// `work` in one transaction; listeners hear of it after the commit.
  virtual absl::Status Write(const base::Call& call, const JournalWork& work) = 0;
  virtual Feed& feed() = 0;
};

class MemoryJournalStore final : public JournalStore {
 public:
  explicit MemoryJournalStore(const base::Clock& clock) : clock_(clock) {}

  absl::Status Write(const base::Call& call, const JournalWork& work) override {
    const std::lock_guard lock(mutex_);
    const std::unique_ptr<Journal> journal = ledger_.Begin(call, clock_);
    SAS_RETURN_IF_ERROR(work(*journal));
    ledger_.Commit(*journal);
    return absl::OkStatus();
  }

  Feed& feed() override { return ledger_; }

 private:
  const base::Clock& clock_;
  std::mutex mutex_;  // The store's own lock.
  MemoryLedger ledger_;
};

class SqlJournalStore final : public JournalStore {
 public:
  SqlJournalStore(sql::Database& database, const base::Clock& clock)
      : database_(database), clock_(clock), feed_(database) {}

  absl::Status Write(const base::Call& call, const JournalWork& work) override {
    return RunWrite<SqlJournal>(database_, feed_, call, clock_, work);
  }

  Feed& feed() override { return feed_; }

 private:
  sql::Database& database_;
  const base::Clock& clock_;
  SqlFeed feed_;
};

inline std::vector<sql::Migration> OnlyJournal() {
  return JournalMigrations();
}

using LedgerUnderTest =
    testing::StoreUnderTest<JournalStore, MemoryJournalStore, SqlJournalStore, OnlyJournal>;

}  // namespace sas::ledger
