#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/regulation/case_work.h"

/// Decisions are never changed: one that is cancelled is replaced by what holds instead.
namespace sas::regulation {

/// Name of the decision that has replaced `name`; empty while it holds.
std::string ReplacedBy(const std::vector<v1::Decision>& decisions, const std::string& name);

/// FAILED_PRECONDITION `DECISION_REPLACED`.
absl::Status CheckHolds(const std::vector<v1::Decision>& decisions, const std::string& name);

/// OK when `decision` replaces nothing, or one about its patient that holds; FAILED_PRECONDITION
/// `DECISION_NOT_FOUND`, `DECISION_REPLACED`.
absl::Status CheckReplaces(const std::vector<v1::Decision>& decisions,
                           const v1::Decision& decision);

}  // namespace sas::regulation
