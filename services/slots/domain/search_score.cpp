#include "services/slots/domain/search_score.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/slots/domain/index/refs.h"
#include "services/slots/domain/judge_parts.h"
#include "services/slots/domain/search_points.h"

namespace sas::slots {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

int MinutesUntil(const Match& match, const Query& query) {
  const auto delay = match.slot.start() - query.now;
  return static_cast<int>(
      std::max<minutes::rep>(0, std::chrono::duration_cast<minutes>(delay).count()));
}

/// Does who receives speak a language that was wished for? Its code, empty when not.
std::string_view WishedLanguage(const SlotRef& slot, const Need& need) {
  const auto& rules = slot.series().text->rules;
  if (rules == nullptr) return {};
  const auto& spoken = rules->language_codes;
  const auto found =
      std::find_if(need.languages.begin(), need.languages.end(), [&](const std::string& language) {
        return std::find(spoken.begin(), spoken.end(), language) != spoken.end();
      });
  return found == need.languages.end() ? std::string_view() : std::string_view(*found);
}

std::string DelayText(int total_minutes) {
  if (total_minutes < 60) return absl::StrFormat("dans %d min", total_minutes);
  if (total_minutes < 48 * 60) {
    return absl::StrFormat("dans %d h %02d", total_minutes / 60, total_minutes % 60);
  }
  return absl::StrFormat("dans %d jours", total_minutes / (24 * 60));
}

std::string DistanceText(int meters, const Detour& detour) {
  const int tenths = (meters + 50) / 100;
  std::string text = absl::StrFormat("%d,%d km à vol d’oiseau", tenths / 10, tenths % 10);
  if (detour.meters > 0) {
    text += absl::StrFormat(", au moins %d km de détour (%s)", (detour.meters + 500) / 1000,
                            detour.label);
  }
  return text;
}

}  // namespace

Explanation Explain(const Match& match, const Query& query) {
  const SlotRef& slot = match.slot;
  const int wait = MinutesUntil(match, query);
  Explanation why;
  why.rule = FindEntryRule(slot.rules(), query.need.entry_point);
  why.terms.push_back(
      {"DELAY", std::max(0, kDelayPoints - wait / kMinutesPerDelayPoint), DelayText(wait)});
  why.terms.push_back({"DISTANCE", DistanceTerm(match.distance_meters + match.detour.meters),
                       DistanceText(match.distance_meters, match.detour)});
  why.terms.push_back(
      {"ROTATION", 0, absl::StrFormat("place %d de la rotation", slot.site().rotation_rank() + 1)});
  if (match.names_motif) {
    why.terms.push_back({"MOTIF", kMotifPoints, "motif nommé par le protocole du site"});
  }
  if (match.own_doctor) {
    why.terms.push_back({"TREATING_DOCTOR", kTreatingDoctorPoints, "médecin traitant"});
  }
  if (match.speaks) {
    why.terms.push_back({"LANGUAGE", kLanguagePoints,
                         absl::StrFormat("parle %s", WishedLanguage(slot, query.need))});
  }
  if (match.spares_the_way) {
    why.terms.push_back({"NO_WAY", kNoWayPoints, "à domicile ou à distance : sans véhicule"});
  }
  const SiteRules& site = slot.rules();
  if (AsksPregnancy(query.need, !site.pregnancy.has_value(), RefusesPregnancy(site))) {
    why.terms.push_back({"TO_ASK", kUnknownPoints, "grossesse à vérifier par téléphone"});
    why.unknown_criteria.emplace_back("PREGNANCY");
  }
  if (query.need.wheelchair && !slot.rules().wheelchair.has_value()) {
    why.terms.push_back({"TO_ASK", kUnknownPoints, "fauteuil roulant à vérifier par téléphone"});
    why.unknown_criteria.emplace_back("WHEELCHAIR");
  }
  if (match.above_soft_cap) {
    why.terms.push_back({"SOFT_CAP", kSoftCapPoints, "plafond souple du jour atteint"});
  }
  if (match.unverified) {
    why.terms.push_back({"UNVERIFIED", kUnverifiedPoints, "non vérifié depuis 30 s"});
  }
  return why;
}

}  // namespace sas::slots
