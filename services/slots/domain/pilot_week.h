#pragma once

#include <vector>

#include "common/care/calendar.h"

namespace sas::slots {

/// Of a site in a week: a pilot opens two or three days (S0-07).
inline constexpr int kPilotSessionsMax = 3;

/// A week that has more.
struct FullPilotWeek {
  care::Date monday;
  int sessions = 0;
};

/// The weeks that have more sessions than a pilot opens, in order of time. `days` has the day of
/// each session, in any order.
std::vector<FullPilotWeek> FullPilotWeeks(const std::vector<care::Date>& days);

}  // namespace sas::slots
