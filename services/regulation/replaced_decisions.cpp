#include "services/regulation/replaced_decisions.h"

#include <algorithm>

#include "common/base/status.h"

namespace sas::regulation {
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

}  // namespace sas::regulation
