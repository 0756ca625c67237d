#pragma once

#include <chrono>
#include <compare>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/clock.h"

namespace sas::care {

/// A local day.
struct Date {
  int year = 1970;
  int month = 1;
  int day = 1;
  auto operator<=>(const Date&) const = default;
};

/// Minutes after local midnight, in [0, 1440).
struct TimeOfDay {
  int minutes = 0;
  auto operator<=>(const TimeOfDay&) const = default;
};

/// `INVALID_DATE`: YYYY-MM-DD of a day that exists, 1900 to 2199.
absl::StatusOr<Date> ParseDate(std::string_view text, std::string_view field);
/// `INVALID_TIME_OF_DAY`: HH:MM.
absl::StatusOr<TimeOfDay> ParseTimeOfDay(std::string_view text, std::string_view field);
std::string DateText(const Date& date);
std::string TimeOfDayText(const TimeOfDay& time);

Date AddDays(const Date& date, int days);
int DaysBetween(const Date& from, const Date& to);
/// ISO: 1 Monday to 7 Sunday.
int Weekday(const Date& date);

/// A site's IANA zone. Load fails with INVALID_ARGUMENT `UNKNOWN_TIME_ZONE`, also when tzdata is
/// not installed: a service loads Europe/Paris at its start (hazard H-37).
class Zone {
 public:
  static absl::StatusOr<Zone> Load(std::string_view name);

  /// The instant of a local time. In the hour that a DST night skips, the instant of the jump; in
  /// the hour it repeats, the first.
  base::Instant At(const Date& date, TimeOfDay time) const;
  Date DateOf(base::Instant instant) const;
  TimeOfDay TimeOf(base::Instant instant) const;

  const std::string& name() const { return name_; }

 private:
  Zone(std::string name, absl::TimeZone zone) : name_(std::move(name)), zone_(zone) {}

  std::string name_;
  absl::TimeZone zone_;
};

/// Which holidays apply: the eleven of the Code du travail (L3133-1) everywhere, two more in
/// Alsace-Moselle (L3134-13), and overseas the day of the abolition of slavery (L3422-2).
enum class HolidayRegime {
  kMetropole = 0,
  kAlsaceMoselle = 1,
  kGuadeloupe = 2,
  kMartinique = 3,
  kGuyane = 4,
  kReunion = 5,
  kMayotte = 6,
  kSaintBarthelemy = 7,
  kSaintMartin = 8
};

/// The regime of a commune by its INSEE code (or of a département by its own): 57, 67, 68 are
/// Alsace-Moselle, 971 to 978 have their own day; everything else, and what cannot be read, is
/// kMetropole.
HolidayRegime HolidayRegimeOf(std::string_view insee_code);

/// Easter Sunday (Gregorian).
Date Easter(int year);
/// Name of the public holiday in French, empty when the day is none.
std::string_view PublicHoliday(const Date& date, HolidayRegime regime = HolidayRegime::kMetropole);

/// When the PDSA ends and begins; a département may have other hours (pdsa_hours.h).
struct PdsaHours {
  TimeOfDay morning{8 * 60};    ///< Its end, every day.
  TimeOfDay evening{20 * 60};   ///< Its beginning, Monday to Friday.
  TimeOfDay saturday{12 * 60};  ///< The same on Saturday.
  auto operator<=>(const PdsaHours&) const = default;
};

/// PDSA hours (cahier des charges PDSA): every day 20:00–08:00; Saturday from 12:00; Sunday, public
/// holidays and bridge days (Monday before a Tuesday holiday, Friday and Saturday after a Thursday
/// holiday) 08:00–20:00; or what `hours` has in place of these.
bool IsPdsa(const Date& date, TimeOfDay time, HolidayRegime regime = HolidayRegime::kMetropole,
            const PdsaHours& hours = {});

/// Does any minute of [start, end) of the day lie in PDSA hours?
bool TouchesPdsa(const Date& date, TimeOfDay start, TimeOfDay end,
                 HolidayRegime regime = HolidayRegime::kMetropole, const PdsaHours& hours = {});

}  // namespace sas::care
