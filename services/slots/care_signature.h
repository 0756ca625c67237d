#pragma once

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "sas/slots/v1/site.pb.h"

/// The rules of care of a site are in force from their signature on (S2-04, hazard H-49): what is
/// written waits as `proposed_care_policy`, and the last signed version stays meanwhile. The lists
/// of accepted motifs and ages are the practice's own and need no signature.
namespace sas::slots {

/// Puts rules that are not those of `before` (null: a new site) aside until they are signed. What
/// waits there already stays unless the site brings others.
void HoldBackUnsigned(v1::Site& site, const v1::Site* before);

/// The site with what waits in force, signed by this actor today. FAILED_PRECONDITION
/// `NOTHING_TO_SIGN`, PERMISSION_DENIED `NOT_THE_REFERENT`.
absl::StatusOr<v1::Site> Signed(v1::Site site, const base::Actor& actor, base::Instant now);

}  // namespace sas::slots
