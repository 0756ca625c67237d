#include "services/regulation/domain/reflex.h"

#include <algorithm>
#include <array>
#include <string>

#include "common/base/status.h"
#include "common/care/nomenclature.h"

namespace sas::regulation {
namespace {

struct Step {
  ReflexAct act;
  ReflexState from;
  ReflexState to;
};

constexpr std::array<Step, 6> kSteps{{
    {ReflexAct::kLaunch, ReflexState::kNone, ReflexState::kLaunched},
    {ReflexAct::kLaunch, ReflexState::kProposed, ReflexState::kLaunched},
    {ReflexAct::kLaunch, ReflexState::kCancelled, ReflexState::kLaunched},
    {ReflexAct::kAcknowledge, ReflexState::kLaunched, ReflexState::kAcknowledged},
    {ReflexAct::kCancel, ReflexState::kLaunched, ReflexState::kCancelled},
    {ReflexAct::kCancel, ReflexState::kAcknowledged, ReflexState::kCancelled},
}};

constexpr std::array<std::string_view, 5> kStateNames{"NONE", "PROPOSED", "LAUNCHED",
                                                      "ACKNOWLEDGED", "CANCELLED"};

constexpr std::array<std::string_view, 5> kFamilies{"SMUR", "SIS", "LIBERAL.MCS", "AASC", "TSU"};

}  // namespace

absl::StatusOr<ReflexState> Advance(ReflexState state, ReflexAct act) {
  const auto* step = std::find_if(kSteps.begin(), kSteps.end(),
                                  [&](const Step& s) { return s.act == act && s.from == state; });
  if (step != kSteps.end()) return step->to;
  return base::Fail(absl::StatusCode::kFailedPrecondition, "REFLEX_STATE_FORBIDS",
                    "the reflex departure is not where this act begins; read the dossier again",
                    {{"state", std::string(kStateNames.at(static_cast<std::size_t>(state)))}});
}

ReflexState Propose(ReflexState state, bool on_list) {
  if (state == ReflexState::kNone && on_list) return ReflexState::kProposed;
  if (state == ReflexState::kProposed && !on_list) return ReflexState::kNone;
  return state;
}

absl::Status CheckReflexResource(std::string_view code, std::string_view field) {
  SAS_RETURN_IF_ERROR(care::CheckCode(care::ResourceTypes(), "typeRessource", code, field));
  const bool allowed = std::any_of(kFamilies.begin(), kFamilies.end(), [&](std::string_view f) {
    return code == f || code.substr(0, f.size() + 1) == std::string(f) + ".";
  });
  if (allowed) return absl::OkStatus();
  return base::InvalidField(field, "RESOURCE_NOT_REFLEX",
                            "a reflex departure sends SMUR, SIS, LIBERAL.MCS, AASC or TSU");
}

}  // namespace sas::regulation
