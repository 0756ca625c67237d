#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/care/identifiers.h"
#include "sas/slots/v1/directory_service.pb.h"
#include "services/slots/directory.h"
#include "services/slots/domain/findings.h"

/// What an import is held against before anything is written.
namespace sas::slots {

inline constexpr int kTerritoryCodesMax = 20;
inline constexpr int kCommunesMax = 2000;
inline constexpr int kStructuresMax = 500;
inline constexpr int kPractitionersMax = 2000;
inline constexpr int kSitesMax = 1000;
inline constexpr int kSessionPlansMax = 5000;
inline constexpr int kBarriersMax = 100;

/// Everything that is wrong with a file, in one status (see Findings). `after` is the directory as
/// it would be with the file: references may point to what is there already, and sessions must not
/// meet those of plans that the file does not name, nor openings of single days.
absl::Status CheckTerritoryFile(std::string_view region, const v1::Territory& territory,
                                const Directory& after, care::TestIdentities test);

// Its parts, each about the entries of one kind.

void CheckCommunes(const v1::Territory& territory, Findings& findings);
void CheckStructures(std::string_view region, const v1::Territory& territory, Findings& findings);
void CheckBarriers(std::string_view region, const v1::Territory& territory, Findings& findings);
void CheckPractitioners(std::string_view region, const v1::Territory& territory,
                        const Directory& after, care::TestIdentities test, Findings& findings);
void CheckSites(std::string_view region, const v1::Territory& territory, const Directory& after,
                Findings& findings);
void CheckSessionPlans(std::string_view region, const v1::Territory& territory,
                       const Directory& after, Findings& findings);

/// Who may do what, the ARS' approval, the offer, the share in the rotation (of one site).
void CheckSharing(const v1::Site& site, const Directory& after, const std::string& path,
                  Findings& findings);
/// Signed rules of inclusion and exclusion (of one site).
void CheckCareRules(const v1::CarePolicy& policy, const std::string& path, Findings& findings);

}  // namespace sas::slots
