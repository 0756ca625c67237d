#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/ledger/journal.h"
#include "common/sql/database.h"
#include "common/testing/fake_clock.h"

/// The implementations of Journal and Feed, behind what a store does with them.
namespace sas::ledger {

enum class Kind { kMemory, kSqlite, kPostgres };

std::string KindName(Kind kind);

class LedgerUnderTest {
 public:
  virtual ~LedgerUnderTest() = default;

  /// A store's write: `work` in one transaction; listeners hear of it after the commit.
  virtual absl::Status Write(const base::Call& call,
                             const std::function<absl::Status(Journal&)>& work) = 0;
  virtual Feed& feed() = 0;

  /// Reopens what is durable.
  virtual void Reopen() = 0;

  /// Nullptr for the memory ledger.
  virtual sql::Database* database() = 0;
};

/// Nullptr with the `reason` when the engine is not installed.
std::unique_ptr<LedgerUnderTest> MakeLedger(Kind kind, const base::Clock& clock,
                                            std::string& reason);

}  // namespace sas::ledger
