#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "sas/regulation/v1/coordinator_service.pb.h"
#include "sas/regulation/v1/roster_service.pb.h"

namespace sas::regulation {

struct ShiftQuery {
  std::string region;                    ///< Empty: all.
  std::vector<std::string> territories;  ///< Empty: all.
  std::string subject;                   ///< Empty: all.
  base::Instant start{};                 ///< Shifts that end after it,
  base::Instant end{};                   ///< and start before it.
  base::Instant after_start{};           ///< With `after`: the last shift of the page before.
  std::string after;                     ///< Its name; empty: from the first.
  int limit = 0;
};

struct CoordinatorQuery {
  std::string region;
  std::vector<std::string> territories;  ///< Empty: all.
  std::string after;                     ///< Name of the last one of the page before.
  int limit = 0;
};

/// Shifts, surges and coordinators; part of a RegulationTransaction and of its rules: Put is
/// ABORTED `CONCURRENT_CHANGE` unless the etag is the successor of the stored one.
class RosterLedger {
 public:
  virtual ~RosterLedger() = default;

  /// NOT_FOUND `SHIFT_NOT_FOUND`.
  virtual absl::StatusOr<v1::Shift> GetShift(const std::string& name) = 0;
  virtual absl::Status PutShift(const v1::Shift& shift) = 0;
  /// By start, then name.
  virtual absl::StatusOr<std::vector<v1::Shift>> ListShifts(const ShiftQuery& query) = 0;
  /// Until the end of the transaction nobody else plans for this person. Ask before looking at his
  /// shifts.
  virtual absl::Status LockPerson(const std::string& region, const std::string& subject) = 0;
  /// Region and territory of each roster: where a shift was ever planned. In order.
  virtual absl::StatusOr<std::vector<std::pair<std::string, std::string>>> ListRosters() = 0;

  /// The last surge by its name; nothing when there was none.
  virtual absl::StatusOr<std::optional<v1::Surge>> FindSurge(const std::string& name) = 0;
  virtual absl::Status PutSurge(const v1::Surge& surge) = 0;
  /// Of a region, of all when it is empty; by name, ended ones too.
  virtual absl::StatusOr<std::vector<v1::Surge>> ListSurges(const std::string& region) = 0;

  /// NOT_FOUND `COORDINATOR_NOT_FOUND`.
  virtual absl::StatusOr<v1::Coordinator> GetCoordinator(const std::string& name) = 0;
  virtual absl::Status PutCoordinator(const v1::Coordinator& coordinator) = 0;
  virtual absl::Status DropCoordinator(const std::string& name) = 0;
  /// By name.
  virtual absl::StatusOr<std::vector<v1::Coordinator>> ListCoordinators(
      const CoordinatorQuery& query) = 0;
};

absl::Status ShiftNotFound(const std::string& name);
absl::Status CoordinatorNotFound(const std::string& name);

}  // namespace sas::regulation
