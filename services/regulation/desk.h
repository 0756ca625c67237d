#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/care/calendar.h"
#include "common/care/identifiers.h"
#include "services/regulation/domain/call_return.h"
#include "services/regulation/domain/case_life.h"
#include "services/regulation/domain/dialled_number.h"
#include "services/regulation/metrics.h"
#include "services/regulation/shape.h"
#include "services/regulation/store.h"

namespace sas::regulation {

class RoomWatch;

/// What every act needs.
struct Desk {
  RegulationStore& store;
  const base::Clock& clock;
  base::Random& random;
  const care::Zone& zone;  ///< Europe/Paris: the day of a case number, the age of a patient.
  RegulationMetrics& metrics;
  care::TestIdentities test_identities = care::TestIdentities::kRefuse;
  const RoomWatch* room = nullptr;         ///< Null where nothing is watched.
  Lines lines{};                           ///< Numbers of the service that figures tell apart.
  ReturnRules returns{};                   ///< When somebody who hung up is called back.
  std::chrono::years kept = kKeptDefault;  ///< From the opening of a dossier to its archive.
  bool etags_required = false;             ///< Acts without the version on the screen are refused.

  Moment Now() const { return {clock.Now(), zone.DateOf(clock.Now()), test_identities}; }
};

/// Counts the room of all regions into the metrics; for a periodic work.
absl::Status ReadFigures(Desk& desk, const base::Call& call);

/// RESOURCE_EXHAUSTED `SURGE_SHED` while a surge lasts in the region: reports and trials come
/// later, so that lists and boards have their lane (hazard H-41).
absl::Status CheckNotShed(const Desk& desk, std::string_view name);

/// Parses `name`, then asks for the region's right: before anything is said about existence.
absl::Status CheckName(const base::Call& call, std::string_view pattern, std::string_view name,
                       std::string_view field);

/// PERMISSION_DENIED `TERRITORY_FORBIDDEN` when the caller works for other SAS territories.
absl::Status CheckTerritoryRight(const base::Actor& actor, const std::string& territory);

/// The territories that a query covers: the one asked for, or all of the caller's.
absl::StatusOr<std::vector<std::string>> TerritoriesOf(const base::Actor& actor,
                                                       const std::string& asked);

/// OK when `etag` is the version of the dossier. INVALID_ARGUMENT `ETAG_REQUIRED`, ABORTED
/// `ETAG_MISMATCH`.
absl::Status CheckEtag(const std::string& etag, const v1::RegulationCase& row);

/// PERMISSION_DENIED `REGULATOR_REQUIRED`.
absl::Status RegulatorRequired();

}  // namespace sas::regulation
