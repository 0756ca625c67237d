#include <array>
#include <string>

#include "absl/strings/str_format.h"
#include "common/base/status.h"
#include "common/care/nomenclature.h"
#include "services/slots/domain/site_rules.h"

namespace sas::slots {
namespace {

constexpr std::string_view kRegulator = "REGULATOR";
constexpr std::string_view kSite = "SITE";
constexpr std::string_view kNobody = "NOBODY";

struct Entry {
  std::string_view code;
  std::string_view lifter;
};

/// By the values of Exclusion. A regulator lifts what is administrative; what is clinical or the
/// practice's own (motif, age, seats, its patients, its caps) is asked by telephone; a recorded
/// evaluation and the dates of a site are lifted by nobody.
constexpr std::array<Entry, kExclusions> kEntries{{{"NONE", kNobody},
                                                   {"ENTRY_POINT_CLOSED", kRegulator},
                                                   {"ORDER_REQUIRED", kRegulator},
                                                   {"PROFESSION_NOT_ALLOWED", kRegulator},
                                                   {"ACCESS_REASON_REQUIRED", kRegulator},
                                                   {"ACCESS_REASON_NOT_ACCEPTED", kRegulator},
                                                   {"EVALUATION_REQUIRED", kNobody},
                                                   {"ORIENTING_PROFESSIONAL_REQUIRED", kRegulator},
                                                   {"MOTIF_NOT_ACCEPTED", kSite},
                                                   {"AGE_NOT_ACCEPTED", kSite},
                                                   {"MODE_NOT_OFFERED", kSite},
                                                   {"OWN_PATIENTS_ONLY", kSite},
                                                   {"TERRITORY_NOT_SERVED", kRegulator},
                                                   {"WHEELCHAIR_NO", kSite},
                                                   {"NO_SESSION_IN_WINDOW", kSite},
                                                   {"FULL", kSite},
                                                   {"UNSTAFFED", kSite},
                                                   {"NOT_OPEN_YET", kNobody},
                                                   {"ENDED", kNobody},
                                                   {"EXCLUDED_BY_RULE", kSite},
                                                   {"SLOT_TOO_SHORT", kSite},
                                                   {"MOTIF_NOT_FOR_PRACTITIONER", kNobody},
                                                   {"CAPPED", kSite},
                                                   {"PREGNANCY_NOT_ACCEPTED", kSite},
                                                   {"SITE_RIGHT_REQUIRED", kSite},
                                                   {"CPTS_MEMBERS_ONLY", kSite}}};

const Entry& EntryOf(Exclusion exclusion) {
  return kEntries.at(static_cast<std::size_t>(exclusion));
}

std::string_view EntryPointText(EntryPoint entry_point) {
  constexpr std::array<std::string_view, 12> kNames{
      "non précisée",        "ligne 15",          "ligne 116 117",
      "médecin traitant",    "secrétariat",       "urgences",
      "pharmacie",           "infirmier libéral", "pédicure-podologue",
      "autre professionnel", "partenaire",        "organisation locale"};
  return kNames.at(static_cast<std::size_t>(entry_point));
}

std::string MotifText(std::string_view code) {
  return absl::StrFormat("%s (%s)", care::MotifLabel(code), code);
}

std::string DateFr(const care::Date& date) {
  return absl::StrFormat("%02d/%02d/%04d", date.day, date.month, date.year);
}

std::string LimitsText(const SiteRules& site) {
  const bool from = site.age_min.unit != care::AgeUnit::kUnspecified;
  const bool to = site.age_max.unit != care::AgeUnit::kUnspecified;
  std::string text;
  if (from) text += " à partir de " + care::AgeText(site.age_min);
  if (to) text += (from ? " et" : "") + (" jusqu’à " + care::AgeText(site.age_max));
  return text.empty() ? " selon le motif" : text;
}

}  // namespace

std::string_view ExclusionCode(Exclusion exclusion) {
  return EntryOf(exclusion).code;
}

std::string_view ExclusionLifter(Exclusion exclusion) {
  return EntryOf(exclusion).lifter;
}

std::optional<Exclusion> LiftableRule(std::string_view code) {
  for (std::size_t i = 0; i < kEntries.size(); ++i) {
    if (kEntries[i].code == code && kEntries[i].lifter == kRegulator) {
      return static_cast<Exclusion>(i);
    }
  }
  return std::nullopt;
}

bool TextIsOfNeed(Exclusion exclusion) {
  return exclusion != Exclusion::kAgeNotAccepted && exclusion != Exclusion::kNotOpenYet &&
         exclusion != Exclusion::kEnded && exclusion != Exclusion::kExcludedByRule;
}

std::string ExclusionText(Exclusion exclusion, const SiteRules& site, const Need& need) {
  switch (exclusion) {
    case Exclusion::kNone:
      return "Le site reçoit ce patient.";
    case Exclusion::kEntryPointClosed:
      return absl::StrFormat("Le site n’est pas ouvert à cette voie d’entrée (%s).",
                             EntryPointText(need.entry_point));
    case Exclusion::kOrderRequired:
      return "Agenda régulé : une demande de la régulation est nécessaire.";
    case Exclusion::kProfessionNotAllowed:
      return "La profession de l’appelant n’est pas dans la liste du site.";
    case Exclusion::kAccessReasonRequired:
      return "Le site demande le motif d’accès : sans médecin traitant, médecin indisponible, etc.";
    case Exclusion::kAccessReasonNotAccepted:
      return "Le site n’accepte pas ce motif d’accès.";
    case Exclusion::kEvaluationRequired:
      return "Une évaluation enregistrée (IOA, IAO ou MAO) est nécessaire.";
    case Exclusion::kOrientingProfessionalRequired:
      return "Le professionnel qui oriente doit être nommé par son RPPS.";
    case Exclusion::kMotifNotAccepted:
      return absl::StrFormat("Le site ne reçoit pas ce motif : %s.", MotifText(need.motif_code));
    case Exclusion::kAgeNotAccepted:
      return absl::StrFormat("Le site ne reçoit pas cet âge (%s) : il reçoit%s.",
                             care::AgeText(need.age), LimitsText(site));
    case Exclusion::kModeNotOffered:
      return "Aucun créneau dans le mode demandé (cabinet, domicile ou téléconsultation).";
    case Exclusion::kOwnPatientsOnly:
      return "Réservé aux patients dont le médecin traitant exerce ici.";
    case Exclusion::kTerritoryNotServed:
      return absl::StrFormat("Le site ne reçoit pas les demandes du territoire %s.",
                             need.territory);
    case Exclusion::kWheelchairNo:
      return "Le site n’est pas accessible en fauteuil roulant.";
    case Exclusion::kPregnancyNotAccepted:
      return "Le site ne reçoit pas les patientes enceintes.";
    case Exclusion::kNoSessionInWindow:
      return "Aucun créneau ouvert à cette voie d’entrée pendant la période demandée.";
    case Exclusion::kFull:
      return "Complet pendant la période demandée, ou plafond du jour ou de ses heures atteint.";
    case Exclusion::kUnstaffed:
      return "Séance à pourvoir : aucun médecin n’est nommé.";
    case Exclusion::kNotOpenYet:
      return absl::StrFormat("Le site ouvre le %s.", DateFr(site.opening_date));
    case Exclusion::kEnded:
      return site.end_date ? absl::StrFormat("Le site a fermé le %s.", DateFr(*site.end_date))
                           : "Le site est fermé.";
    case Exclusion::kExcludedByRule: {
      const CareRule* rule = DecidingRule(site, need);
      return rule == nullptr ? "Le site ne reçoit pas ce patient." : rule->explanation;
    }
    case Exclusion::kSlotTooShort:
      return absl::StrFormat("Les créneaux du site sont trop courts pour ce motif : %s.",
                             MotifText(need.motif_code));
    case Exclusion::kMotifNotForPractitioner:
      return absl::StrFormat("Le professionnel qui reçoit ne prend pas ce motif : %s.",
                             MotifText(need.motif_code));
    case Exclusion::kSiteRightRequired:
      return "Les agendas de ce site sont réservés à ceux que le site nomme.";
    case Exclusion::kCptsMembersOnly:
      return "Créneaux réservés aux membres de la communauté (CPTS) du site.";
    case Exclusion::kCapped:
      return "Le professionnel qui reçoit a atteint son plafond de rendez-vous SAS de la semaine.";
  }
  return "";
}

absl::Status Refusal(Exclusion exclusion, const SiteRules& site, const Need& need) {
  const bool denied = exclusion == Exclusion::kEntryPointClosed ||
                      exclusion == Exclusion::kProfessionNotAllowed ||
                      exclusion == Exclusion::kSiteRightRequired;
  return base::Fail(
      denied ? absl::StatusCode::kPermissionDenied : absl::StatusCode::kFailedPrecondition,
      ExclusionCode(exclusion),
      "the site's rules refuse this booking; see the rule and who may lift it",
      {{"site", site.name},
       {"rule", ExclusionText(exclusion, site, need)},
       {"lifted_by", std::string(ExclusionLifter(exclusion))}});
}

}  // namespace sas::slots
