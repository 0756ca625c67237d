#include "services/regulation/domain/protocol_life.h"

#include <algorithm>
#include <cctype>

#include "common/base/status.h"

namespace sas::regulation {

std::string InForce(std::span<const VersionTimes> versions, base::Instant now) {
  const VersionTimes* latest = nullptr;
  for (const VersionTimes& version : versions) {
    if (!version.is_signed || version.effect > now) continue;
    if (latest == nullptr || latest->effect < version.effect) latest = &version;
  }
  return latest == nullptr ? "" : latest->name;
}

std::string NextInForce(std::span<const VersionTimes> versions, base::Instant at) {
  const VersionTimes* next = nullptr;
  for (const VersionTimes& version : versions) {
    if (!version.is_signed || version.effect <= at) continue;
    if (next == nullptr || version.effect < next->effect) next = &version;
  }
  return next == nullptr ? "" : next->name;
}

ProtocolState StateOf(const VersionTimes& version, std::span<const VersionTimes> all,
                      base::Instant now) {
  if (!version.is_signed) return ProtocolState::kDraft;
  if (version.effect > now) return ProtocolState::kSigned;
  return InForce(all, now) == version.name ? ProtocolState::kInForce : ProtocolState::kSuperseded;
}

absl::StatusOr<base::Instant> EffectOf(const Signing& signing,
                                       std::span<const VersionTimes> versions) {
  if (signing.actor_rpps.empty() || signing.actor_rpps != signing.signatory_rpps) {
    return base::Fail(absl::StatusCode::kPermissionDenied, "NOT_THE_SIGNATORY",
                      "another doctor is named for this version: he signs, or a new version "
                      "names you",
                      {{"signatory_rpps", signing.signatory_rpps}});
  }
  const ProtocolState state = StateOf(signing.version, versions, signing.now);
  if (state == ProtocolState::kSigned || state == ProtocolState::kInForce) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "ALREADY_SIGNED",
                      "this version is signed; nothing is left to do");
  }
  if (!signing.simulated) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "SIMULATION_REQUIRED",
                      "run this version on past answers and look at what changes, then sign");
  }
  const base::Instant effect = std::max(signing.version.effect, signing.now);
  for (const VersionTimes& other : versions) {
    if (!other.is_signed || other.name == signing.version.name || other.effect != effect) continue;
    return base::Fail(absl::StatusCode::kFailedPrecondition, "EFFECT_TAKEN",
                      "another version takes effect at that instant: give one of them another",
                      {{"protocol", other.name}});
  }
  return effect;
}

std::string TerritoryOfScope(const std::string& scope) {
  std::string territory = scope.substr(0, scope.find('-'));
  std::transform(territory.begin(), territory.end(), territory.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return territory;
}

}  // namespace sas::regulation
