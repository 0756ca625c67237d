#include "services/regulation/replaced_decisions.h"

#include <algorithm>

#include "common/base/status.h"
#include "services/regulation/convert.h"

namespace sas::regulation {
namespace {

bool IsOut(const v1::ReflexDeparture& reflex) {
  return reflex.state() == v1::ReflexDeparture::STATE_LAUNCHED ||
         reflex.state() == v1::ReflexDeparture::STATE_ACKNOWLEDGED;
}

}  // namespace

std::string ReplacedBy(const std::vector<v1::Decision>& decisions, const std::string& name) {
  const auto found =
      std::find_if(decisions.begin(), decisions.end(),
                   [&](const v1::Decision& decision) { return decision.replaces() == name; });
  return found == decisions.end() ? "" : found->name();
}

absl::Status CheckHolds(const std::vector<v1::Decision>& decisions, const std::string& name) {
  const std::string by = ReplacedBy(decisions, name);
  if (by.empty()) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kFailedPrecondition, "DECISION_REPLACED",
                    "another decision has replaced this one: act on that one",
                    {{"decision", name}, {"replaced_by", by}});
}

absl::Status CheckReplaces(const std::vector<v1::Decision>& decisions,
                           const v1::Decision& decision) {
  if (decision.replaces().empty()) return absl::OkStatus();
  const bool known =
      std::any_of(decisions.begin(), decisions.end(), [&](const v1::Decision& earlier) {
        return earlier.name() == decision.replaces() && earlier.patient() == decision.patient();
      });
  if (known) return CheckHolds(decisions, decision.replaces());
  return base::Fail(absl::StatusCode::kFailedPrecondition, "DECISION_NOT_FOUND",
                    "the dossier has no such decision about this patient: list them again",
                    {{"decision", decision.replaces()}});
}

absl::StatusOr<bool> AwaitsBilan(CaseWork& work) {
  SAS_ASSIGN_OR_RETURN(const auto* decisions, work.Decisions());
  const base::Instant reported = ToInstant(work.row().bilan().record_time());
  const v1::ReflexDeparture& reflex = work.row().reflex_departure();
  if (IsOut(reflex) && ToInstant(reflex.launch_time()) > reported) return true;
  return std::any_of(decisions->begin(), decisions->end(), [&](const v1::Decision& decision) {
    return IsMission(ToValue(decision)) && ToInstant(decision.create_time()) > reported &&
           ReplacedBy(*decisions, decision.name()).empty();
  });
}

}  // namespace sas::regulation
