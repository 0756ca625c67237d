#include <array>
#include <iostream>
#include <nlohmann/json.hpp>

#include "common/care/calendar_days.h"
#include "tools/sasctl/print.h"

// sasctl planning calendar: holidays and PDSA hours as the rules apply them, to be signed.
namespace sasctl {
namespace {

namespace care = sas::care;

constexpr int kDaysStandard = 60;
constexpr int kDaysMax = 366;
constexpr std::array<const char*, 8> kWeekdays{"",      "lundi",    "mardi",  "mercredi",
                                               "jeudi", "vendredi", "samedi", "dimanche"};

struct CalendarOptions {
  std::string from, department;
  int days = kDaysStandard;
};

std::string KindText(const care::CalendarDay& day) {
  std::string text(day.holiday);
  if (day.bridge) text = "pont";
  if (day.hours != 24) {
    if (!text.empty()) text += ", ";
    text += "jour de " + std::to_string(day.hours) + " heures (changement d’heure)";
  }
  return text;
}

void PrintAsJson(const std::vector<care::CalendarDay>& days, const std::string& department) {
  nlohmann::json told{{"department", department}, {"number", care::CalendarNumber(days)}};
  for (const care::CalendarDay& day : days) {
    told["days"].push_back({{"date", care::DateText(day.date)},
                            {"holiday", std::string(day.holiday)},
                            {"bridge", day.bridge},
                            {"open", care::HoursText(day.open)},
                            {"hours", day.hours}});
  }
  std::cout << told.dump() << "\n";
}

void Print(const std::vector<care::CalendarDay>& days, const std::string& department) {
  std::cout << "Calendrier appliqué, département " << department << ", "
            << care::DateText(days.front().date) << " au " << care::DateText(days.back().date)
            << ". Hors PDSA : heures où une séance de CSNP peut se tenir.\n\n";
  Table table({"DATE", "JOUR", "HORS PDSA", "FÉRIÉ, PONT, HEURE"});
  for (const care::CalendarDay& day : days) {
    const std::string open = care::HoursText(day.open);
    table.Row({care::DateText(day.date),
               kWeekdays.at(static_cast<std::size_t>(care::Weekday(day.date))),
               open.empty() ? "PDSA toute la journée" : open, KindText(day)});
  }
  table.Print();
  std::cout << "\nNuméro du calendrier : " << care::CalendarNumber(days)
            << "\nLu et approuvé par : ____________________  fonction : ____________________"
               "\nDate : ____ / ____ / ________  signature : ____________________\n";
}

}  // namespace

void AddCalendarCommand(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand(
      "calendar", "Holidays and PDSA hours of the next days, as the rules apply them, to sign");
  auto options = std::make_shared<CalendarOptions>();
  sub->add_option("--from", options->from, "First day, YYYY-MM-DD; today unless given");
  sub->add_option("--days", options->days, "How many")->check(CLI::Range(1, kDaysMax));
  sub->add_option("--department", options->department,
                  "Its holidays apply (67, 971…); the territory's unless given");
  sub->callback([&suite, options] {
    const auto zone = care::Zone::Load("Europe/Paris");
    if (!zone.ok()) Suite::Usage("Europe/Paris is not installed");
    care::Date first = zone->DateOf(base::SystemClock().Now());
    if (!options->from.empty()) {
      const auto parsed = care::ParseDate(options->from, "--from");
      if (!parsed.ok()) Suite::Usage(options->from + ": use YYYY-MM-DD");
      first = *parsed;
    }
    std::string department = options->department;
    if (department.empty()) department = suite.endpoints().territory;
    const auto days =
        care::CalendarFrom(first, options->days, care::HolidayRegimeOf(department), *zone);
    suite.json() ? PrintAsJson(days, department) : Print(days, department);
  });
}

}  // namespace sasctl
