#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"

namespace sas::regulation {

/// Claims on orders; a dossier's lease is that of its priority.
inline constexpr std::chrono::minutes kOrderLease{10};
inline constexpr std::chrono::minutes kHandOverLease{2};
inline constexpr std::chrono::minutes kLostCallLease{3};  ///< One call back.

/// Exclusive, expiring ownership by one person. The version outlives the owner: it is the fence by
/// which an act of a former owner is recognised.
struct ClaimValue {
  std::string owner;  ///< Subject; empty when nobody has it.
  base::Role role = base::Role::kUnspecified;
  base::Instant taken{};
  base::Instant expire{};
  std::int64_t version = 0;  ///< Grows with each change of owner.
  base::Instant raised{};    ///< By another, and no act of the owner since; zero otherwise.
  base::Instant acted{};     ///< The owner's last act (hazard H-11).
};

bool IsLive(const ClaimValue& claim, base::Instant now);
bool IsOwner(const ClaimValue& claim, std::string_view subject, base::Instant now);

/// What is claimed.
enum class Claimable { kCase, kOrder, kLostCall };

/// Takes a free or expired claim, or renews one's own (same version). ABORTED
/// `CASE_ALREADY_CLAIMED`, `ORDER_ALREADY_CLAIMED` or `LOST_CALL_ALREADY_CLAIMED` naming the owner
/// and his role when another has it.
absl::StatusOr<ClaimValue> Take(const ClaimValue& claim, const base::Actor& actor,
                                std::chrono::seconds lease, base::Instant now, Claimable what);

/// Refused as by Take while another has it.
absl::Status CheckNotTaken(const ClaimValue& claim, std::string_view subject, base::Instant now,
                           Claimable what);

/// Takes it out of another's hands, who is refused CLAIM_LOST from then on. PERMISSION_DENIED
/// `TAKE_OVER_FORBIDDEN` for an ARM who would take it from a doctor.
absl::StatusOr<ClaimValue> TakeOver(const ClaimValue& claim, const base::Actor& actor,
                                    std::chrono::seconds lease, base::Instant now);

/// Puts it into a colleague's hands, for no longer than kHandOverLease until he acts: a name that
/// nobody answers to keeps no patient waiting. INVALID_ARGUMENT `COLLEAGUE_REQUIRED` about `to` for
/// somebody who takes no dossiers.
absl::StatusOr<ClaimValue> HandTo(const ClaimValue& claim, const base::Actor& to,
                                  std::chrono::seconds lease, base::Instant now);

/// Ends a claim, keeping its version.
ClaimValue Free(const ClaimValue& claim);

/// An act of the owner prolongs his claim; anybody else's leaves it alone.
ClaimValue Renew(const ClaimValue& claim, std::string_view subject, std::chrono::seconds lease,
                 base::Instant now);

/// The dossier of a live claim was raised to P0 or P1, `lease` long: its owner has no more time
/// than that to act, and unless it was he who raised it he is told until he does (hazards H-03,
/// H-11).
ClaimValue Raise(const ClaimValue& claim, std::string_view by, std::chrono::seconds lease,
                 base::Instant now);

/// The fence: OK when `subject` owns the claim now under `version`. ABORTED `CLAIM_LOST` when it
/// expired, was given back or taken by another (hazard H-10).
absl::Status CheckFence(const ClaimValue& claim, std::string_view subject, std::int64_t version,
                        base::Instant now);

}  // namespace sas::regulation
