#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "common/ledger/audit_chain.h"
#include "common/ledger/journal.h"

namespace sas::ledger {

/// The journal of a memory store: passes the same contract suite as the SQL one.
/// A store calls Begin before, and Commit or Rollback after each transaction, under its own lock.
class MemoryLedger final : public Feed {
 public:
  MemoryLedger();
  ~MemoryLedger() override;

  /// A journal whose effects stay invisible until Commit.
  std::unique_ptr<Journal> Begin(const base::Call& call, const base::Clock& clock);
  void Commit(Journal& journal);

  absl::StatusOr<std::vector<StoredEvent>> Read(const base::Call& call, std::string_view region,
                                                std::string_view cursor, int limit) override;

  /// All that is committed is settled here.
  absl::StatusOr<std::vector<StoredEvent>> ReadUnsettled(const base::Call& call,
                                                         std::string_view region,
                                                         std::string_view cursor,
                                                         int limit) override {
    return Read(call, region, cursor, limit);
  }

  absl::StatusOr<std::string> Head(const base::Call& call) override;
  std::uint64_t Subscribe(std::function<void()> wake) override;
  void Unsubscribe(std::uint64_t id) override;

  /// Audit records so far, for tests.
  std::vector<AuditRecord> audit() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sas::ledger
