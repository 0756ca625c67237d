#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/care/calendar.h"

namespace sas::regulation {

inline constexpr std::chrono::minutes kSignInBefore{60};      ///< Before the shift begins.
inline constexpr std::chrono::minutes kPresenceOfAct{15};     ///< An act proves presence so long.
inline constexpr std::chrono::minutes kAbsenceGrace{10};      ///< From the begin of a shift.
inline constexpr std::chrono::hours kPlanAheadMax{24 * 400};  ///< From now to the end of a shift.

/// Values equal Shift.State and RosterQueue; convert_roster.cpp asserts it.
enum class ShiftState {
  kUnspecified = 0,
  kPlanned = 1,
  kSignedIn = 2,
  kSignedOut = 3,
  kCancelled = 4,
  kReplaced = 5
};
enum class RosterQueue { kUnspecified = 0, kRegulation = 1, kOsnp = 2, kArm = 3 };

/// What the rules look at of a shift.
struct ShiftValue {
  std::string name;
  std::string territory;
  std::string subject;
  base::Role role = base::Role::kUnspecified;
  base::Instant start{};
  base::Instant end{};  ///< Exclusive.
  ShiftState state = ShiftState::kUnspecified;
};

/// The queue that a role works; unspecified for a role without shifts.
RosterQueue QueueOf(base::Role role);
/// "REGULATION", "OSNP", "ARM".
std::string_view QueueName(RosterQueue queue);

/// Planned or signed in: who has left, or whose shift was taken back or over, is not on it.
bool Stands(ShiftState state);
bool OnShift(const ShiftValue& shift, base::Instant now);

/// INVALID_ARGUMENT `SHIFT_TIMES` about `shift.end_time`: not after the start, over already, too
/// far ahead, or later than the same hour of the next day (25 h over the night that repeats one).
absl::Status CheckShiftTimes(base::Instant start, base::Instant end, base::Instant now,
                             const care::Zone& zone);

/// FAILED_PRECONDITION `SHIFT_OVERLAPS` naming the other one. One's own name is left aside.
absl::Status CheckNoOverlap(const ShiftValue& fresh, const std::vector<ShiftValue>& of_person);

/// FAILED_PRECONDITION `SHIFT_STATE_FORBIDS` (cancelled or replaced), `SHIFT_NOT_NOW`.
absl::Status CheckSignIn(const ShiftValue& shift, base::Instant now);
/// The same for who leaves, is replaced, or whose shift is taken back: it stands and is not over.
absl::Status CheckStanding(const ShiftValue& shift, base::Instant now);

/// When a queue must have somebody.
enum class StaffingHours { kNever, kAlways, kSas, kPdsa };

/// Which queues a territory must staff, as data. Without a rule of its own a territory that has a
/// roster staffs REGULATION always and OSNP in the hours of the SAS (outside of PDSA).
class StaffingRules {
 public:
  /// "85:OSNP:ALWAYS", "63:ARM:PDSA", "43:OSNP:NEVER". INVALID_ARGUMENT `INVALID_STAFFING` naming
  /// the part that cannot be read.
  static absl::StatusOr<StaffingRules> Parse(const std::vector<std::string>& parts);

  StaffingHours HoursOf(const std::string& territory, RosterQueue queue) const;
  bool Requires(const std::string& territory, RosterQueue queue, base::Instant at,
                const care::Zone& zone) const;

 private:
  std::map<std::pair<std::string, RosterQueue>, StaffingHours> rules_;
};

/// Values equal QueueCoverage.State.
enum class CoverageState {
  kUnspecified = 0,
  kCovered = 1,
  kNotRequired = 2,
  kNobodyOnShift = 3,
  kNobodySoon = 4,
  kNobodyPresent = 5
};

struct CoverageValue {
  CoverageState state = CoverageState::kNotRequired;
  std::optional<base::Instant> gap;  ///< The first minute that must be staffed and is not.
};

/// A shift with whether its person is there.
struct Attendance {
  ShiftValue shift;
  bool present = false;
};

/// How a queue of a territory is staffed from `now` to `ahead` later; `shifts` are those of the
/// territory, of any queue. Looks at each minute, so that an hour of PDSA that begins, a shift that
/// ends and a night of change are all the same to it.
CoverageValue CoverageOf(const std::string& territory, RosterQueue queue,
                         const std::vector<Attendance>& shifts, const StaffingRules& rules,
                         const care::Zone& zone, base::Instant now, std::chrono::minutes ahead);

}  // namespace sas::regulation
