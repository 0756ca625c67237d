#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "services/regulation/domain/case_life.h"
#include "services/regulation/domain/values.h"

/// What attaching a call has changed, so that a call attached by mistake can be taken off again
/// (hazard H-07).
namespace sas::regulation {

/// What a dossier was before the call. Instants are zero for none.
struct BeforeCall {
  CaseState state = CaseState::kUnspecified;
  Priority priority = Priority::kUnspecified;
  base::Instant wait_start{};
  base::Instant wait_target{};
  base::Instant wait_alarm{};
  base::Instant close{};
  std::string lost_call;  ///< The call to return that it has ended.
  bool operator==(const BeforeCall&) const = default;
};

struct AttachedCall {
  std::string case_name;
  std::string call_id;
  std::int64_t version = 0;  ///< Of the dossier, which the attachment made.
  base::Instant attached{};
  BeforeCall before;
};

/// One change of a dossier, as far as it is kept.
struct KeptChange {
  std::int64_t version = 0;
  std::string_view act;
};

/// Has somebody acted on the dossier after version `from`, up to version `to`? To take it, to give
/// it back and to attach or detach another call is no act on it. What is not kept any more counts
/// as an act: a wait is ended on knowledge only.
bool HasActed(const std::vector<KeptChange>& changes, std::int64_t from, std::int64_t to);

/// What the dossier becomes when the call is taken off.
enum class DetachEffect {
  kRestore,  ///< It is what it was before the call.
  kPassOn,   ///< Another call came after it: what was before this one was before that one.
  kKeep,     ///< Somebody has acted since: it stays as it is, but for the call.
};

/// `next_version` is that of the next attachment which still stands, 0 without one; `version` that
/// of the dossier.
DetachEffect EffectOf(const std::vector<KeptChange>& changes, const AttachedCall& call,
                      std::int64_t next_version, std::int64_t version);

/// The call's own dossier is as urgent as the first: P0 and P1 stay, all else is unset and so ranks
/// above it, until somebody listens.
Priority OwnPriority(Priority first);

}  // namespace sas::regulation
