#include "services/slots/domain/search_score.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_format.h"

namespace sas::slots {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr int kMinutesPerPoint = 15;
constexpr int kMetersPerPoint = 1000;

int MinutesUntil(const Candidate& candidate, const Query& query) {
  const auto delay = candidate.slot->slot.start - query.now;
  return static_cast<int>(
      std::max<minutes::rep>(0, std::chrono::duration_cast<minutes>(delay).count()));
}

int DelayTerm(const Candidate& candidate, const Query& query) {
  return std::max(0, kDelayPoints - MinutesUntil(candidate, query) / kMinutesPerPoint);
}

int DistanceTerm(const Candidate& candidate) {
  return std::max(0, kDistancePoints - candidate.distance_meters / kMetersPerPoint);
}

bool NamesMotif(const IndexedSite& site, const Need& need) {
  const auto& motifs = site.rules.accepted_motifs;
  return std::any_of(motifs.begin(), motifs.end(),
                     [&](const MotifRule& rule) { return rule.motif_code == need.motif_code; });
}

/// Does who receives speak a language that was wished for? Its code, empty when not.
std::string_view WishedLanguage(const IndexedSlot& slot, const Need& need) {
  if (slot.practitioner == nullptr) return {};
  const auto& spoken = slot.practitioner->language_codes;
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

std::string DistanceText(int meters) {
  const int tenths = (meters + 50) / 100;
  return absl::StrFormat("%d,%d km à vol d’oiseau", tenths / 10, tenths % 10);
}

}  // namespace

bool IsUnverified(const Snapshot& snapshot, const IndexedSite& site, base::Instant now) {
  const bool own_source = site.verified != base::Instant{};
  const base::Instant vouched =
      own_source ? std::min(site.verified, snapshot.fresh) : snapshot.fresh;
  return now - vouched > kVerifiedFor;
}

bool IsUnverified(const IndexedSlot& slot, base::Instant now) {
  const auto& source = slot.slot.source;
  return source != nullptr && now - source->vouched() > kVerifiedFor;
}

void Rank(Candidate& candidate, const Query& query) {
  const IndexedSlot& slot = *candidate.slot;
  const std::string& doctor = query.need.treating_doctor_rpps;
  candidate.past_deadline = slot.slot.start > query.due;
  candidate.own_doctor = !doctor.empty() && slot.practitioner_rpps == doctor;
  candidate.delay_class = DelayClass(slot.slot.start - query.now);
  candidate.distance_band = DistanceBand(candidate.distance_meters);
  candidate.rotation_rank = candidate.site->rotation_rank;
  candidate.score = DelayTerm(candidate, query) + DistanceTerm(candidate);
  if (NamesMotif(*candidate.site, query.need)) candidate.score += kMotifPoints;
  if (candidate.own_doctor) candidate.score += kTreatingDoctorPoints;
  if (!WishedLanguage(slot, query.need).empty()) candidate.score += kLanguagePoints;
  if (candidate.above_soft_cap) candidate.score += kSoftCapPoints;
  if (candidate.unverified) candidate.score += kUnverifiedPoints;
}

Match Explain(const Candidate& candidate, const Query& query) {
  const IndexedSite& site = *candidate.site;
  Match match;
  match.site = candidate.site;
  match.slot = candidate.slot;
  match.rule = candidate.rule;
  match.distance_meters = candidate.distance_meters;
  match.past_deadline = candidate.past_deadline;
  match.unverified = candidate.unverified;
  match.score = candidate.score;
  match.terms.push_back(
      {"DELAY", DelayTerm(candidate, query), DelayText(MinutesUntil(candidate, query))});
  match.terms.push_back(
      {"DISTANCE", DistanceTerm(candidate), DistanceText(candidate.distance_meters)});
  match.terms.push_back(
      {"ROTATION", 0, absl::StrFormat("place %d de la rotation", candidate.rotation_rank + 1)});
  if (NamesMotif(site, query.need)) {
    match.terms.push_back({"MOTIF", kMotifPoints, "motif nommé par le protocole du site"});
  }
  if (candidate.own_doctor) {
    match.terms.push_back({"TREATING_DOCTOR", kTreatingDoctorPoints, "médecin traitant"});
  }
  const std::string_view language = WishedLanguage(*candidate.slot, query.need);
  if (!language.empty()) {
    match.terms.push_back({"LANGUAGE", kLanguagePoints, absl::StrFormat("parle %s", language)});
  }
  if (candidate.above_soft_cap) {
    match.terms.push_back({"SOFT_CAP", kSoftCapPoints, "plafond souple du jour atteint"});
  }
  if (candidate.unverified) {
    match.terms.push_back({"UNVERIFIED", kUnverifiedPoints, "non vérifié depuis 30 s"});
  }
  if (query.need.wheelchair && !site.rules.wheelchair.has_value()) {
    match.unknown_criteria.emplace_back("WHEELCHAIR");
  }
  return match;
}

}  // namespace sas::slots
