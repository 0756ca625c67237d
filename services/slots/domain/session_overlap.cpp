#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <string>

#include "absl/strings/str_format.h"
#include "common/base/status.h"
#include "services/slots/domain/session_plan.h"
#include "services/slots/domain/week.h"

namespace sas::slots {
namespace {

constexpr int kDaysPerWeek = 7;
constexpr int kMinutesPerDay = 24 * 60;
/// Days of the common rhythm that are looked at beyond the first: a holiday may take the first
/// away.
constexpr int kRhythmsMax = 4;

int Rhythm(const Plan& plan) {
  return std::max(1, plan.every_weeks);
}

bool HasDay(const Plan& plan, const care::Date& date) {
  const int weeks =
      care::DaysBetween(MondayOf(plan.effective_start), MondayOf(date)) / kDaysPerWeek;
  return date >= plan.effective_start && (!plan.effective_end || date <= *plan.effective_end) &&
         weeks % Rhythm(plan) == 0 &&
         std::find(plan.weekdays.begin(), plan.weekdays.end(), care::Weekday(date)) !=
             plan.weekdays.end() &&
         (plan.public_holidays || care::PublicHoliday(date).empty());
}

bool MayShareDay(const Plan& a, const Plan& b) {
  if (a.effective_end && *a.effective_end < b.effective_start) return false;
  if (b.effective_end && *b.effective_end < a.effective_start) return false;
  const bool weekday = std::any_of(a.weekdays.begin(), a.weekdays.end(), [&](int day) {
    return std::find(b.weekdays.begin(), b.weekdays.end(), day) != b.weekdays.end();
  });
  // Week A and week B never meet: the weeks of two rhythms agree only modulo their common divisor.
  const int apart =
      care::DaysBetween(MondayOf(a.effective_start), MondayOf(b.effective_start)) / kDaysPerWeek;
  return weekday && apart % std::gcd(Rhythm(a), Rhythm(b)) == 0;
}

/// First day of `a` on which both take place, at whatever hour; `b` so many days later.
std::optional<care::Date> FirstSharedDay(const Plan& a, const Plan& b, int later = 0) {
  if (later == 0 && !MayShareDay(a, b)) return std::nullopt;
  const care::Date first = std::max(a.effective_start, care::AddDays(b.effective_start, -later));
  const int days = kRhythmsMax * kDaysPerWeek * std::lcm(Rhythm(a), Rhythm(b));
  for (int i = 0; i <= days; ++i) {
    const care::Date date = care::AddDays(first, i);
    if (HasDay(a, date) && HasDay(b, care::AddDays(date, later))) return date;
  }
  return std::nullopt;
}

/// First day whose night, in `a`, reaches into a session of `b` of the next day.
std::optional<care::Date> FirstNight(const Plan& a, const Plan& b) {
  if (b.start.minutes + kMinutesPerDay >= EndMinutes(a)) return std::nullopt;
  return FirstSharedDay(a, b, 1);
}

/// First day on which both take place at once; of a night the day on which it begins.
std::optional<care::Date> FirstCommonDay(const Plan& a, const Plan& b) {
  if (a.start.minutes < EndMinutes(b) && b.start.minutes < EndMinutes(a)) {
    if (const auto day = FirstSharedDay(a, b)) return day;
  }
  const auto night = FirstNight(a, b);
  return night ? night : FirstNight(b, a);
}

/// Does the session at the MMG follow the one at the CSNP at once?
bool Follows(const Plan& csnp, const Plan& mmg) {
  const int gap = mmg.start.minutes - csnp.end.minutes;
  return gap >= 0 && gap <= kChainGapMinutesMax;
}

using Groups = std::map<std::string, std::vector<const Plan*>>;

absl::Status RefuseMeetings(const Groups& groups, std::string_view reason,
                            const std::string& what) {
  for (const auto& [key, plans] : groups) {
    for (std::size_t i = 0; i < plans.size(); ++i) {
      for (std::size_t j = i + 1; j < plans.size(); ++j) {
        const auto day = FirstCommonDay(*plans[i], *plans[j]);
        if (!day) continue;
        const std::string date = care::DateText(*day);
        const std::string text =
            absl::StrFormat("%s on %s: %s and %s", what, date, plans[i]->name, plans[j]->name);
        return base::Fail(
            absl::StatusCode::kFailedPrecondition, reason, text,
            {{"plan", plans[i]->name}, {"other_plan", plans[j]->name}, {"date", date}});
      }
    }
  }
  return absl::OkStatus();
}

absl::Status RefuseChain(const Plan& csnp, const Plan& mmg, const ChainSite& site) {
  if (!Follows(csnp, mmg)) return absl::OkStatus();
  const auto day = FirstSharedDay(csnp, mmg);
  if (!day || (site.chaining_from && *day >= *site.chaining_from)) return absl::OkStatus();
  const std::string date = care::DateText(*day);
  return base::Fail(
      absl::StatusCode::kFailedPrecondition, "CHAINING_NOT_APPROVED",
      "one practitioner would hold a CSNP session and then one of an MMG, and the ARS has not "
      "approved that: see chaining_approval of the site, from " +
          date,
      {{"plan", csnp.name},
       {"other_plan", mmg.name},
       {"date", date},
       {"approved_from", site.chaining_from ? care::DateText(*site.chaining_from) : ""}});
}

}  // namespace

absl::Status CheckChaining(const std::vector<Plan>& plans,
                           const std::map<std::string, ChainSite>& sites) {
  std::map<std::string, std::pair<std::vector<const Plan*>, std::vector<const Plan*>>> by_doctor;
  for (const Plan& plan : plans) {
    const auto site = sites.find(plan.site);
    if (plan.practitioner.empty() || site == sites.end()) continue;
    if (site->second.csnp) by_doctor[plan.practitioner].first.push_back(&plan);
    if (site->second.mmg) by_doctor[plan.practitioner].second.push_back(&plan);
  }
  for (const auto& [doctor, sessions] : by_doctor) {
    for (const Plan* csnp : sessions.first) {
      for (const Plan* mmg : sessions.second) {
        SAS_RETURN_IF_ERROR(RefuseChain(*csnp, *mmg, sites.at(csnp->site)));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status CheckOverlap(const std::vector<Plan>& plans) {
  Groups rooms;
  Groups practitioners;
  Groups agendas;
  for (const Plan& plan : plans) {
    if (!plan.room_id.empty()) rooms[plan.site + "/" + plan.room_id].push_back(&plan);
    if (!plan.practitioner.empty()) practitioners[plan.practitioner].push_back(&plan);
    agendas[plan.site + "/" + plan.agenda].push_back(&plan);
  }
  SAS_RETURN_IF_ERROR(RefuseMeetings(rooms, "ROOM_TAKEN", "two sessions would share a room"));
  SAS_RETURN_IF_ERROR(RefuseMeetings(practitioners, "PRACTITIONER_TAKEN",
                                     "one practitioner would be in two sessions"));
  return RefuseMeetings(agendas, "AGENDA_TAKEN", "one agenda would have two sessions");
}

absl::Status CheckMeetings(const Plan& plan, const std::vector<Plan>& others,
                           const std::map<std::string, ChainSite>& sites) {
  for (const Plan& other : others) {
    SAS_RETURN_IF_ERROR(CheckOverlap({plan, other}));
    SAS_RETURN_IF_ERROR(CheckChaining({plan, other}, sites));
  }
  return absl::OkStatus();
}

}  // namespace sas::slots
