#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "services/regulation/domain/values.h"
#include "services/regulation/roster_ledger.h"
#include "services/regulation/store.h"

/// What several acts on rosters share.
namespace sas::regulation {

inline constexpr int kShiftsAtOnceMax = 2000;  ///< On shift at one time, in a region.
inline constexpr int kShiftsOfPersonMax = 1000;

/// Writes the next version of a shift with its audit record and its event.
absl::Status SaveShift(RegulationTransaction& transaction, v1::Shift& shift,
                       const std::string& event, const std::string& act, const std::string& detail);

/// Shifts that stand or stood in [start, end) of these territories (of all when empty).
absl::StatusOr<std::vector<v1::Shift>> ShiftsAt(RegulationTransaction& transaction,
                                                const std::string& region,
                                                const std::vector<std::string>& territories,
                                                base::Instant start, base::Instant end);

/// Locks the person, then refuses `SHIFT_OVERLAPS`.
absl::Status CheckFreePerson(RegulationTransaction& transaction, const v1::Shift& fresh);

/// FAILED_PRECONDITION `QUEUE_UNSTAFFED` when the territory has a roster and no regulator of the
/// chain on shift (any regulator while no chain is chosen).
absl::Status CheckStaffed(RegulationTransaction& transaction, const std::string& region,
                          const std::string& territory, Filiere filiere, base::Instant now);

/// FAILED_PRECONDITION `COLLEAGUE_ABSENT` when the territory has a roster and `subject` is not on
/// shift there.
absl::Status CheckOnShift(RegulationTransaction& transaction, const std::string& region,
                          const std::string& territory, const std::string& subject,
                          base::Instant now);

/// Name of the surge of a territory.
std::string SurgeName(const std::string& region, const std::string& territory);

/// Territories of the region whose surge lasts.
absl::StatusOr<std::vector<std::string>> SurgesIn(RegulationTransaction& transaction,
                                                  const std::string& region, base::Instant now);

/// ABORTED `ETAG_MISMATCH`, INVALID_ARGUMENT `ETAG_REQUIRED`: `etag` against the stored one.
absl::Status CheckRowEtag(const std::string& etag, const std::string& stored);

}  // namespace sas::regulation
