#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/slots/convert.h"
#include "services/slots/directory_import.h"
#include "services/slots/pilot_weeks.h"

namespace sas::slots {
namespace {

/// Why a session needs a look, as a coordinator reads it.
std::string_view WarningText(std::string_view code) {
  if (code == "UNSTAFFED") return "séance à pourvoir, non réservable";
  if (code == "NO_SECRETARY") return "séance sans secrétaire";
  return "la licence de remplacement se termine";
}

class Collector {
 public:
  Collector(const Directory& after, base::Instant now, int horizon_days)
      : after_(after), now_(now), horizon_days_(horizon_days) {}

  /// Gives the number of the plan's slots.
  int AddPlan(const v1::SessionPlan& proto) {
    const std::string site_name = proto.name().substr(0, proto.name().find("/plans/"));
    const v1::Site& site = after_.sites.at(site_name);
    const auto zone = ToZone(site);
    const auto plan = ToPlan(proto);
    auto frame = ToPlanFrame(site);
    if (!zone.ok() || !plan.ok() || !frame.ok()) return 0;
    frame->licence_end = LicenceEndOf(after_.practitioners, proto.practitioner(), site_name);
    const care::Date today = zone->DateOf(now_);
    int slots = 0;
    std::map<std::string, std::pair<care::Date, int>> found;  // By code: first day and number.
    for (const PlannedSession& session :
         Generate(*plan, *frame, *zone, today, care::AddDays(today, horizon_days_ - 1))) {
      slots += static_cast<int>(session.slots.size());
      for (const std::string& code : session.warnings) {
        ++found.try_emplace(code, session.date, 0).first->second.second;
      }
    }
    for (const auto& [code, first] : found) {
      Add(absl::StrFormat("%s : %s (%d à partir du %s)", proto.name(), WarningText(code),
                          first.second, care::DateText(first.first)));
    }
    return slots;
  }

  void AddPilots(const v1::Territory& territory) {
    std::set<std::string> sites;
    for (const v1::SessionPlan& plan : territory.session_plans()) {
      sites.insert(plan.name().substr(0, plan.name().find("/plans/")));
    }
    for (const std::string& name : sites) {
      const v1::Site& site = after_.sites.at(name);
      const auto zone = ToZone(site);
      if (!zone.ok()) continue;
      const care::Date today = zone->DateOf(now_);
      const care::Date last = care::AddDays(today, horizon_days_ - 1);
      for (const v1::PilotWeek& week : PilotWeeksOf(site, SourcesOf(name), today, last)) {
        Add(name + " : " + week.explanation());
      }
    }
  }

  /// S4-12: one active CSNP of a mode for each CPTS.
  void AddSecondCsnps() {
    std::map<std::pair<std::string, int>, std::string> first;
    for (const auto& [name, site] : after_.sites) {
      if (site.kind() != v1::Structure::KIND_CSNP || HasEnded(site)) continue;
      for (const std::string& cpts : CptsOf(site)) {
        const auto [known, added] = first.try_emplace({cpts, site.csnp_mode()}, name);
        if (!added) {
          Add(absl::StrFormat("%s : deuxième CSNP actif de %s, après %s", name, cpts,
                              known->second));
        }
      }
    }
  }

  void AddEmptySites(const v1::Territory& territory) {
    std::set<std::string> planned;
    for (const auto& [name, plan] : after_.plans)
      planned.insert(name.substr(0, name.find("/plans/")));
    for (const v1::Site& site : territory.sites()) {
      if (!planned.contains(site.name()))
        Add(site.name() + " : aucune plage, le site n’offre rien");
    }
  }

  /// An IPA sees the motifs that are named, and no others.
  void AddIdleIpas(const v1::Territory& territory) {
    for (const v1::Practitioner& each : territory.practitioners()) {
      const bool idle = each.status() == v1::Practitioner::STATUS_IPA && each.motif_codes().empty();
      if (idle) Add(each.name() + " : IPA sans motif, ses créneaux ne sont à personne");
    }
  }

  std::vector<std::string> Take() { return std::move(warnings_); }

 private:
  /// With the plans that the file does not name; the directory has no closures.
  SessionSources SourcesOf(const std::string& site) const {
    SessionSources sources;
    const std::string below = site + "/";
    const auto has = [&](const std::string& name) {
      return name.compare(0, below.size(), below) == 0;
    };
    for (auto at = after_.plans.lower_bound(below); at != after_.plans.end() && has(at->first);
         ++at) {
      sources.plans.push_back(at->second);
    }
    for (auto at = after_.openings.lower_bound(below);
         at != after_.openings.end() && has(at->first); ++at) {
      sources.exceptions.push_back(at->second);
    }
    return sources;
  }

  bool HasEnded(const v1::Site& site) const {
    const auto zone = ToZone(site);
    const auto end = care::ParseDate(site.end_date(), "end_date");
    return zone.ok() && end.ok() && *end < zone->DateOf(now_);
  }

  std::set<std::string> CptsOf(const v1::Site& site) const {
    std::set<std::string> found;
    const auto add = [&](const std::string& name) {
      const auto structure = after_.structures.find(name);
      const bool cpts = structure != after_.structures.end() &&
                        structure->second.kind() == v1::Structure::KIND_CPTS;
      if (cpts) found.insert(name);
    };
    add(site.structure());
    for (const std::string& partner : site.partner_structures()) add(partner);
    return found;
  }

  void Add(std::string text) {
    if (warnings_.size() < static_cast<std::size_t>(kWarningsMax)) {
      warnings_.push_back(std::move(text));
    }
  }

  const Directory& after_;
  const base::Instant now_;
  const int horizon_days_;
  std::vector<std::string> warnings_;
};

}  // namespace

std::vector<std::string> TerritoryWarnings(const v1::Territory& territory, const Directory& after,
                                           base::Instant now, int horizon_days, int& slots) {
  Collector collector(after, now, horizon_days);
  slots = 0;
  for (const v1::SessionPlan& plan : territory.session_plans()) slots += collector.AddPlan(plan);
  collector.AddPilots(territory);
  collector.AddSecondCsnps();
  collector.AddEmptySites(territory);
  collector.AddIdleIpas(territory);
  return collector.Take();
}

}  // namespace sas::slots
