#include "services/slots/slot_caps.h"

#include <string>

#include "common/base/status.h"
#include "services/slots/convert.h"
#include "services/slots/domain/index/region_index.h"
#include "services/slots/domain/index/tile_build.h"
#include "services/slots/domain/slot_day.h"
#include "services/slots/slot_rules.h"

namespace sas::slots {

const HoursCap* HoursCapOf(const SlotRef& slot) {
  const auto& caps = slot.rules().hours_caps;
  const auto place = static_cast<std::size_t>(slot.hours_cap());
  return place == 0 || place > caps.size() ? nullptr : &caps[place - 1];
}

absl::Status CheckHoursCap(const SlotRef& slot, int used) {
  const HoursCap* cap = HoursCapOf(slot);
  if (cap == nullptr || used < cap->appointment_max) return absl::OkStatus();
  const std::string most = std::to_string(cap->appointment_max);
  const std::string hours = HoursText(*cap);
  return base::Fail(absl::StatusCode::kFailedPrecondition, "SITE_DAILY_CAP",
                    "the site takes " + most + " SAS appointments at " + hours +
                        " of such a day, and this one has them",
                    {{"site", slot.rules().name},
                     {"daily_appointment_max", most},
                     {"hours", hours},
                     {"date", care::DateText(CardOf(slot).zone.DateOf(slot.day_begin()))},
                     {"lifted_by", "SITE"}});
}

absl::Status CheckCaps(const SlotInView& found, const SlotRef& leaving) {
  const SlotRef& slot = found.slot;
  SAS_RETURN_IF_ERROR(CheckDailyCap(slot, UsedThatDay(slot, leaving)));
  const bool same = CountsThatDay(leaving, slot) && leaving.hours_cap() == slot.hours_cap();
  SAS_RETURN_IF_ERROR(
      CheckHoursCap(slot, UsedInHours(slot.tile(), slot.run_index()) - (same ? 1 : 0)));
  return CheckWeeklyCap(slot, UsedThatWeek(*found.view->index, slot, leaving));
}

void FillCaps(const SlotInView& found, const Hold& hold, v1::PreparedSeat& seat) {
  const SlotRef& slot = found.slot;
  const care::Zone& zone = found.card->zone;
  if (const int most = found.card->rules.daily_appointment_max; most > 0) {
    const DaySpan day = DayOf(slot, zone);
    auto& cap = *seat.mutable_day_cap();
    cap.set_appointment_max(most);
    *cap.mutable_start_time() = ToTimestamp(day.begin);
    *cap.mutable_end_time() = ToTimestamp(day.end);
  }
  if (const HoursCap* hours = HoursCapOf(slot)) {
    const DaySpan span = HoursSpanOf(*hours, DayOf(slot, zone), zone);
    auto& cap = *seat.mutable_hours_cap();
    cap.set_appointment_max(hours->appointment_max);
    cap.set_hours(HoursText(*hours));
    *cap.mutable_start_time() = ToTimestamp(span.begin);
    *cap.mutable_end_time() = ToTimestamp(span.end);
  }
  if (slot.practitioner_rules() != nullptr && !slot.practitioner_rpps().empty()) {
    const DaySpan week = WeekSpanOf(*found.view->index, slot, zone);
    auto& cap = *seat.mutable_week_cap();
    cap.set_appointment_max(slot.practitioner_rules()->weekly_appointment_max);
    cap.set_practitioner(slot.practitioner_rules()->name);
    *cap.mutable_start_time() = ToTimestamp(week.begin);
    *cap.mutable_end_time() = ToTimestamp(week.end);
  }
  if (!hold.beyond_reason.empty()) {
    const DaySpan session = SessionSpanOf(slot);
    auto& cap = *seat.mutable_supernumerary_cap();
    cap.set_appointment_max(slot.supernumerary_max());
    cap.set_agenda(std::string(slot.agenda()));
    cap.set_seat_count(slot.seats());
    *cap.mutable_start_time() = ToTimestamp(session.begin);
    *cap.mutable_end_time() = ToTimestamp(session.end);
  }
}

}  // namespace sas::slots
