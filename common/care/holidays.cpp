#include <algorithm>
#include <array>

#include "common/care/calendar.h"

namespace sas::care {
namespace {

constexpr int kMonday = 1;
constexpr int kFriday = 5;
constexpr int kSaturday = 6;
constexpr int kSunday = 7;

/// `only` kMetropole means everywhere.
struct Fixed {
  int month;
  int day;
  std::string_view name;
  HolidayRegime only = HolidayRegime::kMetropole;
};

constexpr std::string_view kAbolition = "Abolition de l’esclavage";

constexpr std::array<Fixed, 16> kFixed{{{1, 1, "Jour de l’an"},
                                        {4, 27, kAbolition, HolidayRegime::kMayotte},
                                        {5, 1, "Fête du Travail"},
                                        {5, 8, "Victoire 1945"},
                                        {5, 22, kAbolition, HolidayRegime::kMartinique},
                                        {5, 27, kAbolition, HolidayRegime::kGuadeloupe},
                                        {5, 28, kAbolition, HolidayRegime::kSaintMartin},
                                        {6, 10, kAbolition, HolidayRegime::kGuyane},
                                        {7, 14, "Fête nationale"},
                                        {8, 15, "Assomption"},
                                        {10, 9, kAbolition, HolidayRegime::kSaintBarthelemy},
                                        {11, 1, "Toussaint"},
                                        {11, 11, "Armistice 1918"},
                                        {12, 20, kAbolition, HolidayRegime::kReunion},
                                        {12, 25, "Noël"},
                                        {12, 26, "Saint-Étienne", HolidayRegime::kAlsaceMoselle}}};

struct Movable {
  int days_after_easter;
  std::string_view name;
  HolidayRegime only = HolidayRegime::kMetropole;
};

constexpr std::array<Movable, 4> kMovable{{{-2, "Vendredi saint", HolidayRegime::kAlsaceMoselle},
                                           {1, "Lundi de Pâques"},
                                           {39, "Ascension"},
                                           {50, "Lundi de Pentecôte"}}};

struct Regional {
  std::string_view department;
  HolidayRegime regime;
};

constexpr std::array<Regional, 10> kRegional{{{"57", HolidayRegime::kAlsaceMoselle},
                                              {"67", HolidayRegime::kAlsaceMoselle},
                                              {"68", HolidayRegime::kAlsaceMoselle},
                                              {"971", HolidayRegime::kGuadeloupe},
                                              {"972", HolidayRegime::kMartinique},
                                              {"973", HolidayRegime::kGuyane},
                                              {"974", HolidayRegime::kReunion},
                                              {"976", HolidayRegime::kMayotte},
                                              {"977", HolidayRegime::kSaintBarthelemy},
                                              {"978", HolidayRegime::kSaintMartin}}};

bool Applies(HolidayRegime only, HolidayRegime regime) {
  return only == HolidayRegime::kMetropole || only == regime;
}

bool IsHoliday(const Date& date, HolidayRegime regime) {
  return !PublicHoliday(date, regime).empty();
}

/// Between a holiday and the week-end: from the morning the PDSA takes over.
bool IsBridge(const Date& date, HolidayRegime regime) {
  switch (Weekday(date)) {
    case kMonday:
      return IsHoliday(AddDays(date, 1), regime);
    case kFriday:
      return IsHoliday(AddDays(date, -1), regime);
    case kSaturday:
      return IsHoliday(AddDays(date, -2), regime);
    default:
      return false;
  }
}

/// When the day hands over to the PDSA; the morning means that the whole day is PDSA.
TimeOfDay PdsaFrom(const Date& date, HolidayRegime regime, const PdsaHours& hours) {
  const int weekday = Weekday(date);
  if (weekday == kSunday || IsHoliday(date, regime) || IsBridge(date, regime)) return hours.morning;
  return weekday == kSaturday ? hours.saturday : hours.evening;
}

}  // namespace

Date Easter(int year) {
  // Anonymous Gregorian computus (Meeus, Jones, Butcher).
  const int a = year % 19;
  const int b = year / 100;
  const int c = year % 100;
  const int d = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
  const int e = (32 + 2 * (b % 4) + 2 * (c / 4) - d - c % 4) % 7;
  const int f = d + e - 7 * ((a + 11 * d + 22 * e) / 451) + 114;
  return {year, f / 31, f % 31 + 1};
}

std::string_view PublicHoliday(const Date& date, HolidayRegime regime) {
  const auto* const fixed = std::find_if(kFixed.begin(), kFixed.end(), [&](const Fixed& day) {
    return day.month == date.month && day.day == date.day && Applies(day.only, regime);
  });
  if (fixed != kFixed.end()) return fixed->name;
  const int after = DaysBetween(Easter(date.year), date);
  const auto* const movable =
      std::find_if(kMovable.begin(), kMovable.end(), [&](const Movable& day) {
        return day.days_after_easter == after && Applies(day.only, regime);
      });
  return movable == kMovable.end() ? std::string_view() : movable->name;
}

HolidayRegime HolidayRegimeOf(std::string_view insee_code) {
  const auto* const found =
      std::find_if(kRegional.begin(), kRegional.end(), [&](const Regional& each) {
        return insee_code.substr(0, each.department.size()) == each.department;
      });
  return found == kRegional.end() ? HolidayRegime::kMetropole : found->regime;
}

bool IsPdsa(const Date& date, TimeOfDay time, HolidayRegime regime, const PdsaHours& hours) {
  return time < hours.morning || time >= PdsaFrom(date, regime, hours);
}

bool TouchesPdsa(const Date& date, TimeOfDay start, TimeOfDay end, HolidayRegime regime,
                 const PdsaHours& hours) {
  return start < hours.morning || end > PdsaFrom(date, regime, hours);
}

}  // namespace sas::care
