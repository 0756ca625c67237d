#include <algorithm>
#include <array>
#include <string>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/care/pdsa_hours.h"
#include "services/slots/domain/findings.h"
#include "services/slots/domain/month_day.h"
#include "services/slots/domain/session_plan.h"

namespace sas::slots {
namespace {

constexpr std::size_t kAgendaMax = 48;  ///< With '-' and the start it makes an id of at most 63.

/// Monday of a week without holidays, in which a plan shows its ordinary hours.
constexpr care::Date kOrdinaryMonday{2026, 11, 23};

class Checker {
 public:
  Checker(const Plan& plan, std::string_view prefix) : plan_(plan), prefix_(prefix) {}

  void CheckAgenda() {
    if (base::IsId(plan_.agenda) && plan_.agenda.size() <= kAgendaMax) return;
    InvalidField("agenda", "INVALID_AGENDA", "use 1 to 48 of a-z, 0-9, '-', '.', '_', '~'");
  }

  void CheckDays() {
    const auto& days = plan_.weekdays;
    const bool known =
        std::all_of(days.begin(), days.end(), [](int day) { return day >= 1 && day <= 7; });
    std::vector<int> sorted = days;
    std::sort(sorted.begin(), sorted.end());
    const bool twice = std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
    if (days.empty() || !known || twice) {
      InvalidField("weekdays", "INVALID_SESSION_PLAN",
                   "name at least one day, 1 (Monday) to 7 (Sunday), each once");
    }
    if (plan_.every_weeks < 0 || plan_.every_weeks > kEveryWeeksMax) {
      InvalidField("every_weeks", "INVALID_SESSION_PLAN",
                   "use 0 to " + std::to_string(kEveryWeeksMax));
    }
    if (plan_.effective_end && *plan_.effective_end < plan_.effective_start) {
      InvalidField("effective_end_date", "INVALID_SESSION_PLAN",
                   "the last day comes before the first");
    }
  }

  void CheckLengths() {
    if (plan_.slot_minutes < kSlotMinutesMin || plan_.slot_minutes > kSlotMinutesMax) {
      InvalidField("slot_minutes", "INVALID_SESSION_PLAN", "a slot takes 5 to 120 minutes");
    } else if (!HasSoundHours()) {
      InvalidField("end_time_of_day", "INVALID_SESSION_PLAN",
                   "the session ends before it starts; one through midnight takes at most 14 h");
    } else if (EndMinutes(plan_) - plan_.start.minutes < plan_.slot_minutes) {
      InvalidField("slot_minutes", "INVALID_SESSION_PLAN", "the session is shorter than one slot");
    }
    if (plan_.seats < 1 || plan_.seats > kSeatsMax) {
      InvalidField("seats", "INVALID_SESSION_PLAN", "a slot has 1 to 20 seats");
    }
  }

  void CheckKinds() {
    CheckList("modes", plan_.modes, Mode::kAmb, Mode::kVr, true);
    CheckList("classes", plan_.classes, SlotClass::kPublic, SlotClass::kCpts, true);
    CheckList("allocation_pattern", plan_.allocation_pattern, Allocation::kAnybody,
              Allocation::kSecretariat, false);
    if (plan_.allocation_pattern.size() > static_cast<std::size_t>(kPatternMax)) {
      InvalidField("allocation_pattern", "INVALID_SESSION_PLAN", "at most 96 entries");
    }
  }

  void CheckControl() {
    CheckRange("give_back_minutes", plan_.give_back_minutes, kGiveBackMinutesMax);
    CheckRange("secretariat_minutes", plan_.secretariat_minutes, kSecretariatMinutesMax);
    CheckRange("supernumerary_max", plan_.supernumerary_max, kSupernumeraryMax);
  }

  void CheckSeasons() {
    if (plan_.seasons.size() > static_cast<std::size_t>(kSeasonsMax)) {
      return InvalidField("seasons", "INVALID_SESSION_PLAN", "at most 8 seasons");
    }
    std::array<int, kDaysOfYear> seasons_of_day{};
    for (std::size_t i = 0; i < plan_.seasons.size(); ++i) {
      const Season& season = plan_.seasons[i];
      const std::string field = "seasons[" + std::to_string(i) + "]";
      if (season.seats < 1 || season.seats > kSeatsMax) {
        InvalidField(field + ".seats", "INVALID_SESSION_PLAN", "a slot has 1 to 20 seats");
      }
      const int last = DayOfYear(season.last);
      if (DayOfYear(season.first) < 0 || last < 0) {
        InvalidField(field, "INVALID_SESSION_PLAN", "a season has a first and a last day, MM-DD");
      }
      for (int day = DayOfYear(season.first); day >= 0 && last >= 0;
           day = (day + 1) % kDaysOfYear) {
        ++seasons_of_day.at(static_cast<std::size_t>(day));
        if (day == last) break;
      }
    }
    if (std::any_of(seasons_of_day.begin(), seasons_of_day.end(), [](int n) { return n > 1; })) {
      InvalidField("seasons", "INVALID_SESSION_PLAN", "two seasons share a day");
    }
  }

  void CheckPdsa(const PlanFrame& frame) {
    if (plan_.pdsa_hours && !frame.may_use_pdsa_hours) {
      return AddPdsa("pdsa_hours",
                     "only an MMG, SOS Médecins, a hospital, or a session whose chaining the ARS "
                     "has approved, "
                     "may lie there");
    }
    if (plan_.pdsa_hours) return;
    if (plan_.public_holidays) {
      return AddPdsa("public_holidays", "a public holiday is PDSA all day");
    }
    for (const int day : plan_.weekdays) {
      const care::Date date = care::AddDays(kOrdinaryMonday, day - 1);
      if (day >= 1 && day <= 7 && HasSoundHours() && LiesInPdsa(plan_, frame, date)) {
        return AddPdsa("start_time_of_day", "PDSA hours are " + care::PdsaHoursText(frame.pdsa) +
                                                " (weekday " + std::to_string(day) + ")");
      }
    }
  }

  absl::Status Result() const { return findings_.Result(); }

 private:
  bool HasSoundHours() const {
    return plan_.start < plan_.end || EndMinutes(plan_) - plan_.start.minutes <= kNightMinutesMax;
  }

  std::string Field(std::string_view name) const {
    return prefix_.empty() ? std::string(name) : prefix_ + "." + std::string(name);
  }

  void CheckRange(std::string_view field, int value, int max) {
    if (value >= 0 && value <= max) return;
    InvalidField(field, "NUMBER_OUT_OF_RANGE", "use 0 to " + std::to_string(max));
  }

  void InvalidField(std::string_view field, std::string_view reason, std::string_view description) {
    findings_.Add(base::InvalidField(Field(field), reason, description));
  }

  void AddPdsa(std::string_view field, const std::string& rule) {
    const std::string text = "the session lies in PDSA hours: " + rule;
    const absl::Status status = base::Fail(absl::StatusCode::kFailedPrecondition,
                                           "SESSION_IN_PDSA_HOURS", text, {{"plan", plan_.name}});
    base::ErrorDetail detail = base::DetailOf(status);
    detail.violations.push_back({Field(field), text});
    findings_.Add(base::WithDetail(status, detail));
  }

  template <typename Kind>
  void CheckList(std::string_view field, const std::vector<Kind>& list, Kind first, Kind last,
                 bool required) {
    if (required && list.empty()) InvalidField(field, "INVALID_SESSION_PLAN", "name at least one");
    const bool known = std::all_of(list.begin(), list.end(),
                                   [&](Kind kind) { return kind >= first && kind <= last; });
    if (!known) InvalidField(field, "UNKNOWN_ENUM_VALUE", "use a value of the list");
  }

  const Plan& plan_;
  const std::string prefix_;
  Findings findings_;
};

}  // namespace

absl::Status CheckPlan(const Plan& plan, const PlanFrame& frame, std::string_view prefix) {
  Checker checker(plan, prefix);
  checker.CheckAgenda();
  checker.CheckDays();
  checker.CheckLengths();
  checker.CheckKinds();
  checker.CheckControl();
  checker.CheckSeasons();
  checker.CheckPdsa(frame);
  return checker.Result();
}

}  // namespace sas::slots
