#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/base/clock.h"
#include "common/care/calendar.h"
#include "services/slots/domain/need.h"
#include "services/slots/domain/session_plan.h"

namespace sas::slots {

inline constexpr std::chrono::hours kClosureMax{92 * 24};
inline constexpr std::chrono::hours kOpeningMax{12};
/// How far ahead exceptions may begin.
inline constexpr std::chrono::hours kExceptionAheadMax{400 * 24};

/// Slots beside the plans, on one day (renfort, créneau d'urgence jour J).
struct Opening {
  std::string name;  ///< Of the exception.
  std::string site;
  std::string agenda;
  std::string practitioner;  ///< Empty: "à pourvoir".
  std::string room_id;
  base::Instant start{};
  base::Instant end{};
  int slot_minutes = 15;
  int seats = 1;
  std::vector<Mode> modes;
  std::vector<SlotClass> classes;
  Allocation allocation = Allocation::kAnybody;
  int give_back_minutes = 0;
  bool own_patients_only = false;
};

/// Shape and hours of an opening: INVALID_ARGUMENT `INVALID_OPENING`, `INVALID_AGENDA`,
/// `INVALID_TIME_RANGE`, `UNKNOWN_ENUM_VALUE`, `NUMBER_OUT_OF_RANGE`; FAILED_PRECONDITION
/// `SESSION_IN_PDSA_HOURS` (S0-03) and `SITE_NOT_OPEN` (before the opening day or after the last).
/// Fields are paths below `prefix`.
absl::Status CheckOpening(const Opening& opening, const PlanFrame& frame, const care::Zone& zone,
                          std::string_view prefix);

/// The opening as a plan of its one day, for the checks of rooms, practitioners and agendas.
Plan PlanOf(const Opening& opening, const care::Zone& zone);

/// Its slots, in order of time, Origin::kManual. None when a change of the site has shut it then,
/// unstaffed after the end of a licence. The length of the time counts, not the clock on the wall:
/// in the nights of clock change nothing is lost.
std::vector<PlannedSlot> SlotsOf(const Opening& opening, const PlanFrame& frame,
                                 const care::Zone& zone);

/// A time in which the practice offers nothing of an agenda.
struct Closure {
  std::string agenda;  ///< Empty: every agenda of the site.
  base::Instant start{};
  base::Instant end{};  ///< Exclusive.
};

/// Does one of them take the slot out of the offer? A slot that only touches one does not count.
bool IsClosed(const std::vector<Closure>& closures, std::string_view agenda, base::Instant start,
              base::Instant end);

/// Takes the slot out of the offer: what is held or booked stays (hazard H-27).
void Withdraw(PlannedSlot& slot);

}  // namespace sas::slots
