#include "services/regulation/domain/roster.h"

#include <algorithm>
#include <array>

#include "common/base/status.h"
#include "common/care/identifiers.h"

namespace sas::regulation {
namespace {

constexpr std::array<std::pair<RosterQueue, std::string_view>, 3> kQueues{
    {{RosterQueue::kRegulation, "REGULATION"},
     {RosterQueue::kOsnp, "OSNP"},
     {RosterQueue::kArm, "ARM"}}};

constexpr std::array<std::pair<StaffingHours, std::string_view>, 4> kHours{
    {{StaffingHours::kNever, "NEVER"},
     {StaffingHours::kAlways, "ALWAYS"},
     {StaffingHours::kSas, "SAS"},
     {StaffingHours::kPdsa, "PDSA"}}};

absl::Status Times(const char* description) {
  return base::InvalidField("shift.end_time", "SHIFT_TIMES", description);
}

template <typename Table>
auto ByName(const Table& table, std::string_view name) {
  return std::find_if(table.begin(), table.end(),
                      [&](const auto& row) { return row.second == name; });
}

bool ReadPart(const std::string& part, std::pair<std::string, RosterQueue>& key,
              StaffingHours& hours) {
  const std::size_t first = part.find(':');
  const std::size_t second = part.find(':', first + 1);
  if (first == std::string::npos || second == std::string::npos) return false;
  const auto queue = ByName(kQueues, std::string_view(part).substr(first + 1, second - first - 1));
  const auto when = ByName(kHours, std::string_view(part).substr(second + 1));
  key.first = part.substr(0, first);
  if (queue == kQueues.end() || when == kHours.end() ||
      !care::CheckTerritory(key.first, "staffing").ok()) {
    return false;
  }
  key.second = queue->first;
  hours = when->first;
  return true;
}

bool Works(const ShiftValue& shift, const std::string& territory, RosterQueue queue,
           base::Instant at) {
  return shift.territory == territory && QueueOf(shift.role) == queue && OnShift(shift, at);
}

}  // namespace

RosterQueue QueueOf(base::Role role) {
  switch (role) {
    case base::Role::kRegulatorAmu:
    case base::Role::kRegulatorMg:
      return RosterQueue::kRegulation;
    case base::Role::kOsnp:
      return RosterQueue::kOsnp;
    case base::Role::kArm:
      return RosterQueue::kArm;
    default:
      return RosterQueue::kUnspecified;
  }
}

std::string_view QueueName(RosterQueue queue) {
  for (const auto& [value, name] : kQueues) {
    if (value == queue) return name;
  }
  return "";
}

bool Stands(ShiftState state) {
  return state == ShiftState::kPlanned || state == ShiftState::kSignedIn;
}

bool OnShift(const ShiftValue& shift, base::Instant now) {
  return Stands(shift.state) && shift.start <= now && now < shift.end;
}

absl::Status CheckShiftTimes(base::Instant start, base::Instant end, base::Instant now,
                             const care::Zone& zone) {
  if (end <= start) return Times("the shift ends after it starts");
  const base::Instant next_day = zone.At(care::AddDays(zone.DateOf(start), 1), zone.TimeOf(start));
  if (end > std::max(next_day, start + std::chrono::hours(24))) {
    return Times("a shift lasts at most 24 h: plan two of them");
  }
  if (end <= now) return Times("the shift is over already");
  if (end > now + kPlanAheadMax) return Times("shifts are planned at most 400 days ahead");
  return absl::OkStatus();
}

absl::Status CheckNoOverlap(const ShiftValue& fresh, const std::vector<ShiftValue>& of_person) {
  for (const ShiftValue& other : of_person) {
    if (other.name == fresh.name || !Stands(other.state)) continue;
    if (fresh.start < other.end && other.start < fresh.end) {
      return base::Fail(absl::StatusCode::kFailedPrecondition, "SHIFT_OVERLAPS",
                        "this person has another shift in that time; change or cancel it first",
                        {{"shift", other.name}, {"territory", other.territory}});
    }
  }
  return absl::OkStatus();
}

absl::Status CheckStanding(const ShiftValue& shift, base::Instant now) {
  if (!Stands(shift.state)) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "SHIFT_STATE_FORBIDS",
                      "the shift was cancelled, given to somebody else, or left; read it again");
  }
  if (shift.end <= now) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "SHIFT_NOT_NOW",
                      "the shift is over; look at the one that is now");
  }
  return absl::OkStatus();
}

absl::Status CheckSignIn(const ShiftValue& shift, base::Instant now) {
  ShiftValue back = shift;  // Who has left comes back to the same shift.
  if (back.state == ShiftState::kSignedOut) back.state = ShiftState::kSignedIn;
  SAS_RETURN_IF_ERROR(CheckStanding(back, now));
  if (now < shift.start - kSignInBefore) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "SHIFT_NOT_NOW",
                      "one signs in from an hour before the shift on");
  }
  return absl::OkStatus();
}

absl::StatusOr<StaffingRules> StaffingRules::Parse(const std::vector<std::string>& parts) {
  StaffingRules rules;
  for (const std::string& part : parts) {
    std::pair<std::string, RosterQueue> key;
    StaffingHours hours{};
    if (ReadPart(part, key, hours) && rules.rules_.emplace(std::move(key), hours).second) continue;
    return base::InvalidField("roster_staffing", "INVALID_STAFFING",
                              "write territory:queue:hours, each pair once; queues are REGULATION, "
                              "OSNP, ARM, hours are ALWAYS, SAS, PDSA, NEVER",
                              {{"part", part}});
  }
  return rules;
}

StaffingHours StaffingRules::HoursOf(const std::string& territory, RosterQueue queue) const {
  if (const auto rule = rules_.find({territory, queue}); rule != rules_.end()) return rule->second;
  switch (queue) {
    case RosterQueue::kRegulation:
      return StaffingHours::kAlways;
    case RosterQueue::kOsnp:
      return StaffingHours::kSas;
    default:
      return StaffingHours::kNever;
  }
}

bool StaffingRules::Requires(const std::string& territory, RosterQueue queue, base::Instant at,
                             const care::Zone& zone) const {
  const StaffingHours hours = HoursOf(territory, queue);
  if (hours == StaffingHours::kAlways || hours == StaffingHours::kNever) {
    return hours == StaffingHours::kAlways;
  }
  const bool pdsa =
      care::IsPdsa(zone.DateOf(at), zone.TimeOf(at), care::HolidayRegimeOf(territory));
  return pdsa == (hours == StaffingHours::kPdsa);
}

CoverageValue CoverageOf(const std::string& territory, RosterQueue queue,
                         const std::vector<Attendance>& shifts, const StaffingRules& rules,
                         const care::Zone& zone, base::Instant now, std::chrono::minutes ahead) {
  CoverageValue value;
  const bool now_required = rules.Requires(territory, queue, now, zone);
  bool required = false;
  for (base::Instant at = now; at <= now + ahead; at += std::chrono::minutes(1)) {
    if (!rules.Requires(territory, queue, at, zone)) continue;
    required = true;
    const bool staffed = std::any_of(shifts.begin(), shifts.end(), [&](const Attendance& each) {
      return Works(each.shift, territory, queue, at);
    });
    if (staffed) continue;
    value.gap = at;
    break;
  }
  if (value.gap) {
    value.state = *value.gap == now ? CoverageState::kNobodyOnShift : CoverageState::kNobodySoon;
    return value;
  }
  value.state = required ? CoverageState::kCovered : CoverageState::kNotRequired;
  if (!now_required) return value;
  const bool somebody = std::any_of(shifts.begin(), shifts.end(), [&](const Attendance& each) {
    return Works(each.shift, territory, queue, now) &&
           (each.present || now < each.shift.start + kAbsenceGrace);
  });
  if (!somebody) value.state = CoverageState::kNobodyPresent;
  return value;
}

}  // namespace sas::regulation
