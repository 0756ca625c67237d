#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "sas/regulation/v1/pickup_service.pb.h"
#include "services/regulation/domain/queue.h"
#include "services/regulation/domain/waiting_call.h"

namespace sas::regulation {

struct WaitingQuery {
  std::string region;                    ///< Empty: all.
  std::vector<std::string> territories;  ///< Empty: all.
  bool ringing_only = false;             ///< Without those that were picked up.
  std::optional<QueueKey> after;
  int limit = 0;
};

struct WaitingRow {
  v1::WaitingCall call;
  bool again = false;  ///< WaitingValue::again; never changes.
};

/// Calls before their dossier; part of a RegulationTransaction and of its rules.
class PickupLedger {
 public:
  virtual ~PickupLedger() = default;

  /// NOT_FOUND `WAITING_CALL_NOT_FOUND`.
  virtual absl::StatusOr<WaitingRow> GetWaiting(const std::string& name) = 0;
  /// The newest call with this number of the telephone system; nothing when there is none.
  virtual absl::StatusOr<std::optional<WaitingRow>> FindReference(const std::string& region,
                                                                  const std::string& reference) = 0;
  /// ABORTED `CONCURRENT_CHANGE` unless the etag is the successor of the stored one, and for a new
  /// call with the reference of one that rings or was picked up.
  virtual absl::Status PutWaiting(const WaitingRow& row) = 0;
  /// Calls of a number that came after `since`, newest first, at most kRingsCountedMax.
  virtual absl::StatusOr<std::vector<WaitingRow>> ListOfNumber(const std::string& region,
                                                               const std::string& number,
                                                               base::Instant since) = 0;
  /// Those that ring, in the order of the queue, then those that were picked up.
  virtual absl::StatusOr<std::vector<WaitingRow>> ListWaiting(const WaitingQuery& query) = 0;
  /// Name of the one that is picked up next, locked against others until the end of the
  /// transaction; empty when nobody rings. `after` and `limit` do not count.
  virtual absl::StatusOr<std::string> NextRinging(const WaitingQuery& query) = 0;
  /// How many ring in a territory.
  virtual absl::StatusOr<int> CountRinging(const std::string& region,
                                           const std::string& territory) = 0;

  /// Names of calls that have their dossier or were lost and came before `before`, the oldest
  /// first.
  virtual absl::StatusOr<std::vector<std::string>> ListSettled(base::Instant before, int limit) = 0;
  /// Forgets these; a name that is not there is none the less gone.
  virtual absl::Status Drop(const std::vector<std::string>& names) = 0;

  static constexpr int kRingsCountedMax = 100;
};

absl::Status WaitingCallNotFound(const std::string& name);

WaitingValue ToValue(const WaitingRow& row);

}  // namespace sas::regulation
