#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace sas::regulation {

/// Values equal ReflexDeparture.State.
enum class ReflexState {
  kNone = 0,
  kProposed = 1,
  kLaunched = 2,
  kAcknowledged = 3,
  kCancelled = 4,
};

enum class ReflexAct { kLaunch, kAcknowledge, kCancel };

/// State after `act`. FAILED_PRECONDITION `REFLEX_STATE_FORBIDS` naming the state. A departure may
/// be launched again after a cancellation.
absl::StatusOr<ReflexState> Advance(ReflexState state, ReflexAct act);

/// State when the codes of the dossier change: a proposal comes and goes with the list, what was
/// done stays.
ReflexState Propose(ReflexState state, bool on_list);

/// Means are on the road for this dossier.
constexpr bool IsUnderWay(ReflexState state) {
  return state == ReflexState::kLaunched || state == ReflexState::kAcknowledged;
}

/// Means that an ARM may send by reflex: SMUR, MCS, secouristes, ambulance. INVALID_ARGUMENT
/// `UNKNOWN_CODE`, or `RESOURCE_NOT_REFLEX` for a means that only a regulator sends.
absl::Status CheckReflexResource(std::string_view code, std::string_view field);

}  // namespace sas::regulation
