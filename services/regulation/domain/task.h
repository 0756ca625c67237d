#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "services/regulation/domain/values.h"

/// Tasks between the CRRA and the practices: who sees, takes, gives on and ends them (seed 003).
namespace sas::regulation {

// Values of these enumerations equal those of sas.regulation.v1.CareTask; convert_task.cpp asserts
// it.
enum class TaskKind {
  kUnspecified = 0,
  kCallBack = 1,
  kCollectInformation = 2,
  kFollowUp = 3,      ///< Needs medical judgement.
  kDelegatedAct = 4,  ///< A doctor's, or of whom a protocol of délégation names.
  kEscalation = 5,    ///< Made by an escalation alone.
  kAdministrative = 6,
  kListenAgain = 7,  ///< Made by the service alone (hazard H-09).
};
enum class TaskState {
  kUnspecified = 0,
  kOpen = 1,
  kTaken = 2,
  kDone = 3,
  kCancelled = 4,
  kEscalated = 5,
};

inline constexpr std::chrono::hours kTaskDueMax{24 * 90};
inline constexpr int kTaskDelegationsMax = 20;

/// What the rules look at.
struct TaskValue {
  TaskKind kind = TaskKind::kUnspecified;
  TaskState state = TaskState::kUnspecified;
  base::Role role = base::Role::kUnspecified;  ///< That is asked.
  std::string organization;                    ///< Structure that is asked; empty: the CRRA.
  std::string person;                          ///< Subject who is asked; empty: whoever.
  std::string owner;                           ///< Subject who has it.
  base::Role owner_role = base::Role::kUnspecified;
  std::string creator;
};

/// "OPEN", "TAKEN"…
std::string_view TaskStateName(TaskState state);

bool IsEnded(TaskState state);

/// ARM, regulators, OSNP and supervisor: they work at the CRRA, for all structures of a territory.
bool IsOfCrra(base::Role role);

/// Secretariats, nurses, assistants, professionals, effecteurs: their structure bounds what they
/// see.
bool IsOfStructure(base::Role role);

/// The CRRA sees all of its territories; people of a structure what is asked of it, and what they
/// have asked, have, or are asked in person.
bool Sees(const TaskValue& task, const base::Actor& actor);

/// PERMISSION_DENIED `OTHER_STRUCTURE` unless he sees it.
absl::Status CheckSees(const TaskValue& task, const base::Actor& actor);

/// May `role` be asked this kind of task in this structure? INVALID_ARGUMENT
/// `ROLE_TAKES_NO_TASK`, `ORGANIZATION_REQUIRED`, `ORGANIZATION_FORBIDDEN`; PERMISSION_DENIED
/// `MEDICAL_JUDGEMENT_REQUIRED`.
absl::Status CheckAsked(TaskKind kind, base::Role role, const std::string& organization);

/// May `actor` ask it? People of a structure ask their own one and the CRRA; a delegated act is
/// asked by a doctor or a coordinating nurse. PERMISSION_DENIED `OTHER_STRUCTURE`,
/// `NOT_A_DELEGATOR`; INVALID_ARGUMENT `ESCALATION_IS_AN_ACT`.
absl::Status CheckMayAsk(const base::Actor& actor, TaskKind kind, const std::string& organization);

/// True when `actor` becomes the owner, false when he is it already. FAILED_PRECONDITION
/// `TASK_ENDED`, ABORTED `ALREADY_TAKEN` naming the owner, PERMISSION_DENIED `TASK_FOR_ANOTHER`.
absl::StatusOr<bool> CheckTake(const TaskValue& task, const base::Actor& actor);

/// A doctor or the coordinating nurse of the structure gives it on, also from who has it.
/// `TASK_ENDED`, `NOT_A_DELEGATOR`.
absl::Status CheckDelegate(const TaskValue& task, const base::Actor& actor);

/// Its owner, who may. `TASK_ENDED`, FAILED_PRECONDITION `TASK_NOT_TAKEN`, `ALREADY_TAKEN`,
/// `MEDICAL_JUDGEMENT_REQUIRED`. A delegated act has its protocol besides (domain/delegation).
absl::Status CheckClose(const TaskValue& task, const base::Actor& actor);

/// Who asked, the coordinating nurse of the structure, regulators and supervisors. `TASK_ENDED`,
/// PERMISSION_DENIED `NOT_TASK_CREATOR`.
absl::Status CheckCancel(const TaskValue& task, const base::Actor& actor);

/// FAILED_PRECONDITION `TASK_ENDED`. Whoever sees a live task may ask a regulator.
absl::Status CheckLive(const TaskValue& task);

/// Priority of a dossier when a regulator is asked: P0 and P1 stay; anything else is unset, which
/// ranks just below P1 and is loud, so that nobody's wait gets longer by asking.
Priority AskedPriority(Priority now);

/// INVALID_ARGUMENT `INVALID_DUE_TIME` unless it is ahead, by 90 days at most.
absl::Status CheckDue(base::Instant due, base::Instant now, std::string_view field);

bool IsOverdue(TaskState state, base::Instant due, base::Instant now);

}  // namespace sas::regulation
