#include "services/slots/domain/plan_frame.h"

namespace sas::slots {
namespace {

constexpr int kMinutesPerDay = 24 * 60;

}  // namespace

bool IsOpenOn(const PlanFrame& frame, const care::Date& day) {
  return day >= frame.site_opening && (!frame.site_end || day <= *frame.site_end);
}

bool IsLicensedOn(const PlanFrame& frame, const care::Date& day) {
  return !frame.licence_end || day <= *frame.licence_end;
}

bool BreaksPdsa(const PlanFrame& frame, const care::Date& day, care::TimeOfDay start,
                care::TimeOfDay end) {
  const bool allowed = frame.may_use_pdsa_hours && (!frame.pdsa_from || day >= *frame.pdsa_from);
  return !allowed && care::TouchesPdsa(day, start, end, frame.holidays, frame.pdsa);
}

care::TimeOfDay EndOfDay(const care::Zone& zone, base::Instant start, base::Instant end) {
  const care::TimeOfDay local = zone.TimeOf(end);
  return local <= zone.TimeOf(start) ? care::TimeOfDay{kMinutesPerDay} : local;
}

SlotBar BarOf(const PlanFrame& frame, const care::Zone& zone, base::Instant start,
              base::Instant end) {
  const care::Date day = zone.DateOf(start);
  if (!IsOpenOn(frame, day)) return SlotBar::kSiteNotOpen;
  if (BreaksPdsa(frame, day, zone.TimeOf(start), EndOfDay(zone, start, end))) {
    return SlotBar::kPdsaHours;
  }
  return IsLicensedOn(frame, day) ? SlotBar::kNone : SlotBar::kLicenceEnded;
}

}  // namespace sas::slots
