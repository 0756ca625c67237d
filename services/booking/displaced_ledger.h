#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "sas/booking/v1/appointment.pb.h"

namespace sas::booking {

/// One for each appointment whose slot nobody holds.
struct DisplacedRow {
  std::string appointment;
  std::string territory;
  std::string site;
  base::Instant start;
  v1::Displacement displacement;
};

struct DisplacedQuery {
  std::string region;
  std::vector<std::string> territories;  ///< Empty: all.
  std::string site;                      ///< Empty: all.
  bool include_kept = false;             ///< Also those that the practice keeps.
  std::optional<std::pair<base::Instant, std::string>> after;  ///< Start, appointment.
  int limit = 0;
};

/// For the metrics; without those that the practice keeps.
struct DisplacedFigures {
  std::int64_t open = 0;
  std::int64_t soon = 0;  ///< Of these, those that start by the time asked.
};

/// The tables about displaced appointments, inside one transaction of the store. Not thread-safe.
class DisplacedLedger {
 public:
  virtual ~DisplacedLedger() = default;

  /// Creates or replaces.
  virtual absl::Status Put(const DisplacedRow& row) = 0;
  virtual absl::StatusOr<std::optional<v1::Displacement>> Get(const std::string& appointment) = 0;
  /// What there was.
  virtual absl::StatusOr<std::optional<v1::Displacement>> Remove(
      const std::string& appointment) = 0;
  /// By start, then name.
  virtual absl::StatusOr<std::vector<DisplacedRow>> List(const DisplacedQuery& query) = 0;
  virtual absl::StatusOr<DisplacedFigures> Figures(base::Instant soon) = 0;

  /// When all appointments were last held against the slots; nothing before the first time.
  virtual absl::StatusOr<std::optional<base::Instant>> Checked() = 0;
  virtual absl::Status PutChecked(base::Instant at) = 0;
};

}  // namespace sas::booking
