#include "common/care/pdsa_hours.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "common/base/status.h"
#include "common/care/identifiers.h"

namespace sas::care {
namespace {

constexpr std::size_t kLinesMax = 500;
constexpr std::size_t kFields = 4;
constexpr TimeOfDay kMorningFirst{5 * 60};
constexpr TimeOfDay kMorningLast{10 * 60};
constexpr TimeOfDay kEveningFirst{18 * 60};
constexpr TimeOfDay kEveningLast{22 * 60};
constexpr TimeOfDay kSaturdayFirst{10 * 60};

using Table = std::map<std::string, PdsaHours, std::less<>>;

Table& Current() {
  static Table table;
  return table;
}

absl::Status Invalid(const std::string& where, const std::string& what) {
  return base::InvalidField("pdsa_hours", "INVALID_PDSA_HOURS", where + ": " + what);
}

absl::Status CheckBounds(const PdsaHours& hours, const std::string& where) {
  const auto within = [](TimeOfDay time, TimeOfDay first, TimeOfDay last) {
    return first <= time && time <= last;
  };
  if (!within(hours.morning, kMorningFirst, kMorningLast)) {
    return Invalid(where, "the morning is 05:00 to 10:00");
  }
  if (!within(hours.evening, kEveningFirst, kEveningLast)) {
    return Invalid(where, "the evening is 18:00 to 22:00");
  }
  if (!within(hours.saturday, kSaturdayFirst, hours.evening)) {
    return Invalid(where, "Saturday is between 10:00 and the evening");
  }
  return absl::OkStatus();
}

absl::Status ReadLine(const std::string& line, const std::string& where, Table& table) {
  const std::vector<std::string> fields =
      absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
  if (fields.size() != kFields) return Invalid(where, "use departement, matin, soir, samedi");
  if (!CheckTerritory(fields[0], "departement").ok()) {
    return Invalid(where, "is no département: " + fields[0].substr(0, 8));
  }
  std::array<TimeOfDay, kFields - 1> times;
  for (std::size_t i = 0; i < times.size(); ++i) {
    const auto time = ParseTimeOfDay(fields[i + 1], "time");
    if (!time.ok()) return Invalid(where, "use HH:MM");
    times[i] = *time;
  }
  const PdsaHours hours{times[0], times[1], times[2]};
  SAS_RETURN_IF_ERROR(CheckBounds(hours, where));
  if (!table.emplace(fields[0], hours).second) {
    return Invalid(where, fields[0] + " stands here for the second time");
  }
  return absl::OkStatus();
}

}  // namespace

PdsaHours PdsaHoursOf(std::string_view insee_code) {
  constexpr std::size_t kOverseas = 3;  // 974, 987…; everywhere else two.
  const std::string_view front = insee_code.substr(0, 2);
  const bool overseas = front == "97" || front == "98";
  const auto found = Current().find(overseas ? insee_code.substr(0, kOverseas) : front);
  return found == Current().end() ? PdsaHours{} : found->second;
}

std::string PdsaHoursText(const PdsaHours& hours) {
  return absl::StrFormat(
      "every day %s to %s, Saturday from %s, all Sunday, public holidays and bridge days",
      TimeOfDayText(hours.evening), TimeOfDayText(hours.morning), TimeOfDayText(hours.saturday));
}

absl::Status UsePdsaHours(const std::string& path) {
  Table table;
  if (!path.empty()) {
    std::ifstream file(path);
    if (!file) return Invalid(path, "cannot be read");
    std::string line;
    for (std::size_t number = 1; std::getline(file, line); ++number) {
      const std::string where = path + ":" + std::to_string(number);
      if (number > kLinesMax) return Invalid(where, "a table has at most 500 lines");
      if (!line.empty() && line.back() == '\r') line.pop_back();
      if (line.empty() || line.front() == '#') continue;
      SAS_RETURN_IF_ERROR(ReadLine(line, where, table));
    }
    if (file.bad()) return Invalid(path, "cannot be read");
  }
  Current() = std::move(table);
  return absl::OkStatus();
}

}  // namespace sas::care
