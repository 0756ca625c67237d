#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "common/base/clock.h"
#include "common/ledger/journal_memory.h"
#include "services/regulation/store.h"

namespace sas::regulation {

/// The store of tests and demonstrations: one transaction at a time on a copy that replaces the
/// original when it succeeds. Passes the same contract suite as the SQL store; forgets all at the
/// end of the process.
class MemoryRegulationStore final : public RegulationStore {
 public:
  explicit MemoryRegulationStore(const base::Clock& clock);
  ~MemoryRegulationStore() override;

  absl::Status Write(const base::Call& call, const Work& work) override;
  absl::Status Read(const base::Call& call, const Work& work) override;

  ledger::Feed& feed() override { return ledger_; }

  const ledger::MemoryLedger& ledger() const { return ledger_; }

  struct Rows;

 private:
  const base::Clock& clock_;
  ledger::MemoryLedger ledger_;
  std::mutex mutex_;
  std::unique_ptr<Rows> rows_;
};

}  // namespace sas::regulation
