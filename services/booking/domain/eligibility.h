#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "services/booking/domain/values.h"

/// Who may book whom, where. Judged by the server at the confirmation, whatever a console checked
/// before (hazard H-21).
namespace sas::booking {

/// The rule of a site by which an entry was let in.
struct EntryRule {
  EntryPoint entry_point = EntryPoint::kUnspecified;
  bool order_required = false;  ///< Agenda REGULATED: by an order of the regulation only.
  std::vector<std::string> profession_codes;  ///< TRE_G15; empty means every profession.
  std::vector<AccessReason> access_reasons;   ///< Empty means that none is asked.
  bool evaluation_required = false;
  bool orienting_professional_required = false;
};

/// What an emergency department recorded.
struct Evaluation {
  int triage_level = 0;  ///< 1, most urgent, to 5.
  bool reason_given = false;
  bool patient_informed = false;
  bool protocol_named = false;
};

/// What a booking says of itself.
struct Entry {
  EntryPoint entry_point = EntryPoint::kUnspecified;
  bool has_order = false;
  std::string profession;  ///< From the credentials.
  AccessReason access_reason = AccessReason::kUnspecified;
  int attempt_count = 0;
  bool orienting_professional_named = false;
  std::optional<Evaluation> evaluation;
};

/// PERMISSION_DENIED `ENTRY_POINT_FORBIDDEN`: regulators and OSNP enter by 15 and 116 117 (or, for
/// an order of the file active, by the way of its entry, which CheckOrder asks), a professional by
/// the entry point of his credentials, a practice (secretariat, effecteur) by the ways by which it
/// enters (care::EntersBy); nobody else books.
absl::Status CheckBooker(const base::Actor& actor, EntryPoint entry_point, bool has_order = false);

/// 15 or 116 117.
constexpr bool IsRegulationLine(EntryPoint entry_point) {
  return entry_point == EntryPoint::kLine15 || entry_point == EntryPoint::kLine116117;
}

/// What a booking says of itself must be whole at any site, so that it is judged before its seat is
/// asked for. FAILED_PRECONDITION `ATTEMPTS_REQUIRED`, and what CheckEvaluation refuses.
absl::Status CheckSaid(const Entry& entry);

/// PERMISSION_DENIED `ENTRY_POINT_CLOSED`, `PROFESSION_NOT_ALLOWED`; FAILED_PRECONDITION
/// `ORDER_REQUIRED`, `ACCESS_REASON_REQUIRED`, `ACCESS_REASON_NOT_ACCEPTED`,
/// `ORIENTING_PROFESSIONAL_REQUIRED`, `EVALUATION_REQUIRED` and what CheckSaid refuses.
absl::Status CheckEntry(const EntryRule& rule, const Entry& entry);

/// FAILED_PRECONDITION `EVALUATION_TOO_URGENT` (levels 1 and 2 stay at the emergency department),
/// `PATIENT_NOT_INFORMED`, INVALID_ARGUMENT `INVALID_TRIAGE_LEVEL`, `EVALUATION_REASON_REQUIRED`,
/// `PROTOCOL_REQUIRED`.
absl::Status CheckEvaluation(const Evaluation& evaluation);

/// Reasons that keep what was tried before: whom, when (S0-02, S4-01).
constexpr bool NeedsAttempts(AccessReason reason) {
  return reason == AccessReason::kPasDeRdv48h || reason == AccessReason::kSansReponseCabinets;
}

}  // namespace sas::booking
