#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "sas/regulation/v1/task_service.pb.h"
#include "services/regulation/shape.h"

/// What can be said of requests about tasks without the ledger.
namespace sas::regulation {

inline constexpr std::size_t kInstructionMax = 300;
inline constexpr std::size_t kTaskResultMax = 500;
inline constexpr std::size_t kPseudonymMax = 64;  ///< Of a person or a structure.

/// A task to ask: required fields, no output-only field, who is asked, when.
absl::Status CheckNewTask(const v1::CareTask& task, const base::Actor& actor, const Moment& moment);

/// INVALID_ARGUMENT `OTHER_REGION` unless `name`, when given, is of the region of `parent`.
absl::Status CheckSameRegion(std::string_view parent, std::string_view name,
                             std::string_view field);

/// A dossier that an escalation opens: a live call, so that it can wait. INVALID_ARGUMENT
/// `PAPER_NEVER_WAITS`, and what CheckOpening refuses.
absl::Status CheckEscalatedCase(const base::Call& call, const v1::RegulationCase& proto,
                                const Moment& moment);

}  // namespace sas::regulation
