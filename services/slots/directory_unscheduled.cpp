#include "services/slots/directory_unscheduled.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "common/base/status.h"
#include "services/slots/convert.h"

namespace sas::slots {
namespace {

constexpr int kPlansMax = 1000;  ///< Of one site.

bool ForTheLines(const std::vector<SlotClass>& classes) {
  return ClassesAllow(classes, EntryPoint::kLine15) ||
         ClassesAllow(classes, EntryPoint::kLine116117);
}

bool OpenToTheLines(const v1::Site& site) {
  const auto& rules = site.entry_policy().rules();
  return std::any_of(rules.begin(), rules.end(), [](const v1::EntryRule& rule) {
    return rule.entry_point() == type::v1::ENTRY_POINT_LINE_15 ||
           rule.entry_point() == type::v1::ENTRY_POINT_LINE_116117;
  });
}

bool InEffect(const Plan& plan, const PlanFrame& frame, const care::Date& today) {
  const care::Date soon = care::AddDays(today, kUnscheduledAheadDays);
  const auto ended = [&](const std::optional<care::Date>& last) { return last && *last < today; };
  return std::max(plan.effective_start, frame.site_opening) <= soon && !ended(plan.effective_end) &&
         !ended(frame.site_end);
}

/// Does a platform offer something to the lines?
absl::StatusOr<bool> OfferedByPlatforms(SlotsTransaction& transaction, base::Instant now,
                                        const std::string& site) {
  SAS_ASSIGN_OR_RETURN(const auto slots, transaction.partners().ListSlotsOf(site, now));
  return std::any_of(slots.begin(), slots.end(), [](const FedSlotOf& each) {
    std::vector<SlotClass> classes;
    for (const int value : each.fed.slot.classes())
      classes.push_back(static_cast<SlotClass>(value));
    return ForTheLines(classes);
  });
}

}  // namespace

absl::Status TellUnscheduledCare(SlotsTransaction& transaction, base::Instant now, v1::Site& site) {
  v1::UnscheduledCare& care = *site.mutable_unscheduled_care();
  care.Clear();
  if (!OpenToTheLines(site)) return absl::OkStatus();
  SAS_ASSIGN_OR_RETURN(const care::Zone zone, ToZone(site));
  SAS_ASSIGN_OR_RETURN(const PlanFrame frame, ToPlanFrame(site));
  const care::Date today = zone.DateOf(now);
  SAS_ASSIGN_OR_RETURN(const auto plans,
                       transaction.ListSessionPlans(site.name(), Page{"", kPlansMax}));
  std::set<std::string> told;  // Two doctors of one hour are one hour.
  for (const v1::SessionPlan& proto : plans) {
    SAS_ASSIGN_OR_RETURN(const Plan plan, ToPlan(proto));
    if (!ForTheLines(plan.classes) || !InEffect(plan, frame, today)) continue;
    v1::WeeklyHours hours;
    *hours.mutable_weekdays() = proto.weekdays();
    hours.set_start_time_of_day(proto.start_time_of_day());
    hours.set_end_time_of_day(proto.end_time_of_day());
    if (told.insert(hours.SerializeAsString()).second) *care.add_hours() = std::move(hours);
  }
  care.set_offered(!care.hours().empty());
  if (!care.offered()) {
    SAS_ASSIGN_OR_RETURN(const bool fed, OfferedByPlatforms(transaction, now, site.name()));
    care.set_offered(fed);
  }
  return absl::OkStatus();
}

}  // namespace sas::slots
