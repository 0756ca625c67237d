#include "common/care/calendar.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "common/base/status.h"

namespace sas::care {
namespace {

constexpr int kYearMin = 1900;
constexpr int kYearMax = 2199;
constexpr int kMinutesPerHour = 60;
constexpr int kHoursPerDay = 24;
constexpr std::size_t kZoneNameMax = 64;  ///< Characters.

bool AllDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int Number(std::string_view digits) {
  int value = 0;
  for (const char digit : digits) value = 10 * value + (digit - '0');
  return value;
}

absl::CivilDay Civil(const Date& date) {
  return absl::CivilDay(date.year, date.month, date.day);
}

Date FromCivil(const absl::CivilDay& day) {
  return {static_cast<int>(day.year()), day.month(), day.day()};
}

absl::CivilSecond CivilAt(absl::TimeZone zone, base::Instant instant) {
  return absl::ToCivilSecond(absl::FromUnixMicros(instant.time_since_epoch().count()), zone);
}

/// The loader reads files: a name must stay inside the zone database.
bool IsZoneName(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '_' || c == '-' || c == '+';
  };
  return !name.empty() && name.size() <= kZoneNameMax && name.front() != '/' &&
         std::all_of(name.begin(), name.end(), fits);
}

}  // namespace

absl::StatusOr<Date> ParseDate(std::string_view text, std::string_view field) {
  const bool shape = text.size() == 10 && text[4] == '-' && text[7] == '-' &&
                     AllDigits(text.substr(0, 4)) && AllDigits(text.substr(5, 2)) &&
                     AllDigits(text.substr(8, 2));
  if (shape) {
    const Date date{Number(text.substr(0, 4)), Number(text.substr(5, 2)),
                    Number(text.substr(8, 2))};
    const bool exists = FromCivil(Civil(date)) == date;  // Civil days normalise: 31 April is 1 May.
    if (exists && date.year >= kYearMin && date.year <= kYearMax) return date;
  }
  return base::InvalidField(field, "INVALID_DATE", "use YYYY-MM-DD, a day from 1900 to 2199");
}

absl::StatusOr<TimeOfDay> ParseTimeOfDay(std::string_view text, std::string_view field) {
  const bool shape = text.size() == 5 && text[2] == ':' && AllDigits(text.substr(0, 2)) &&
                     AllDigits(text.substr(3, 2));
  if (shape) {
    const int hours = Number(text.substr(0, 2));
    const int minutes = Number(text.substr(3, 2));
    if (hours < kHoursPerDay && minutes < kMinutesPerHour) {
      return TimeOfDay{hours * kMinutesPerHour + minutes};
    }
  }
  return base::InvalidField(field, "INVALID_TIME_OF_DAY", "use HH:MM, 00:00 to 23:59");
}

std::string DateText(const Date& date) {
  return absl::StrFormat("%04d-%02d-%02d", date.year, date.month, date.day);
}

std::string TimeOfDayText(const TimeOfDay& time) {
  return absl::StrFormat("%02d:%02d", time.minutes / kMinutesPerHour,
                         time.minutes % kMinutesPerHour);
}

Date AddDays(const Date& date, int days) {
  return FromCivil(Civil(date) + days);
}

int DaysBetween(const Date& from, const Date& to) {
  return static_cast<int>(Civil(to) - Civil(from));
}

int Weekday(const Date& date) {
  return static_cast<int>(absl::GetWeekday(Civil(date))) + 1;  // absl::Weekday begins on Monday.
}

absl::StatusOr<Zone> Zone::Load(std::string_view name) {
  absl::TimeZone zone;
  if (!IsZoneName(name) || !absl::LoadTimeZone(std::string(name), &zone)) {
    return base::Fail(absl::StatusCode::kInvalidArgument, "UNKNOWN_TIME_ZONE",
                      "use a name of the IANA database such as Europe/Paris; if that one is "
                      "unknown, install the package tzdata",
                      {{"time_zone", std::string(name.substr(0, kZoneNameMax))}});
  }
  return Zone(std::string(name), zone);
}

base::Instant Zone::At(const Date& date, TimeOfDay time) const {
  const absl::CivilSecond civil(date.year, date.month, date.day, 0, time.minutes, 0);
  const absl::TimeZone::TimeInfo info = zone_.At(civil);
  const bool skipped = info.kind == absl::TimeZone::TimeInfo::SKIPPED;
  const std::int64_t micros = absl::ToUnixMicros(skipped ? info.trans : info.pre);
  return base::Instant(std::chrono::microseconds(micros));
}

Date Zone::DateOf(base::Instant instant) const {
  return FromCivil(absl::CivilDay(CivilAt(zone_, instant)));
}

TimeOfDay Zone::TimeOf(base::Instant instant) const {
  const absl::CivilSecond civil = CivilAt(zone_, instant);
  return {civil.hour() * kMinutesPerHour + civil.minute()};
}

}  // namespace sas::care
