#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/base/clock.h"
#include "common/care/calendar.h"
#include "services/slots/domain/need.h"
#include "services/slots/domain/slot_name.h"

namespace sas::slots {

inline constexpr int kSlotMinutesMin = 5;
inline constexpr int kSlotMinutesMax = 120;
inline constexpr int kSeatsMax = 20;  ///< Patients at once in a slot.
inline constexpr int kEveryWeeksMax = 12;
inline constexpr int kPatternMax = 96;  ///< Entries of an allocation pattern.

/// A recurring opening as the generator needs it.
struct Plan {
  std::string name;
  std::string site;
  std::string agenda;
  std::string practitioner;  ///< Empty: "à pourvoir".
  std::string room_id;
  std::vector<int> weekdays;
  care::TimeOfDay start;
  care::TimeOfDay end;
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
};

/// One generated slot.
struct PlannedSlot {
  std::string name;  ///< {site}/slots/{agenda}-{start in UTC as yyyymmddthhmmz}
  std::string plan;
  std::string practitioner;
  base::Instant start;
  base::Instant end;
  base::Instant day_begin;  ///< Local midnight before it: from then on it is today's.
  std::vector<Mode> modes;
  std::vector<SlotClass> classes;
  Allocation allocation = Allocation::kAnybody;
  int seats = 1;
  bool staffed = true;
};

/// One generated session.
struct PlannedSession {
  std::string plan;
  care::Date date;
  base::Instant start;
  base::Instant end;
  bool staffed = true;
  std::vector<std::string> warnings;  ///< NO_SECRETARY, LICENCE_ENDS, UNSTAFFED.
  std::vector<PlannedSlot> slots;
};

/// Limits of the site and of the practitioner that bound a plan.
struct PlanFrame {
  care::Date site_opening;
  std::optional<care::Date> site_end;
  std::optional<care::Date> licence_end;
  bool secretary_required = false;
  bool may_use_pdsa_hours = false;  ///< An MMG, or a chained session that the ARS has approved.
  care::HolidayRegime holidays = care::HolidayRegime::kMetropole;
};

/// Shape of a plan: start before end, length fits, weekdays, seats, pattern; never inside PDSA
/// hours unless plan and frame say so. All findings in one status: INVALID_ARGUMENT
/// `INVALID_SESSION_PLAN` (or `INVALID_AGENDA`, `UNKNOWN_ENUM_VALUE`), FAILED_PRECONDITION
/// `SESSION_IN_PDSA_HOURS` naming the rule; fields are paths below `prefix`.
absl::Status CheckPlan(const Plan& plan, const PlanFrame& frame, std::string_view prefix);

/// Plans that would put two sessions into one room, one practitioner in two places or two slots
/// into one agenda at once: FAILED_PRECONDITION `ROOM_TAKEN`, `PRACTITIONER_TAKEN` or
/// `AGENDA_TAKEN` naming both plans and the first such day. The first pair alone.
absl::Status CheckOverlap(const std::vector<Plan>& plans);

/// Sessions of the days [from, to], in order of time. None on a public holiday or inside PDSA hours
/// (bridge days) unless the plan says so; in the nights of clock change the session keeps its local
/// start and end, and has more or fewer slots.
std::vector<PlannedSession> Generate(const Plan& plan, const PlanFrame& frame,
                                     const care::Zone& zone, const care::Date& from,
                                     const care::Date& to);

/// Does `slot` take the time of an appointment whose own slot no plan makes any more? A changed
/// plan never touches what is booked (hazard H-22): the doctor of that agenda is busy, for as long
/// as one of the new slots, since the old length is not known.
bool OverlapsBooked(const PlannedSlot& slot, const std::vector<SlotIdentity>& orphans);

}  // namespace sas::slots
