#pragma once

#include <memory>
#include <mutex>

#include "common/base/clock.h"
#include "common/ledger/journal_memory.h"
#include "services/booking/store.h"

namespace sas::booking {

/// The ledger without a disk, for tests and demos; passes the same contract as the SQL one.
class MemoryBookingStore final : public BookingStore {
 public:
  explicit MemoryBookingStore(const base::Clock& clock);
  ~MemoryBookingStore() override;

  absl::Status Write(const base::Call& call, const Work& work) override;
  absl::Status Read(const base::Call& call, const Work& work) override;

  ledger::MemoryLedger& feed() override { return ledger_; }

  struct Rows;

 private:
  const base::Clock& clock_;
  ledger::MemoryLedger ledger_;
  std::mutex mutex_;
  std::unique_ptr<Rows> rows_;
};

}  // namespace sas::booking
