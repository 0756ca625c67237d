#pragma once

#include <memory>
#include <mutex>

#include "common/base/clock.h"
#include "common/ledger/journal_memory.h"
#include "services/slots/store.h"

namespace sas::slots {

/// The store of tests and demonstrations: one transaction at a time on a copy that replaces the
/// original when it succeeds. Passes the same contract suite as the SQL store; forgets all at the
/// end of the process.
class MemorySlotsStore final : public SlotsStore {
 public:
  explicit MemorySlotsStore(const base::Clock& clock);
  ~MemorySlotsStore() override;

  absl::Status Write(const base::Call& call,
                     const std::function<absl::Status(SlotsTransaction&)>& work) override;
  absl::Status Read(const base::Call& call,
                    const std::function<absl::Status(SlotsTransaction&)>& work) override;
  absl::Status Ping(const base::Call& call) override;

  ledger::Feed& feed() override { return ledger_; }

  const ledger::MemoryLedger& ledger() const { return ledger_; }

  struct Rows;

 private:
  const base::Clock& clock_;
  ledger::MemoryLedger ledger_;
  std::mutex mutex_;
  std::unique_ptr<Rows> rows_;  ///< Guarded by mutex_.
};

}  // namespace sas::slots
