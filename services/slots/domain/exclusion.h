#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "services/slots/domain/need.h"

namespace sas::slots {

struct SiteRules;

/// Why a site offers nothing to this caller; values are the reason codes of ExcludedSite.
enum class Exclusion {
  kNone,
  kEntryPointClosed,
  kOrderRequired,
  kProfessionNotAllowed,
  kAccessReasonRequired,
  kAccessReasonNotAccepted,
  kEvaluationRequired,
  kOrientingProfessionalRequired,
  kMotifNotAccepted,
  kAgeNotAccepted,
  kModeNotOffered,
  kOwnPatientsOnly,
  kTerritoryNotServed,
  kWheelchairNo,
  kNoSessionInWindow,
  kFull,
  kUnstaffed,
  kNotOpenYet,
  kEnded,
  kExcludedByRule,           ///< By a CareRule, whose explanation is told.
  kSlotTooShort,             ///< Every slot is shorter than the motif needs.
  kMotifNotForPractitioner,  ///< Who receives may not, or does not, see this motif.
  kCapped,                   ///< Who receives has his SAS appointments of the week.
  kPregnancyNotAccepted,
  kSiteRightRequired,  ///< Reading is by name here, and the asker is not named.
  kCptsMembersOnly
};
inline constexpr std::size_t kExclusions = 26;

/// Sites by why they offer nothing. kNone: nothing free suits, and it was not looked at why.
using ExclusionCounts = std::array<std::uint32_t, kExclusions>;

std::string_view ExclusionCode(Exclusion exclusion);
bool TextIsOfNeed(Exclusion exclusion);  ///< The same sentence for every site.
/// The rule in one French sentence.
std::string ExclusionText(Exclusion exclusion, const SiteRules& site, const Need& need);
/// REGULATOR, SITE or NOBODY.
std::string_view ExclusionLifter(Exclusion exclusion);
/// The rule with this code, if a regulator may lift it (rule_lift.h).
std::optional<Exclusion> LiftableRule(std::string_view code);

/// FAILED_PRECONDITION (PERMISSION_DENIED for entry point and profession) with the exclusion's code
/// as reason, the rule, and who may lift it in the metadata.
absl::Status Refusal(Exclusion exclusion, const SiteRules& site, const Need& need);

}  // namespace sas::slots
