#include "services/booking/domain/eligibility.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/base/status.h"
#include "common/care/entry_way.h"

namespace sas::booking {
namespace {

constexpr int kTriageMax = 5;
constexpr int kTriageTooUrgentMax = 2;

// Names as in credentials.
constexpr std::array<std::pair<std::string_view, EntryPoint>, 11> kEntryPoints{{
    {"line_15", EntryPoint::kLine15},
    {"line_116117", EntryPoint::kLine116117},
    {"medecin_traitant", EntryPoint::kMedecinTraitant},
    {"secretariat", EntryPoint::kSecretariat},
    {"urgences", EntryPoint::kUrgences},
    {"pharmacie", EntryPoint::kPharmacie},
    {"idel", EntryPoint::kIdel},
    {"podologue", EntryPoint::kPodologue},
    {"autre_professionnel", EntryPoint::kAutreProfessionnel},
    {"partenaire", EntryPoint::kPartenaire},
    {"local", EntryPoint::kLocal},
}};

EntryPoint Parse(std::string_view name) {
  for (const auto& [known, value] : kEntryPoints) {
    if (known == name) return value;
  }
  return EntryPoint::kUnspecified;
}

std::string_view NameOf(EntryPoint entry_point) {
  for (const auto& [name, value] : kEntryPoints) {
    if (value == entry_point) return name;
  }
  return "";
}

bool Fits(const base::Actor& actor, EntryPoint entry_point, bool has_order) {
  const EntryPoint own = Parse(actor.entry_point);
  const std::string_view name = NameOf(entry_point);
  switch (actor.role) {
    case base::Role::kOsnp:
    case base::Role::kRegulatorAmu:
    case base::Role::kRegulatorMg:
      return IsRegulationLine(entry_point) || has_order;
    case base::Role::kProfessional:
      return own == entry_point && !IsRegulationLine(own) && own != EntryPoint::kSecretariat &&
             own != EntryPoint::kUnspecified;
    case base::Role::kSecretariat:
    case base::Role::kEffecteur:
      // What a practice organises locally, outside the SAS, is an entry first.
      return care::EntersBy(actor, name) && (has_order || care::OwnEntryPoint(actor) == name);
    default:
      return false;
  }
}

absl::Status Forbid(std::string_view reason, std::string_view message,
                    base::Metadata metadata = {}) {
  return base::Fail(absl::StatusCode::kPermissionDenied, reason, message, std::move(metadata));
}

absl::Status Refuse(std::string_view reason, std::string_view message) {
  return base::Fail(absl::StatusCode::kFailedPrecondition, reason, message);
}

template <typename Value>
bool Has(const std::vector<Value>& values, const Value& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

absl::Status CheckReason(const EntryRule& rule, const Entry& entry) {
  if (rule.access_reasons.empty()) return absl::OkStatus();
  if (entry.access_reason == AccessReason::kUnspecified) {
    return Refuse("ACCESS_REASON_REQUIRED",
                  "this site asks why the patient comes here: ask and say it (sans médecin "
                  "traitant, pas de rendez-vous sous 48 h…)");
  }
  if (!Has(rule.access_reasons, entry.access_reason)) {
    return Refuse("ACCESS_REASON_NOT_ACCEPTED",
                  "this site does not receive patients for that reason; search another one");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckBooker(const base::Actor& actor, EntryPoint entry_point, bool has_order) {
  if (Fits(actor, entry_point, has_order)) return absl::OkStatus();
  return Forbid("ENTRY_POINT_FORBIDDEN",
                "these credentials do not enter by this entry point; use your own",
                {{"own_entry_point", std::string(care::OwnEntryPoint(actor))}});
}

absl::Status CheckEntry(const EntryRule& rule, const Entry& entry) {
  if (rule.entry_point != entry.entry_point) {
    return Forbid("ENTRY_POINT_CLOSED", "the site is not open to this entry point");
  }
  if (!rule.profession_codes.empty() && !Has(rule.profession_codes, entry.profession)) {
    return Forbid("PROFESSION_NOT_ALLOWED", "the site does not let this profession book");
  }
  if (rule.order_required && !entry.has_order) {
    return Refuse(
        "ORDER_REQUIRED",
        "the agenda is regulated: the patient calls the 15 or 116 117, whose order books");
  }
  SAS_RETURN_IF_ERROR(CheckReason(rule, entry));
  if (rule.orienting_professional_required && !entry.orienting_professional_named) {
    return Refuse("ORIENTING_PROFESSIONAL_REQUIRED",
                  "name the professional who prescribed or oriented, by RPPS");
  }
  if (rule.evaluation_required && !entry.evaluation) {
    return Refuse("EVALUATION_REQUIRED",
                  "record the evaluation of the emergency department before the redirection");
  }
  return CheckSaid(entry);
}

absl::Status CheckSaid(const Entry& entry) {
  // Asked for the reason itself, whether or not the site lists reasons.
  if (NeedsAttempts(entry.access_reason) && entry.attempt_count == 0) {
    return Refuse("ATTEMPTS_REQUIRED", "that reason needs what was tried before: whom, when");
  }
  return entry.evaluation ? CheckEvaluation(*entry.evaluation) : absl::OkStatus();
}

absl::Status CheckEvaluation(const Evaluation& evaluation) {
  if (evaluation.triage_level < 1 || evaluation.triage_level > kTriageMax) {
    return base::InvalidField("appointment.evaluation.triage_level", "INVALID_TRIAGE_LEVEL",
                              "must be 1 (most urgent) to 5");
  }
  if (evaluation.triage_level <= kTriageTooUrgentMax) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "EVALUATION_TOO_URGENT",
                      "triage levels 1 and 2 stay at the emergency department",
                      {{"triage_level", std::to_string(evaluation.triage_level)}});
  }
  if (!evaluation.reason_given) {
    return base::InvalidField("appointment.evaluation.reason", "EVALUATION_REASON_REQUIRED",
                              "say why the emergency department is not needed");
  }
  if (!evaluation.protocol_named) {
    return base::InvalidField("appointment.evaluation.protocol", "PROTOCOL_REQUIRED",
                              "name the written protocol and its version");
  }
  if (evaluation.patient_informed) return absl::OkStatus();
  return Refuse("PATIENT_NOT_INFORMED",
                "tell the patient first that he may stay, then say so here");
}

}  // namespace sas::booking
