#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/base/status.h"
#include "services/slots/convert.h"
#include "services/slots/directory_checks.h"
#include "services/slots/domain/session_plan.h"
#include "services/slots/field_checks.h"

namespace sas::slots {
namespace {

constexpr std::size_t kSecretaryMax = 120;  ///< Characters.

std::string SiteOf(const v1::SessionPlan& plan) {
  return plan.name().substr(0, plan.name().find("/plans/"));
}

bool HasRoom(const v1::Site& site, const std::string& room_id) {
  return std::any_of(site.rooms().begin(), site.rooms().end(),
                     [&](const v1::Room& room) { return room.room_id() == room_id; });
}

/// Names the plan of the file that meets another.
void AddMeeting(const absl::Status& overlap, const v1::Territory& territory, Findings& findings) {
  if (overlap.ok()) return;
  base::ErrorDetail detail = base::DetailOf(overlap);
  const std::map<std::string, std::string> values(detail.metadata.begin(), detail.metadata.end());
  for (int i = 0; i < territory.session_plans_size(); ++i) {
    const std::string& name = territory.session_plans(i).name();
    if (values.at("plan") != name && values.at("other_plan") != name) continue;
    detail.violations.push_back(
        {Indexed("territory.session_plans", i), std::string(overlap.message())});
    break;
  }
  findings.Add(base::WithDetail(overlap, detail));
}

/// Openings of single days as plans, by their site and by whoever holds them.
std::multimap<std::string, Plan> OpeningsOf(const Directory& after) {
  std::multimap<std::string, Plan> openings;
  for (const auto& [name, proto] : after.openings) {
    const auto site = after.sites.find(SiteOfException(name));
    if (site == after.sites.end()) continue;
    const auto zone = ToZone(site->second);
    if (!zone.ok()) continue;
    const Plan plan = PlanOf(ToOpening(proto, site->first), *zone);
    if (!plan.practitioner.empty()) openings.emplace(plan.practitioner, plan);
    openings.emplace(plan.site, plan);
  }
  return openings;
}

/// Plans of the file against openings: two openings met when the later one was made.
void CheckOpenings(const v1::Territory& territory, const Directory& after,
                   const std::map<std::string, ChainSite>& sites, Findings& findings) {
  const std::multimap<std::string, Plan> openings = OpeningsOf(after);
  if (openings.empty()) return;
  for (const v1::SessionPlan& proto : territory.session_plans()) {
    const auto plan = ToPlan(proto);
    if (!plan.ok() || plan->every_weeks > kEveryWeeksMax) continue;
    std::vector<Plan> near;
    for (const std::string& key : {plan->site, plan->practitioner}) {
      const auto [first, last] = openings.equal_range(key);
      for (auto each = first; each != last; ++each) near.push_back(each->second);
    }
    AddMeeting(CheckMeetings(*plan, near, sites), territory, findings);
  }
}

/// Two sessions at once, among all plans that can be read. Those that cannot have their own
/// finding.
void CheckAllMeetings(const v1::Territory& territory, const Directory& after, Findings& findings) {
  std::vector<Plan> plans;
  for (const auto& [name, proto] : after.plans) {
    auto plan = ToPlan(proto);
    const bool readable = plan.ok() && plan->every_weeks <= kEveryWeeksMax;
    if (readable) plans.push_back(*std::move(plan));
  }
  AddMeeting(CheckOverlap(plans), territory, findings);
  std::map<std::string, ChainSite> sites;
  for (const auto& [name, site] : after.sites) sites.emplace(name, ToChainSite(site));
  AddMeeting(CheckChaining(plans, sites), territory, findings);
  CheckOpenings(territory, after, sites, findings);
}

}  // namespace

void CheckSessionPlans(std::string_view region, const v1::Territory& territory,
                       const Directory& after, Findings& findings) {
  std::set<std::string> seen;
  for (int i = 0; i < territory.session_plans_size(); ++i) {
    const v1::SessionPlan& proto = territory.session_plans(i);
    const std::string path = Indexed("territory.session_plans", i);
    FieldChecks checks(path, findings);
    checks.Name("regions/*/sites/*/plans/*", proto.name(), region, seen);
    checks.Text("secretary", proto.secretary(), kSecretaryMax);
    const bool staffed = !proto.practitioner().empty();
    checks.Reference("practitioner",
                     !staffed || after.practitioners.count(proto.practitioner()) == 1,
                     proto.practitioner());
    const auto plan = ToPlan(proto, path);
    checks.Add(plan.status());
    const auto site = after.sites.find(SiteOf(proto));
    checks.Reference("name", site != after.sites.end(), SiteOf(proto));
    if (site == after.sites.end()) continue;
    if (after.onto_fed.contains(proto.name())) {
      checks.InvalidField(
          "agenda", "AGENDA_OF_PARTNER",
          "a platform publishes this agenda, and its word would be lost: choose another id");
    }
    if (!proto.room_id().empty() && !HasRoom(site->second, proto.room_id())) {
      checks.InvalidField("room_id", "UNKNOWN_REFERENCE", "the site has no such room");
    }
    const auto frame = ToPlanFrame(site->second);
    if (plan.ok() && frame.ok()) checks.Add(CheckPlan(*plan, *frame, path));
  }
  CheckAllMeetings(territory, after, findings);
}

}  // namespace sas::slots
