#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/base/clock.h"
#include "common/care/calendar.h"
#include "services/slots/domain/need.h"
#include "services/slots/domain/plan_frame.h"
#include "services/slots/domain/planned_slot.h"
#include "services/slots/domain/slot_name.h"

namespace sas::slots {

inline constexpr int kSlotMinutesMin = 5;
inline constexpr int kSlotMinutesMax = 120;
inline constexpr int kSeatsMax = 20;  ///< Patients at once in a slot.
inline constexpr int kEveryWeeksMax = 12;
inline constexpr int kPatternMax = 96;  ///< Entries of an allocation pattern.
inline constexpr int kSeasonsMax = 8;
inline constexpr int kGiveBackMinutesMax = 1440;
inline constexpr int kSecretariatMinutesMax = 2880;
inline constexpr int kSupernumeraryMax = 4;
/// Of a session through midnight: longer, its end is a slip of the pen.
inline constexpr int kNightMinutesMax = 14 * 60;

/// Other capacity in some weeks of each year (summer at the coast). Days are month × 100 + day; a
/// last day before the first lies in the next year.
struct Season {
  int first = 0;
  int last = 0;
  int seats = 1;
};

/// A recurring opening as the generator needs it.
struct Plan {
  std::string name;
  std::string site;
  std::string agenda;
  std::string practitioner;  ///< Empty: "à pourvoir".
  std::string room_id;
  std::vector<int> weekdays;
  care::TimeOfDay start;
  care::TimeOfDay end;  ///< Of the next day when it is not after the start (EndMinutes).
  int slot_minutes = 15;
  int seats = 1;
  std::vector<Mode> modes;
  std::vector<SlotClass> classes;
  std::vector<Allocation> allocation_pattern;
  care::Date effective_start;
  std::optional<care::Date> effective_end;
  int every_weeks = 1;
  bool public_holidays = false;
  bool pdsa_hours = false;
  std::string secretary;
  std::vector<Season> seasons;
  int give_back_minutes = 0;  ///< 0: never.
  care::TimeOfDay same_day_release;
  int secretariat_minutes = 0;
  int supernumerary_max = 0;
  bool own_patients_only = false;
};

/// Minutes from local midnight of the day on which a session begins to its end: beyond 24 h when it
/// goes through midnight. Such a session is one of its first day, for weekdays, public holidays,
/// seasons, the last day of plan and site, and the caps of day and week.
int EndMinutes(const Plan& plan);

/// Does any minute of the session that begins on that day lie in PDSA hours that it may not use?
bool LiesInPdsa(const Plan& plan, const PlanFrame& frame, const care::Date& day);

/// Shape of a plan: end after start, at most 14 h later where that is the next day, length fits,
/// weekdays, seats, pattern; never inside PDSA hours unless plan and frame say so. All findings in
/// one status: INVALID_ARGUMENT `INVALID_SESSION_PLAN` (or `INVALID_AGENDA`, `UNKNOWN_ENUM_VALUE`),
/// FAILED_PRECONDITION `SESSION_IN_PDSA_HOURS` naming the rule; fields are paths below `prefix`.
absl::Status CheckPlan(const Plan& plan, const PlanFrame& frame, std::string_view prefix);

/// Plans that would put two sessions into one room, one practitioner in two places or two slots
/// into one agenda at once: FAILED_PRECONDITION `ROOM_TAKEN`, `PRACTITIONER_TAKEN` or
/// `AGENDA_TAKEN` naming both plans and the first such day. The first pair alone.
absl::Status CheckOverlap(const std::vector<Plan>& plans);

/// What the rule of chained sessions needs to know of a site.
struct ChainSite {
  bool csnp = false;
  bool mmg = false;
  std::optional<care::Date> chaining_from;  ///< First day of the ARS' approval, of a CSNP.
};

/// A session of an MMG follows one of a CSNP when it begins within so many minutes of its end.
inline constexpr int kChainGapMinutesMax = 60;

/// S0-18: one practitioner who holds a CSNP session and then one of an MMG, on a day for which the
/// ARS has not approved it: FAILED_PRECONDITION `CHAINING_NOT_APPROVED` naming both plans and the
/// first such day. `sites` by name; plans of others are not judged.
absl::Status CheckChaining(const std::vector<Plan>& plans,
                           const std::map<std::string, ChainSite>& sites);

/// One plan against each of those that its sessions could meet, but not these against one another:
/// what CheckOverlap and CheckChaining say of the first pair. For what is added to an agenda, where
/// somebody else's old fault is no reason to refuse it.
absl::Status CheckMeetings(const Plan& plan, const std::vector<Plan>& others,
                           const std::map<std::string, ChainSite>& sites);

/// Sessions of the days [from, to], in order of time. None on a public holiday or inside PDSA hours
/// (bridge days) unless the plan says so; in the nights of clock change the session keeps its local
/// start and end, and has more or fewer slots.
std::vector<PlannedSession> Generate(const Plan& plan, const PlanFrame& frame,
                                     const care::Zone& zone, const care::Date& from,
                                     const care::Date& to);

/// Time that a practitioner gives elsewhere.
struct TimeSpan {
  base::Instant start{};
  base::Instant end{};
};

/// How many of them touch a staffed session, and the start of the first of these.
struct SharedTime {
  int count = 0;
  base::Instant first{};  ///< Zero when there is none.
};

SharedTime SharedWith(const std::vector<PlannedSession>& sessions,
                      const std::vector<TimeSpan>& elsewhere);

/// Seats of one of the plan's slots on a day.
int SeatsOn(const Plan& plan, const care::Date& date);

/// Mondays since 5 January 1970.
int WeekOf(const care::Date& date);

/// Does `slot` take the time of an appointment whose own slot no plan makes any more? A changed
/// plan never touches what is booked (hazard H-22): the doctor of that agenda is busy, for as long
/// as one of the new slots, since the old length is not known.
bool OverlapsBooked(const PlannedSlot& slot, const std::vector<SlotIdentity>& orphans);

}  // namespace sas::slots
