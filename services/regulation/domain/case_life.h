#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "services/regulation/domain/values.h"

namespace sas::regulation {

/// Steps of HubSante.etat (domain.md §1.7); values equal RegulationCase.State.
enum class CaseState {
  kUnspecified = 0,
  kProgrammed = 1,  ///< PROGRAM
  kActive = 2,      ///< ACTIF
  kCompleted = 3,   ///< ACHEVE
  kValidated = 4,   ///< VALIDE
  kClosed = 5,      ///< CLOTURE
  kFiled = 6,       ///< CLASSE
  kArchived = 7,    ///< ARCHIVE
};

/// What can happen to a dossier, as far as its life cycle is concerned.
enum class CaseAct {
  kActivate,     ///< A programmed dossier starts.
  kWork,         ///< Lower priority, reflex departure, descriptive fields.
  kTake,         ///< Somebody takes it in his hands.
  kNote,         ///< A line of the thread.
  kReturn,       ///< A call, a bilan or an order brings it back to a regulator.
  kDecide,       ///< A decision, or an order.
  kComplete,     ///< All is decided and done.
  kValidate,     ///< Complete and coherent.
  kClose,        ///< 24 h after it was opened, or decided again: for good.
  kCloseDirect,  ///< Without medical act.
  kFile,         ///< Three months after opening.
  kArchive,
};

/// "PROGRAM", "ACTIF"…
std::string_view CaseStateCode(CaseState state);

/// State after `act`. FAILED_PRECONDITION `CASE_CLOSED` when the dossier is read-only (a new need
/// opens a new dossier), `CASE_STATE_FORBIDS` naming state and act otherwise.
absl::StatusOr<CaseState> Advance(CaseState state, CaseAct act);

/// How the life cycle moves by itself: when, and by what.
struct Ageing {
  CaseAct act;
  base::Instant due;
};

/// Of a dossier in this state. PROGRAM becomes ACTIF at its hour, which is `opened`. VALIDE becomes
/// CLOTURE 24 h after it became active: after its opening or, since a new decision makes it active
/// again, after its newest decision (`decided`, zero without one). CLOTURE becomes CLASSE three
/// months after the opening, CLASSE becomes ARCHIVE after `kept` (HubSante.etat). Nothing of
/// others.
std::optional<Ageing> AgeingOf(CaseState state, base::Instant opened, base::Instant decided,
                               std::chrono::years kept);

/// No dossier that was opened later moves by itself from this state at `now`.
base::Instant NewestToAge(CaseState state, base::Instant now, std::chrono::years kept);

inline constexpr std::chrono::years kKeptDefault{5};  ///< "2 or 5 years" in HubSante.etat.
inline constexpr std::chrono::years kKeptMin{2};
inline constexpr std::chrono::years kKeptMax{30};
inline constexpr std::chrono::days kPreparedMax{90};  ///< A dossier is prepared no longer before.

/// What completeness looks at.
struct CaseFacts {
  bool motif_known = false;
  Priority priority = Priority::kUnspecified;
  bool patient_without_decision = false;
  bool bilan_awaited = false;
  bool team_at_work = false;     ///< A team that has reported is not done with the patient.
  bool undecided_bilan = false;  ///< A bilan has no decision about its patient after it.
  bool reflex_unacknowledged = false;
  bool open_order = false;
  bool returned_order = false;    ///< An order came back and no decision followed.
  bool call_return_open = false;  ///< The caller hung up and nobody has reached him (hazard H-08).
};

/// Somebody on the dossier waits for a regulator's word: no decision about a patient, none after
/// his bilan, or none after his order came back (hazards H-15, H-29).
bool OwesDecision(const CaseFacts& facts);

/// Codes of what is missing before validation, in a fixed order: PRIORITY, MOTIF, DECISION, BILAN,
/// MISSION, DECISION_AFTER_BILAN, REFLEX_ACKNOWLEDGEMENT, OPEN_ORDER, RETURNED_ORDER, CALL_RETURN.
std::vector<std::string> MissingOf(const CaseFacts& facts);

/// OK to complete (ACHEVE): motif and priority may still be typed in later. FAILED_PRECONDITION
/// `CASE_INCOMPLETE` with what is missing.
absl::Status CheckComplete(const CaseFacts& facts);

/// OK to validate: nothing missing (B1: no VALIDE without bilan). FAILED_PRECONDITION
/// `CASE_INCOMPLETE`.
absl::Status CheckValidate(const CaseFacts& facts);

/// A dossier that an ARM may close alone: no medical act was made or is owed.
struct DirectCloseFacts {
  Priority priority = Priority::kUnspecified;
  bool vital_motif = false;
  bool medical_act = false;  ///< A decision, an order or a reflex departure exists.
  std::string attribution;   ///< Must be a DR or D code.
  bool call_return_open = false;
};

/// FAILED_PRECONDITION `CALL_RETURN_OPEN`, `MEDICAL_ACT_EXISTS`, `PRIORITY_FORBIDS_CLOSING`;
/// INVALID_ARGUMENT `ATTRIBUTION_REQUIRED`, `ATTRIBUTION_NOT_DIRECT`.
absl::Status CheckDirectClose(const DirectCloseFacts& facts);

}  // namespace sas::regulation
