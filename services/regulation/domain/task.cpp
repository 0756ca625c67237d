#include "services/regulation/domain/task.h"

#include <algorithm>
#include <array>

#include "common/base/status.h"
#include "common/care/identifiers.h"
#include "services/regulation/domain/delegation.h"

namespace sas::regulation {
namespace {

using base::Role;

constexpr std::array kCrra{Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp,
                           Role::kSupervisor};
constexpr std::array kStructure{Role::kProfessional,     Role::kSecretariat,
                                Role::kEffecteur,        Role::kCoordinatingNurse,
                                Role::kMedicalAssistant, Role::kSpecialisedNurse};
// Who judges by himself how a patient is. A specialised nurse does so under a protocol of
// délégation and nowhere else; secretariats and assistants never.
constexpr std::array kJudges{Role::kRegulatorAmu, Role::kRegulatorMg, Role::kEffecteur,
                             Role::kProfessional, Role::kCoordinatingNurse};

template <typename List>
bool Has(const List& list, Role role) {
  return std::find(list.begin(), list.end(), role) != list.end();
}

absl::Status CheckAble(TaskKind kind, Role role) {
  if (kind != TaskKind::kFollowUp || Has(kJudges, role)) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kPermissionDenied, "MEDICAL_JUDGEMENT_REQUIRED",
                    "this task needs medical judgement: ask a nurse, a professional or a doctor, "
                    "or make it an act under a protocol of délégation",
                    {{"role", std::string(base::RoleName(role))}});
}

absl::Status OtherStructure(const std::string& organization) {
  return base::Fail(absl::StatusCode::kPermissionDenied, "OTHER_STRUCTURE",
                    "the task is of another structure; ask it there, or through the CRRA",
                    {{"organization", organization}});
}

absl::Status AlreadyTaken(const TaskValue& task) {
  return base::Fail(
      absl::StatusCode::kAborted, "ALREADY_TAKEN",
      "somebody else has the task: talk to him, or have it delegated",
      {{"owner", task.owner}, {"role", std::string(base::RoleName(task.owner_role))}});
}

bool IsNurseOf(const base::Actor& actor, const std::string& organization) {
  return actor.role == Role::kCoordinatingNurse &&
         care::SameOrganization(actor.organization, organization);
}

absl::Status NotADelegator() {
  return base::Fail(absl::StatusCode::kPermissionDenied, "NOT_A_DELEGATOR",
                    "the coordinating nurse of the structure or a doctor delegates: ask one");
}

}  // namespace

std::string_view TaskStateName(TaskState state) {
  constexpr std::array<std::string_view, 6> kNames{"UNSPECIFIED", "OPEN",      "TAKEN",
                                                   "DONE",        "CANCELLED", "ESCALATED"};
  return kNames[static_cast<std::size_t>(state)];
}

bool IsEnded(TaskState state) {
  return state != TaskState::kOpen && state != TaskState::kTaken;
}

bool IsOfCrra(Role role) {
  return Has(kCrra, role);
}

bool IsOfStructure(Role role) {
  return Has(kStructure, role);
}

bool Sees(const TaskValue& task, const base::Actor& actor) {
  if (IsOfCrra(actor.role)) return true;
  const bool own = care::SameOrganization(task.organization, actor.organization);
  return own || task.creator == actor.subject || task.owner == actor.subject ||
         task.person == actor.subject;
}

absl::Status CheckLive(const TaskValue& task) {
  if (!IsEnded(task.state)) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kFailedPrecondition, "TASK_ENDED",
                    "the task has ended; ask for a new one if something is left to do",
                    {{"state", std::string(TaskStateName(task.state))}});
}

absl::Status CheckSees(const TaskValue& task, const base::Actor& actor) {
  return Sees(task, actor) ? absl::OkStatus() : OtherStructure(task.organization);
}

absl::Status CheckAsked(TaskKind kind, Role role, const std::string& organization) {
  if (!IsOfCrra(role) && !IsOfStructure(role)) {
    return base::InvalidField("role", "ROLE_TAKES_NO_TASK",
                              "ask a role that works tasks: of the CRRA, or of a structure",
                              {{"role", std::string(base::RoleName(role))}});
  }
  if (IsOfStructure(role) && care::NormalOrganization(organization).empty()) {
    return base::InvalidField("organization", "ORGANIZATION_REQUIRED",
                              "say in which structure this role is asked");
  }
  if (IsOfCrra(role) && !organization.empty()) {
    return base::InvalidField("organization", "ORGANIZATION_FORBIDDEN",
                              "this role works at the CRRA: leave the structure empty");
  }
  return CheckAble(kind, role);
}

absl::Status CheckMayAsk(const base::Actor& actor, TaskKind kind, const std::string& organization) {
  if (kind == TaskKind::kEscalation) {
    return base::InvalidField("kind", "ESCALATION_IS_AN_ACT",
                              "a regulator is asked by EscalateTask or EscalateChecklist, so that "
                              "a dossier waits for him");
  }
  const bool crra = IsOfCrra(actor.role);
  if (!crra && !organization.empty() && !care::SameOrganization(organization, actor.organization)) {
    return OtherStructure(organization);
  }
  if (kind == TaskKind::kDelegatedAct && !IsDoctor(actor) &&
      actor.role != Role::kCoordinatingNurse) {
    return NotADelegator();
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> CheckTake(const TaskValue& task, const base::Actor& actor) {
  SAS_RETURN_IF_ERROR(CheckLive(task));
  if (task.state == TaskState::kTaken) {
    if (task.owner == actor.subject) return false;
    return AlreadyTaken(task);
  }
  const bool asked = task.person.empty()
                         ? task.role == actor.role &&
                               (task.organization.empty() ||
                                care::SameOrganization(task.organization, actor.organization))
                         : task.person == actor.subject;
  if (!asked && !IsDoctor(actor) && !IsNurseOf(actor, task.organization)) {
    return base::Fail(absl::StatusCode::kPermissionDenied, "TASK_FOR_ANOTHER",
                      "somebody else is asked: have it delegated to you",
                      {{"role", std::string(base::RoleName(task.role))}, {"person", task.person}});
  }
  SAS_RETURN_IF_ERROR(CheckAble(task.kind, actor.role));
  return true;
}

absl::Status CheckDelegate(const TaskValue& task, const base::Actor& actor) {
  SAS_RETURN_IF_ERROR(CheckLive(task));
  if (IsDoctor(actor) || IsNurseOf(actor, task.organization)) return absl::OkStatus();
  return NotADelegator();
}

absl::Status CheckClose(const TaskValue& task, const base::Actor& actor) {
  SAS_RETURN_IF_ERROR(CheckLive(task));
  if (task.state == TaskState::kOpen) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "TASK_NOT_TAKEN",
                      "nobody has the task: take it, then close it");
  }
  if (task.owner != actor.subject) return AlreadyTaken(task);
  return CheckAble(task.kind, actor.role);
}

absl::Status CheckCancel(const TaskValue& task, const base::Actor& actor) {
  SAS_RETURN_IF_ERROR(CheckLive(task));
  if (task.creator == actor.subject || IsNurseOf(actor, task.organization) ||
      base::IsRegulator(actor.role) || actor.role == Role::kSupervisor) {
    return absl::OkStatus();
  }
  return base::Fail(absl::StatusCode::kPermissionDenied, "NOT_TASK_CREATOR",
                    "who asked, the coordinating nurse or the CRRA takes it back: close it with "
                    "what came of it, or escalate");
}

Priority AskedPriority(Priority now) {
  return now == Priority::kP0 || now == Priority::kP1 ? now : Priority::kUnspecified;
}

absl::Status CheckDue(base::Instant due, base::Instant now, std::string_view field) {
  if (due > now && due <= now + kTaskDueMax) return absl::OkStatus();
  return base::InvalidField(field, "INVALID_DUE_TIME", "is ahead, by 90 days at most");
}

bool IsOverdue(TaskState state, base::Instant due, base::Instant now) {
  return !IsEnded(state) && due <= now;
}

}  // namespace sas::regulation
