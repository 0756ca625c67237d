#include "services/slots/import_pilot_weeks.h"

#include <utility>
#include <vector>

#include "common/base/status.h"
#include "services/slots/domain/week.h"
#include "services/slots/pilot_weeks.h"

namespace sas::slots {
namespace {

constexpr int kDaysPerWeek = 7;

using Weeks = std::map<std::pair<std::string, std::string>, v1::PilotWeek>;  // Site and Monday.

Weeks TakeWeeks(v1::ImportFileResponse& report) {
  Weeks weeks;
  for (v1::PilotWeek& week : *report.mutable_full_pilot_weeks()) {
    weeks[{week.site(), week.monday_date()}] = std::move(week);
  }
  report.clear_full_pilot_weeks();
  return weeks;
}

}  // namespace

absl::Status ImportPilotWeeks::Add(const ImportScope& scope, const v1::Site& site,
                                   const v1::SessionPlan& plan) {
  if (site.phase() != v1::Site::PHASE_PILOT) return absl::OkStatus();
  SAS_ASSIGN_OR_RETURN(const care::Date first, FirstDayOf(site, plan, scope.now));
  const care::Date last = care::AddDays(first, scope.horizon_days - 1);
  Touched& touched = sites_[site.name()];
  touched.site = site;
  for (care::Date day = MondayOf(first); day <= last; day = care::AddDays(day, kDaysPerWeek)) {
    touched.mondays.insert(day);
  }
  return absl::OkStatus();
}

absl::Status ImportPilotWeeks::Count(const ImportScope& scope, SlotsTransaction& transaction,
                                     v1::ImportFileResponse& report) const {
  if (sites_.empty()) return absl::OkStatus();
  Weeks told = TakeWeeks(report);
  for (const auto& [name, touched] : sites_) {
    std::set<care::Date> mondays = touched.mondays;
    for (auto at = told.lower_bound({name, ""}); at != told.end() && at->first.first == name;
         ++at) {
      const auto monday = care::ParseDate(at->second.monday_date(), "monday_date");
      if (monday.ok()) mondays.insert(*monday);  // The last plans of 2199 reach into 2200.
    }
    SAS_ASSIGN_OR_RETURN(const SessionSources sources,
                         ReadSessionSources(transaction, touched.site, *mondays.begin()));
    for (const care::Date& monday : mondays) {
      const auto known = told.find({name, care::DateText(monday)});
      const bool room = known != told.end() || told.size() < kPilotWeeksTold;
      if (!room && report.pilot_weeks_truncated()) continue;
      std::vector<v1::PilotWeek> full = PilotWeeksOf(touched.site, sources, monday, monday);
      if (full.empty()) {
        // What is only checked is not there when the next batch counts.
        if (known != told.end() && !scope.validate_only) told.erase(known);
      } else if (room) {
        told[{name, full[0].monday_date()}] = std::move(full[0]);
      } else {
        report.set_pilot_weeks_truncated(true);
      }
    }
  }
  for (auto& [key, week] : told) *report.add_full_pilot_weeks() = std::move(week);
  return absl::OkStatus();
}

}  // namespace sas::slots
