#include "services/slots/domain/search_score.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "services/slots/domain/index/refs.h"
#include "services/slots/domain/judge_parts.h"
#include "services/slots/domain/search_points.h"

namespace sas::slots {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::size_t kTermsMostly = 5;

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
  if (total_minutes < 60) return absl::StrCat("dans ", total_minutes, " min");
  if (total_minutes < 48 * 60) {
    return absl::StrCat("dans ", total_minutes / 60, " h ",
                        absl::Dec(total_minutes % 60, absl::kZeroPad2));
  }
  return absl::StrCat("dans ", total_minutes / (24 * 60), " jours");
}

std::string DistanceText(int meters, const Detour& detour) {
  const int tenths = (meters + 50) / 100;
  std::string text = absl::StrCat(tenths / 10, ",", tenths % 10, " km à vol d’oiseau");
  if (detour.meters > 0) {
    absl::StrAppend(&text, ", au moins ", (detour.meters + 500) / 1000, " km de détour (",
                    base::ToAbsl(detour.label), ")");
  }
  return text;
}

}  // namespace

Explanation Explain(const Match& match, const Query& query) {
  const SlotRef& slot = match.slot;
  const int wait = MinutesUntil(match, query);
  Explanation why;
  why.rule = FindEntryRule(slot.rules(), query.need.entry_point);
  why.terms.reserve(kTermsMostly);
  why.terms.push_back(
      {"DELAY", std::max(0, kDelayPoints - wait / kMinutesPerDelayPoint), DelayText(wait)});
  why.terms.push_back({"DISTANCE", DistanceTerm(match.distance_meters + match.detour.meters),
                       DistanceText(match.distance_meters, match.detour)});
  why.terms.push_back(
      {"ROTATION", 0, absl::StrCat("place ", slot.site().rotation_rank() + 1, " de la rotation")});
  if (match.names_motif) {
    why.terms.push_back({"MOTIF", kMotifPoints, "motif nommé par le protocole du site"});
  }
  if (match.own_doctor) {
    why.terms.push_back({"TREATING_DOCTOR", kTreatingDoctorPoints, "médecin traitant"});
  }
  if (match.speaks) {
    why.terms.push_back({"LANGUAGE", kLanguagePoints,
                         absl::StrCat("parle ", base::ToAbsl(WishedLanguage(slot, query.need)))});
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
