#include "services/slots/domain/pilot_week.h"

#include <map>

#include "services/slots/domain/week.h"

namespace sas::slots {

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
