#include "services/slots/domain/pilot_week.h"

#include <map>

namespace sas::slots {

care::Date MondayOf(const care::Date& date) {
  return care::AddDays(date, 1 - care::Weekday(date));
}

std::vector<FullPilotWeek> FullPilotWeeks(const std::vector<care::Date>& days) {
  std::map<care::Date, int> counted;
  for (const care::Date& day : days) ++counted[MondayOf(day)];
  std::vector<FullPilotWeek> full;
  for (const auto& [monday, sessions] : counted) {
    if (sessions > kPilotSessionsMax) full.push_back({monday, sessions});
  }
  return full;
}

}  // namespace sas::slots
