#pragma once

#include <optional>

#include "common/base/clock.h"
#include "common/care/calendar.h"

namespace sas::slots {

/// Limits of the site and of the practitioner that bound slots, whoever makes them: a plan, an
/// opening of one day or a platform.
struct PlanFrame {
  care::Date site_opening;
  std::optional<care::Date> site_end;
  std::optional<care::Date> licence_end;
  bool secretary_required = false;
  /// An MMG, SOS Médecins, a hospital, or a chained session that the ARS has approved.
  bool may_use_pdsa_hours = false;
  std::optional<care::Date> pdsa_from;  ///< First day of that approval; absent: always.
  care::HolidayRegime holidays = care::HolidayRegime::kMetropole;
  care::PdsaHours pdsa{};  ///< Of the site's département.
};

/// Neither before the opening day of the site nor after its last: a season ends by itself.
bool IsOpenOn(const PlanFrame& frame, const care::Date& day);

/// The licence of a remplaçant ends with its last day.
bool IsLicensedOn(const PlanFrame& frame, const care::Date& day);

/// Does any minute of [start, end) of the day lie in PDSA hours that the site may not use (S0-03)?
bool BreaksPdsa(const PlanFrame& frame, const care::Date& day, care::TimeOfDay start,
                care::TimeOfDay end);

/// Local end of what begins on the day of `start`: what reaches midnight ends at 24:00.
care::TimeOfDay EndOfDay(const care::Zone& zone, base::Instant start, base::Instant end);

/// Why nobody is sent to a time, though somebody offers it.
enum class SlotBar {
  kNone,
  kSiteNotOpen,
  kPdsaHours,
  kLicenceEnded,
  kAgendaOfPlan,  ///< Of a platform's frame alone: our plans or openings use its agenda's id.
};

/// The first that holds. What is kept was right when it came: whoever shows it asks again, because
/// sites and licences change.
SlotBar BarOf(const PlanFrame& frame, const care::Zone& zone, base::Instant start,
              base::Instant end);

}  // namespace sas::slots
