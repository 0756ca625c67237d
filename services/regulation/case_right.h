#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "services/regulation/domain/neighbour.h"
#include "services/regulation/neighbour_ledger.h"
#include "services/regulation/store.h"

/// Who may work on a dossier: those of its territory, and regulators of a neighbour by a convention
/// that is in force.
namespace sas::regulation {

/// Id of the convention by which a regulator may help in `host` now. PERMISSION_DENIED
/// `TERRITORY_FORBIDDEN` without one.
absl::StatusOr<std::string> CheckHelp(RegulationTransaction& transaction, const base::Actor& actor,
                                      const std::string& region, const std::string& host,
                                      base::Instant now);

/// Id of the convention, empty for the dossier's own people. Who has the dossier in hand keeps it
/// when the hours of the convention end. PERMISSION_DENIED `TERRITORY_FORBIDDEN`; NOT_FOUND
/// `CASE_ARCHIVED` for everybody.
absl::StatusOr<std::string> CheckCaseRight(RegulationTransaction& transaction,
                                           const base::Actor& actor, const v1::RegulationCase& row,
                                           base::Instant now);

/// `own` is what TerritoriesOf said of `asked`: when the caller does not work there, the queue that
/// he may help with.
absl::StatusOr<std::vector<std::string>> OwnOrHelped(
    RegulationTransaction& transaction, const base::Actor& actor, const std::string& region,
    const absl::StatusOr<std::vector<std::string>>& own, const std::string& asked,
    base::Instant now);

/// What the rules look at of a convention.
ConventionValue ToValue(const v1::NeighbourConvention& convention);

/// Is it in force at `now`? By the calendar of Europe/Paris, which every service has loaded at its
/// start.
bool InForce(const v1::NeighbourConvention& convention, base::Instant now);

}  // namespace sas::regulation
