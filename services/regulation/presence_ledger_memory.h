#pragma once

#include <map>
#include <string>

#include "services/regulation/presence_ledger.h"

namespace sas::regulation {

/// Rows of the store in memory, by id.
using MemoryPresenceRows = std::map<std::string, BoardStream>;

class MemoryPresenceLedger final : public PresenceLedger {
 public:
  explicit MemoryPresenceLedger(MemoryPresenceRows& rows) : rows_(rows) {}

  absl::Status PutStream(const BoardStream& stream) override;
  absl::StatusOr<int> RenewStreams(const std::string& replica, base::Instant now) override;
  absl::StatusOr<std::vector<Absence>> ListAbsent(base::Instant until, int limit) override;
  absl::StatusOr<std::optional<base::Instant>> FindEnd(const std::string& region,
                                                       const std::string& subject) override;
  absl::Status DropStreams(const std::string& region, const std::string& subject,
                           base::Instant until) override;
  absl::Status DropEnded(base::Instant until) override;

 private:
  MemoryPresenceRows& rows_;
};

}  // namespace sas::regulation
