#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/care/identifiers.h"
#include "sas/slots/v1/directory_service.pb.h"
#include "services/slots/directory.h"
#include "services/slots/store.h"

namespace sas::slots {

inline constexpr int kWarningsMax = 100;

struct ImportOptions {
  care::TestIdentities test_identities = care::TestIdentities::kRefuse;
  int horizon_days = 21;  ///< Today counts.
};

/// The work of ImportTerritory inside one transaction.
class TerritoryImport {
 public:
  /// `actor` and `territory` outlive the work.
  TerritoryImport(const base::Actor& actor, std::string region, const v1::Territory& territory,
                  ImportOptions options, base::Instant now);

  /// Reads the directory and judges the file. Writes nothing.
  absl::Status Check(SlotsTransaction& transaction);

  /// Judges the file, then creates or replaces every entry, with audit record and event.
  absl::StatusOr<v1::ImportTerritoryResponse> Run(SlotsTransaction& transaction);

  /// After Check: what was written or would be.
  v1::ImportTerritoryResponse Response() const;

 private:
  /// A file changes nothing that its sender may not change by PlanningService.
  absl::Status CheckRights() const;
  absl::Status WriteEntries(SlotsTransaction& transaction);
  absl::Status WriteSites(SlotsTransaction& transaction);
  absl::Status WritePlans(SlotsTransaction& transaction);
  absl::Status TouchSites(SlotsTransaction& transaction);
  absl::Status Publish(SlotsTransaction& transaction);

  const base::Actor& actor_;
  const std::string region_;
  const v1::Territory& territory_;
  const ImportOptions options_;
  const base::Instant now_;
  Directory before_;
  Directory after_;
};

/// What a coordinator should look at, in French, at most kWarningsMax: sessions "à pourvoir",
/// without secretary or near the end of a licence; more sessions in a week than a pilot has; a
/// second CSNP of one CPTS; a site without plan. `slots` gets the number of slots of the
/// territory's plans.
std::vector<std::string> TerritoryWarnings(const v1::Territory& territory, const Directory& after,
                                           base::Instant now, int horizon_days, int& slots);

}  // namespace sas::slots
