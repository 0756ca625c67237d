#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/care/calendar.h"
#include "services/slots/domain/slot_day.h"

namespace sas::slots {

inline constexpr int kHoursCapsMax = 8;  ///< Of one site.

/// How many SAS appointments a site takes at some hours of some weekdays. No two of a site have a
/// time in common, so that a slot is under one of them at most.
struct HoursCap {
  std::vector<int> weekdays;           ///< ISO, of the day of the session; never empty.
  care::TimeOfDay start;               ///< First start that counts.
  std::optional<care::TimeOfDay> end;  ///< Exclusive; absent: the whole rest, with its night.
  int appointment_max = 0;             ///< Above 0.
};

/// The starts that count, of the day that spans `day` (DayOf): each that is under the cap.
DaySpan HoursSpanOf(const HoursCap& cap, const DaySpan& day, const care::Zone& zone);

/// Which of the caps the slot is under, from 1; 0: none. Needs the slot's start and day.
int HoursCapOf(const std::vector<HoursCap>& caps, const care::Zone& zone, const PlannedSlot& slot);

/// Have the two a time in common?
bool Overlap(const HoursCap& a, const HoursCap& b);

/// "08:00-13:00", for people.
std::string HoursText(const HoursCap& cap);

}  // namespace sas::slots
