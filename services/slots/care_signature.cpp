#include "services/slots/care_signature.h"

#include <string>

#include "common/base/status.h"
#include "common/care/calendar.h"
#include "services/slots/convert.h"

namespace sas::slots {
namespace {

/// What a signature is about.
v1::CarePolicy SignedPart(const v1::CarePolicy& policy) {
  v1::CarePolicy part;
  if (policy.rules().empty()) return part;  // A protocol without rules only names itself.
  part.set_protocol(policy.protocol());
  *part.mutable_rules() = policy.rules();
  return part;
}

bool Same(const v1::CarePolicy& a, const v1::CarePolicy& b) {
  return SignedPart(a).SerializeAsString() == SignedPart(b).SerializeAsString();
}

void TakeSignedPart(const v1::CarePolicy& from, v1::CarePolicy& to) {
  to.set_protocol(from.protocol());
  *to.mutable_rules() = from.rules();
  to.set_signed_by_rpps(from.signed_by_rpps());
  to.set_signed_date(from.signed_date());
}

}  // namespace

void HoldBackUnsigned(v1::Site& site, const v1::Site* before) {
  const v1::CarePolicy nothing;
  const v1::CarePolicy& in_force = before == nullptr ? nothing : before->care_policy();
  v1::CarePolicy& written = *site.mutable_care_policy();
  if (before != nullptr && before->has_proposed_care_policy()) {
    *site.mutable_proposed_care_policy() = before->proposed_care_policy();
  } else {
    site.clear_proposed_care_policy();
  }
  if (Same(written, in_force)) {
    if (!written.rules().empty()) TakeSignedPart(in_force, written);
    return;
  }
  v1::CarePolicy proposed;
  TakeSignedPart(written, proposed);
  proposed.clear_signed_date();
  // Rules that are taken away are taken away by him who signed them.
  if (proposed.rules().empty()) proposed.set_signed_by_rpps(in_force.signed_by_rpps());
  *site.mutable_proposed_care_policy() = proposed;
  TakeSignedPart(in_force, written);
}

absl::StatusOr<v1::Site> Signed(v1::Site site, const base::Actor& actor, base::Instant now) {
  if (!site.has_proposed_care_policy()) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "NOTHING_TO_SIGN",
                      "no rules of care of this site wait for a signature",
                      {{"site", site.name()}});
  }
  v1::CarePolicy proposed = site.proposed_care_policy();
  if (actor.rpps.empty() || actor.rpps != proposed.signed_by_rpps()) {
    return base::Fail(absl::StatusCode::kPermissionDenied, "NOT_THE_REFERENT",
                      "another médecin référent is named for these rules: he signs, or a planner "
                      "names you in them",
                      {{"site", site.name()}, {"signed_by_rpps", proposed.signed_by_rpps()}});
  }
  SAS_ASSIGN_OR_RETURN(const care::Zone zone, ToZone(site));
  proposed.set_signed_date(care::DateText(zone.DateOf(now)));
  TakeSignedPart(proposed, *site.mutable_care_policy());
  if (site.care_policy().rules().empty()) {
    site.mutable_care_policy()->clear_signed_by_rpps();
    site.mutable_care_policy()->clear_signed_date();
  }
  site.clear_proposed_care_policy();
  return site;
}

}  // namespace sas::slots
