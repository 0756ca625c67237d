#include "tools/bench_driver/fairness_demand.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include "tools/bench_driver/synthetic_region.h"

namespace sas::bench {
namespace {

/// What Mix draws for.
enum What : std::uint64_t { kPlace, kDay, kHour, kMinute, kMotif, kAge, kWho, kLine, kReason };

constexpr char kOrienting[] = "10005681340";

/// Of those who may orient without the regulation.
const char* ProfessionOf(slots::EntryPoint entry) {
  switch (entry) {
    case slots::EntryPoint::kPharmacie:
      return "21";
    case slots::EntryPoint::kIdel:
      return "60";
    case slots::EntryPoint::kPodologue:
      return "80";
    case slots::EntryPoint::kUrgences:
      return "60";
    default:
      return "";
  }
}

/// One way of asking, with the reasons that go with it.
struct Entry {
  slots::EntryPoint point = slots::EntryPoint::kLine15;
  std::vector<slots::AccessReason> reasons;
};

/// Why the treating doctor does not see the patient: each is as frequent.
std::vector<slots::AccessReason> AnyReason() {
  using slots::AccessReason;
  return {AccessReason::kSansMt, AccessReason::kMtIndisponible, AccessReason::kPasDeRdv48h,
          AccessReason::kHorsResidence, AccessReason::kSansReponseCabinets};
}

/// One request in so many comes from a professional, where a site of the territory lets some in.
constexpr std::uint64_t kProfessionalOneIn = 10;

/// Entries of professionals that a site of the territory opens.
std::vector<Entry> ProfessionalsOf(const FairTerritory& territory) {
  using slots::AccessReason;
  using slots::EntryPoint;
  std::map<EntryPoint, std::vector<AccessReason>> professionals;
  for (const slots::IndexedSite& site : territory.sites) {
    if (!TakesPart(site)) continue;
    for (const slots::EntryRule& rule : site.rules.entry_rules) {
      if (*ProfessionOf(rule.entry_point) == '\0') continue;
      professionals[rule.entry_point] =
          rule.access_reasons.empty() ? AnyReason() : rule.access_reasons;
    }
  }
  std::vector<Entry> entries;
  for (const auto& [point, reasons] : professionals) entries.push_back({point, reasons});
  return entries;
}

/// Index of a draw in proportion to weights.
std::size_t Draw(const std::vector<double>& weights, std::uint64_t bits) {
  const double all = std::accumulate(weights.begin(), weights.end(), 0.0);
  double rest = static_cast<double>(bits >> 11U) * 0x1p-53 * all;
  for (std::size_t i = 0; i + 1 < weights.size(); ++i) {
    if (rest < weights[i]) return i;
    rest -= weights[i];
  }
  return weights.size() - 1;
}

}  // namespace

DemandProfile ReadDemand(const std::string& file) {
  std::ifstream in(file);
  if (!in) {
    // Nights a fifth of the days, a summit in the morning and in the evening.
    return {{1, 1, 1, 1, 1, 1.4, 1.6},
            {2, 1, 1, 1, 1, 1, 2, 3, 6, 9, 10, 9, 8, 8, 9, 9, 9, 10, 10, 9, 8, 7, 5, 3},
            "built in"};
  }
  const nlohmann::json profiles = nlohmann::json::parse(in);
  DemandProfile profile;
  profile.weekday =
      profiles.at("samu_daily").at("weekday_factor_mon_to_sun").get<std::vector<double>>();
  profile.hour =
      profiles.at("ed_arrivals_by_hour").at("count_0h_to_23h").get<std::vector<double>>();
  profile.source = "shared/data/demand/profiles_fr.json";
  return profile;
}

std::vector<FairRequest> MakeRequests(const FairTerritory& territory, const DemandProfile& profile,
                                      const care::Date& first, const care::Date& last, int count,
                                      std::uint64_t seed) {
  const care::Zone paris = *care::Zone::Load("Europe/Paris");
  std::vector<double> people;
  for (const Basin& basin : territory.basins) people.push_back(basin.population);
  std::vector<double> days;
  for (care::Date day = first; day <= last; day = care::AddDays(day, 1)) {
    days.push_back(profile.weekday[static_cast<std::size_t>(care::Weekday(day) - 1)]);
  }
  const std::vector<Entry> professionals = ProfessionalsOf(territory);
  const std::vector<Entry> lines = {{slots::EntryPoint::kLine15, AnyReason()},
                                    {slots::EntryPoint::kLine116117, AnyReason()}};
  std::vector<FairRequest> requests;
  for (int i = 0; i < count; ++i) {
    const auto bits = [&](What what) { return Mix(seed, what, static_cast<std::uint64_t>(i)); };
    const Basin& basin = territory.basins[Draw(people, bits(kPlace))];
    const auto day = care::AddDays(first, static_cast<int>(Draw(days, bits(kDay))));
    const auto hour = static_cast<int>(Draw(profile.hour, bits(kHour)));
    FairRequest request;
    request.at = paris.At(day, {hour * 60 + static_cast<int>(bits(kMinute) % 60)});
    request.point = basin.point;
    slots::Need& need = request.need;
    const bool direct = !professionals.empty() && bits(kWho) % kProfessionalOneIn == 0;
    const std::vector<Entry>& entries = direct ? professionals : lines;
    const Entry& entry = entries[bits(kLine) % entries.size()];
    need.entry_point = entry.point;
    need.has_order = need.entry_point == slots::EntryPoint::kLine15 ||
                     need.entry_point == slots::EntryPoint::kLine116117;
    need.profession_code = ProfessionOf(need.entry_point);
    need.evaluation_recorded = true;
    need.orienting_rpps = kOrienting;
    need.motif_code = kSyntheticMotifs[bits(kMotif) % std::size(kSyntheticMotifs)];
    need.age = {static_cast<int>(1 + bits(kAge) % 89), care::AgeUnit::kYear};
    need.modes = {slots::Mode::kAmb};
    need.access_reason = entry.reasons[bits(kReason) % entry.reasons.size()];
    need.territory = basin.territory;
    requests.push_back(std::move(request));
  }
  std::stable_sort(requests.begin(), requests.end(),
                   [](const FairRequest& a, const FairRequest& b) { return a.at < b.at; });
  return requests;
}

}  // namespace sas::bench
