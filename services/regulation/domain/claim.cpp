#include "services/regulation/domain/claim.h"

#include <algorithm>

#include "common/base/status.h"

namespace sas::regulation {
namespace {

absl::Status Claimed(const ClaimValue& claim, Claimable what) {
  const base::Metadata owner{{"owner_role", std::string(base::RoleName(claim.role))},
                             {"owner", claim.owner}};
  if (what == Claimable::kOrder) {
    return base::Fail(absl::StatusCode::kAborted, "ORDER_ALREADY_CLAIMED",
                      "another operator has the order; take another one", owner);
  }
  if (what == Claimable::kLostCall) {
    return base::Fail(absl::StatusCode::kAborted, "LOST_CALL_ALREADY_CLAIMED",
                      "a colleague calls back now: take another one", owner);
  }
  return base::Fail(absl::StatusCode::kAborted, "CASE_ALREADY_CLAIMED",
                    "somebody else has the dossier; take another, ask for it to be given back, or "
                    "take it over and say why",
                    owner);
}

}  // namespace

bool IsLive(const ClaimValue& claim, base::Instant now) {
  return !claim.owner.empty() && now < claim.expire;
}

bool IsOwner(const ClaimValue& claim, std::string_view subject, base::Instant now) {
  return IsLive(claim, now) && claim.owner == subject;
}

absl::StatusOr<ClaimValue> Take(const ClaimValue& claim, const base::Actor& actor,
                                std::chrono::seconds lease, base::Instant now, Claimable what) {
  if (IsOwner(claim, actor.subject, now)) return Renew(claim, actor.subject, lease, now);
  SAS_RETURN_IF_ERROR(CheckNotTaken(claim, actor.subject, now, what));
  return ClaimValue{actor.subject, actor.role, now, now + lease, claim.version + 1, {}, now};
}

absl::Status CheckNotTaken(const ClaimValue& claim, std::string_view subject, base::Instant now,
                           Claimable what) {
  if (!IsLive(claim, now) || claim.owner == subject) return absl::OkStatus();
  return Claimed(claim, what);
}

absl::StatusOr<ClaimValue> TakeOver(const ClaimValue& claim, const base::Actor& actor,
                                    std::chrono::seconds lease, base::Instant now) {
  const bool from_doctor = IsLive(claim, now) && base::IsRegulator(claim.role);
  if (from_doctor && !base::IsRegulator(actor.role)) {
    return base::Fail(absl::StatusCode::kPermissionDenied, "TAKE_OVER_FORBIDDEN",
                      "a regulator has the dossier: only a regulator takes it over",
                      {{"owner", claim.owner}});
  }
  return Take(Free(claim), actor, lease, now, Claimable::kCase);
}

absl::StatusOr<ClaimValue> HandTo(const ClaimValue& claim, const base::Actor& to,
                                  std::chrono::seconds lease, base::Instant now) {
  const bool takes = to.role == base::Role::kArm || base::IsRegulator(to.role);
  if (to.subject.empty() || !takes) {
    return base::InvalidField("to", "COLLEAGUE_REQUIRED",
                              "name the ARM or regulator who takes it: subject and role");
  }
  return Take(Free(claim), to, std::min<std::chrono::seconds>(lease, kHandOverLease), now,
              Claimable::kCase);
}

ClaimValue Free(const ClaimValue& claim) {
  ClaimValue free;
  free.version = claim.version;
  return free;
}

ClaimValue Renew(const ClaimValue& claim, std::string_view subject, std::chrono::seconds lease,
                 base::Instant now) {
  ClaimValue renewed = claim;
  if (!IsOwner(claim, subject, now)) return renewed;
  renewed.expire = now + lease;
  renewed.raised = {};
  renewed.acted = now;
  return renewed;
}

ClaimValue Raise(const ClaimValue& claim, std::string_view by, std::chrono::seconds lease,
                 base::Instant now) {
  ClaimValue raised = claim;
  if (!IsLive(claim, now)) return raised;
  raised.expire = std::min(claim.expire, now + lease);
  if (claim.owner != by) raised.raised = now;
  return raised;
}

absl::Status CheckFence(const ClaimValue& claim, std::string_view subject, std::int64_t version,
                        base::Instant now) {
  if (IsOwner(claim, subject, now) && claim.version == version) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kAborted, "CLAIM_LOST",
                    "the dossier is no longer yours under this claim; keep your text, take the "
                    "dossier again and look at what changed",
                    {{"claim_version", std::to_string(version)},
                     {"latest_version", std::to_string(claim.version)},
                     {"owner", claim.owner}});
}

}  // namespace sas::regulation
