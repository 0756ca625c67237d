#pragma once

#include <optional>
#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "services/regulation/domain/protocol.h"

namespace sas::regulation {

/// Values equal sas.regulation.v1.Protocol.State.
enum class ProtocolState {
  kUnspecified = 0,
  kDraft = 1,
  kSigned = 2,
  kInForce = 3,
  kSuperseded = 4
};

/// What decides which version applies. Versions of one protocol in one scope compete; nothing needs
/// a sweeper: every question compares with the hour.
struct VersionTimes {
  std::string name;
  bool is_signed = false;
  base::Instant effect{};
};

/// Name of the version in force at `now`: signed, the latest effect that has come. One at most for
/// each protocol of a scope (seed 002, a uniform process between cabinets); empty when there is
/// none.
std::string InForce(std::span<const VersionTimes> versions, base::Instant now);

/// Name of the signed version whose effect is the next one after `at`; empty when there is none.
std::string NextInForce(std::span<const VersionTimes> versions, base::Instant at);

ProtocolState StateOf(const VersionTimes& version, std::span<const VersionTimes> all,
                      base::Instant now);

/// A signature at `now`, with what the rules look at.
struct Signing {
  std::string signatory_rpps;  ///< Named in the version.
  std::string actor_rpps;      ///< From the credentials.
  bool simulated = false;      ///< Since it was loaded.
  VersionTimes version;
  base::Instant now{};
};

/// When the signed version takes effect: its date, never before the signature; a superseded version
/// that is signed again comes back at once. PERMISSION_DENIED `NOT_THE_SIGNATORY`,
/// FAILED_PRECONDITION `SIMULATION_REQUIRED`, `ALREADY_SIGNED`, `EFFECT_TAKEN` (another version
/// takes effect at the same instant).
absl::StatusOr<base::Instant> EffectOf(const Signing& signing,
                                       std::span<const VersionTimes> versions);

/// Territory of a scope in upper case: 85 of "85-lvo", 2A of "2a".
std::string TerritoryOfScope(const std::string& scope);

}  // namespace sas::regulation
