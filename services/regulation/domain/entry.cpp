#include "services/regulation/domain/entry.h"

#include <algorithm>

#include "common/base/status.h"
#include "common/care/entry_way.h"
#include "services/regulation/domain/priority.h"

namespace sas::regulation {
namespace {

using base::Role;

absl::Status NotOwn(std::string_view message) {
  return base::Fail(absl::StatusCode::kPermissionDenied, "NOT_OWN_ENTRY", message);
}

}  // namespace

absl::Status CheckSubmitter(const base::Actor& actor, std::string_view entry_point,
                            bool orienting_professional_named) {
  if (!care::EntersBy(actor, entry_point)) {
    return base::Fail(absl::StatusCode::kPermissionDenied, "ENTRY_POINT_FORBIDDEN",
                      "your credentials are for another entry point",
                      {{"entry_point", std::string(entry_point)}});
  }
  const auto professions = care::ProfessionsOf(entry_point);
  if (actor.role == Role::kProfessional && !professions.empty() &&
      std::find(professions.begin(), professions.end(), actor.profession) == professions.end()) {
    return base::Fail(absl::StatusCode::kPermissionDenied, "PROFESSION_NOT_ALLOWED",
                      "your profession does not enter by this way; use your own",
                      {{"entry_point", std::string(entry_point)}});
  }
  const bool for_doctor = actor.role == Role::kSecretariat && entry_point == "medecin_traitant";
  if (!for_doctor || orienting_professional_named) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kFailedPrecondition, "ORIENTING_PROFESSIONAL_REQUIRED",
                    "name the professional who prescribed or oriented, by RPPS");
}

absl::StatusOr<EntryOutcome> OutcomeOf(const EntryAnswers& answers, EntryWish wish) {
  const bool urgent = answers.minimum == Priority::kP0 || answers.minimum == Priority::kP1;
  if (answers.severity_sign || answers.vital_motif || urgent) return EntryOutcome::kRegulator;
  if (wish == EntryWish::kUnspecified) {
    return base::InvalidField("wish", "WISH_REQUIRED",
                              "say what is wished: a slot at once, a call back, or elsewhere");
  }
  if (!answers.motif_identified) {
    return base::InvalidField("regulation_case.motif_code", "MOTIF_NOT_IDENTIFIED",
                              "a practice must know why the patient comes; without a motif ask a "
                              "regulator");
  }
  if (!answers.missing.empty()) {
    std::string list;
    for (const std::string& question : answers.missing) {
      list += (list.empty() ? "" : ",") + question;
    }
    return base::Fail(absl::StatusCode::kFailedPrecondition, "TRIAGE_INCOMPLETE",
                      "mandatory questions of the protocol were not asked: ask them first",
                      {{"missing", list}});
  }
  if (answers.attempts == 0) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "ATTEMPTS_REQUIRED",
                      "say what was tried before: whom, when, and what came of it");
  }
  if (wish == EntryWish::kReorient) return EntryOutcome::kReoriented;
  if (answers.excluded) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "ENTRY_UNSUITABLE",
                      "the protocol excludes this patient here: enter him with a reorientation, "
                      "or let him call the 15 or 116 117",
                      {{"orientation", answers.orientation}});
  }
  return wish == EntryWish::kBook ? EntryOutcome::kBook : EntryOutcome::kWaiting;
}

Priority EntryPriority(Priority minimum) {
  const bool later = minimum == Priority::kP3 || minimum == Priority::kNr;
  return later ? Priority::kP3 : Priority::kP2;
}

QueueKey EntryKey(Priority priority, base::Instant created, const std::string& name) {
  QueueKey key;
  key.band = RuleOf(priority).band;
  key.wait_start_us =
      std::chrono::duration_cast<std::chrono::microseconds>(created.time_since_epoch()).count();
  key.name = name;
  return key;
}

absl::Status CheckEntryRight(const base::Actor& actor, const EntryOwner& owner) {
  if (actor.role == Role::kOsnp) {
    if (!owner.local) return absl::OkStatus();
    return NotOwn("a structure organises this request itself, outside the SAS");
  }
  if (!EntersDirectly(actor.role)) return absl::OkStatus();
  const bool own = care::IsOwnEntry(actor, owner.organization, owner.submitter);
  if (owner.entered && own) return absl::OkStatus();
  return NotOwn("you see the entries of your own structure, and no others");
}

}  // namespace sas::regulation
