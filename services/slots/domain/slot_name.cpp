#include "services/slots/domain/slot_name.h"

#include <algorithm>
#include <chrono>

#include "common/base/resource_name.h"
#include "common/base/status.h"

namespace sas::slots {
namespace {

constexpr std::size_t kStampLength = 14;  ///< yyyymmddthhmmz

bool ParseNumber(std::string_view text, int& value) {
  value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    value = 10 * value + (c - '0');
  }
  return true;
}

bool ParseStamp(std::string_view stamp, base::Instant& instant) {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  const bool shape =
      stamp.size() == kStampLength && stamp[8] == 't' && stamp[13] == 'z' &&
      ParseNumber(stamp.substr(0, 4), year) && ParseNumber(stamp.substr(4, 2), month) &&
      ParseNumber(stamp.substr(6, 2), day) && ParseNumber(stamp.substr(9, 2), hour) &&
      ParseNumber(stamp.substr(11, 2), minute);
  if (!shape || hour > 23 || minute > 59) return false;
  const std::chrono::year_month_day date(std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok()) return false;
  instant = std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute);
  return true;
}

void AddDigits(std::string& out, unsigned value, int digits) {
  out.append(static_cast<std::size_t>(digits), '0');
  for (auto at = out.rbegin(); digits-- > 0; ++at, value /= 10)
    *at += static_cast<char>(value % 10);
}

}  // namespace

// Written digit by digit: a search makes twenty of them.
std::string SlotName(std::string_view site, std::string_view agenda, base::Instant start) {
  const auto day = std::chrono::floor<std::chrono::days>(start);
  const std::chrono::year_month_day date(day);
  const auto minutes =
      static_cast<unsigned>(std::chrono::duration_cast<std::chrono::minutes>(start - day).count());
  constexpr std::string_view kSlots = "/slots/";
  std::string name;
  name.reserve(site.size() + kSlots.size() + agenda.size() + 1 + kStampLength);
  name += site;
  name += kSlots;
  name += agenda;
  name += '-';
  AddDigits(name, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  AddDigits(name, static_cast<unsigned>(date.month()), 2);
  AddDigits(name, static_cast<unsigned>(date.day()), 2);
  name += 't';
  AddDigits(name, minutes / 60, 2);
  AddDigits(name, minutes % 60, 2);
  name += 'z';
  return name;
}

absl::StatusOr<SlotIdentity> ParseSlotName(std::string_view name, std::string_view field) {
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName("regions/*/sites/*/slots/*", name, field));
  SlotIdentity identity;
  const std::string_view id = ids[2];
  const bool long_enough = id.size() > kStampLength + 1;
  const std::size_t dash = long_enough ? id.size() - kStampLength - 1 : 0;
  if (!long_enough || id[dash] != '-' || !ParseStamp(id.substr(dash + 1), identity.start)) {
    return base::InvalidField(field, "INVALID_RESOURCE_NAME",
                              "a slot is regions/*/sites/*/slots/{agenda}-{yyyymmddthhmmz}");
  }
  identity.region = ids[0];
  identity.site = base::JoinName({{"regions", ids[0]}, {"sites", ids[1]}});
  identity.agenda = std::string(id.substr(0, dash));
  return identity;
}

}  // namespace sas::slots
