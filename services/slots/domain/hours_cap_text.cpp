#include "services/slots/domain/hours_cap_text.h"

#include <algorithm>
#include <set>
#include <utility>

#include "common/base/status.h"
#include "services/slots/domain/csv.h"

namespace sas::slots {
namespace {

constexpr std::string_view kBlanks = " \t";

absl::Status Invalid(std::string_view field) {
  return base::InvalidField(field, "INVALID_HOURS_CAP",
                            "write 1-5 18:00-20:00=4: weekdays from 1 (Monday) to 7, hours, or "
                            "both, then = and the most appointments");
}

/// Up to `end`, which goes with it; everything when there is none.
std::string_view TakeUntil(std::string_view& text, char end) {
  const std::string_view front = text.substr(0, text.find(end));
  text.remove_prefix(std::min(front.size() + 1, text.size()));
  return front;
}

std::string_view Trim(std::string_view text) {
  const std::size_t first = std::min(text.find_first_not_of(kBlanks), text.size());
  return text.substr(first, text.find_last_not_of(kBlanks) + 1 - first);
}

/// 0 for what is no weekday.
int WeekdayOf(std::string_view text) {
  return text.size() == 1 && text[0] >= '1' && text[0] <= '7' ? text[0] - '0' : 0;
}

/// `1,4-6`.
absl::Status ReadWeekdays(std::string_view text, std::string_view field, HoursCapText& cap) {
  std::set<int> days;
  while (!text.empty()) {
    const bool more = text.find(',') != std::string_view::npos;
    std::string_view last = TakeUntil(text, ',');
    const bool range = last.find('-') != std::string_view::npos;
    const std::string_view first = range ? TakeUntil(last, '-') : last;
    const int from = WeekdayOf(first);
    const int to = WeekdayOf(last);
    if (from == 0 || to < from || (more && text.empty())) return Invalid(field);
    for (int day = from; day <= to; ++day) days.insert(day);
  }
  cap.weekdays.assign(days.begin(), days.end());
  return absl::OkStatus();
}

/// `18:00-20:00`, `18:00-`.
absl::Status ReadHours(std::string_view text, std::string_view field, HoursCapText& cap) {
  if (text.find('-') == std::string_view::npos) return Invalid(field);
  SAS_ASSIGN_OR_RETURN(cap.start, care::ParseTimeOfDay(TakeUntil(text, '-'), field));
  if (text.empty()) return absl::OkStatus();
  SAS_ASSIGN_OR_RETURN(cap.end, care::ParseTimeOfDay(text, field));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<HoursCapText> ParseHoursCap(std::string_view text, std::string_view field) {
  HoursCapText cap;
  if (text.find('=') == std::string_view::npos) return Invalid(field);
  const std::string_view when = Trim(TakeUntil(text, '='));
  const std::string_view count = Trim(text);
  if (when.empty() || count.empty()) return Invalid(field);
  const std::size_t blank = std::min(when.find_first_of(kBlanks), when.size());
  std::string_view days = when.substr(0, blank);
  std::string_view hours = Trim(when.substr(blank));
  if (hours.empty() && days.find(':') != std::string_view::npos) std::swap(days, hours);
  SAS_RETURN_IF_ERROR(ReadWeekdays(days, field, cap));
  if (!hours.empty()) SAS_RETURN_IF_ERROR(ReadHours(hours, field, cap));
  SAS_ASSIGN_OR_RETURN(cap.appointment_max, ParseWhole(count, field));
  return cap;
}

}  // namespace sas::slots
