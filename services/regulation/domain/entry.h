#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "services/regulation/domain/queue.h"
#include "services/regulation/domain/values.h"

/// Entries without regulation (seeds 002 and 003): who may make one, what comes of it, who sees it,
/// and in which order the file active is worked.
namespace sas::regulation {

/// Values equal EntryWish.
enum class EntryWish { kUnspecified = 0, kBook = 1, kCallBack = 2, kReorient = 3 };

/// Values equal EntryOutcome.
enum class EntryOutcome {
  kUnspecified = 0,
  kBook = 1,
  kWaiting = 2,
  kReoriented = 3,
  kRegulator = 4,
};

/// Opens dossiers without a call: pharmacist, nurses, triage, secretariat, assistant, doctor.
constexpr bool EntersDirectly(base::Role role) {
  switch (role) {
    case base::Role::kProfessional:
    case base::Role::kSecretariat:
    case base::Role::kEffecteur:
    case base::Role::kCoordinatingNurse:
    case base::Role::kMedicalAssistant:
    case base::Role::kSpecialisedNurse:
      return true;
    default:
      return false;
  }
}

/// May `actor` enter by `entry_point` ("pharmacie")? PERMISSION_DENIED `ENTRY_POINT_FORBIDDEN` for
/// another than his own (a practice may also organise locally), `PROFESSION_NOT_ALLOWED`;
/// FAILED_PRECONDITION `ORIENTING_PROFESSIONAL_REQUIRED` when a secretariat enters for a treating
/// doctor whom it does not name.
absl::Status CheckSubmitter(const base::Actor& actor, std::string_view entry_point,
                            bool orienting_professional_named);

/// What the dossier and its questionnaire say.
struct EntryAnswers {
  bool severity_sign = false;
  bool vital_motif = false;
  Priority minimum = Priority::kUnspecified;
  bool excluded = false;
  std::string orientation;           ///< Proposed where the patient is excluded.
  std::vector<std::string> missing;  ///< Mandatory questions without an answer.
  bool motif_identified = false;
  int attempts = 0;  ///< Parcours antérieur: calls and visits tried.
};

/// Urgent answers win over every wish and over what else is missing: a regulator. Otherwise
/// INVALID_ARGUMENT `WISH_REQUIRED`, `MOTIF_NOT_IDENTIFIED`; FAILED_PRECONDITION
/// `TRIAGE_INCOMPLETE`, `ATTEMPTS_REQUIRED`, `ENTRY_UNSUITABLE` (excluded, and the wish is not to
/// reorient).
absl::StatusOr<EntryOutcome> OutcomeOf(const EntryAnswers& answers, EntryWish wish);

/// Band in the file active: P3, or P2 for all that is more urgent or was not said.
Priority EntryPriority(Priority minimum);

/// Place in the file active (S2-22): P2 before P3, then age, then name.
QueueKey EntryKey(Priority priority, base::Instant created, const std::string& name);

/// Whose an order is.
struct EntryOwner {
  bool entered = false;  ///< Without regulation; otherwise a regulator ordered it.
  bool local = false;
  std::string organization;  ///< Of who entered it; empty when the credentials name none.
  std::string submitter;     ///< Subject.
};

/// Entries of one structure are no other's business (care::IsOwnEntry); local ones are not the
/// OSNP's. PERMISSION_DENIED `NOT_OWN_ENTRY`.
absl::Status CheckEntryRight(const base::Actor& actor, const EntryOwner& owner);

}  // namespace sas::regulation
