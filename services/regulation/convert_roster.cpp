#include "services/regulation/convert_roster.h"

#include "services/regulation/convert.h"

namespace sas::regulation {
namespace {

template <typename A, typename B>
constexpr bool Same(A a, B b) {
  return static_cast<int>(a) == static_cast<int>(b);
}

static_assert(Same(ShiftState::kPlanned, v1::Shift::STATE_PLANNED) &&
              Same(ShiftState::kReplaced, v1::Shift::STATE_REPLACED));
static_assert(v1::Shift::State_ARRAYSIZE == 6);
static_assert(Same(RosterQueue::kRegulation, v1::ROSTER_QUEUE_REGULATION) &&
              Same(RosterQueue::kArm, v1::ROSTER_QUEUE_ARM));
static_assert(v1::RosterQueue_ARRAYSIZE == 4);
static_assert(Same(CoverageState::kCovered, v1::QueueCoverage::STATE_COVERED) &&
              Same(CoverageState::kNobodyPresent, v1::QueueCoverage::STATE_NOBODY_PRESENT));
static_assert(v1::QueueCoverage::State_ARRAYSIZE == 6);
static_assert(Same(CallState::kNoBand, v1::CallRate::STATE_NO_BAND) &&
              Same(CallState::kHigh, v1::CallRate::STATE_HIGH));
static_assert(v1::CallRate::State_ARRAYSIZE == 6);

}  // namespace

ShiftValue ToValue(const v1::Shift& shift) {
  return {shift.name(),
          shift.territory(),
          shift.subject(),
          static_cast<base::Role>(shift.role()),
          ToInstant(shift.start_time()),
          ToInstant(shift.end_time()),
          static_cast<ShiftState>(shift.state())};
}

std::vector<ShiftValue> ToValues(const std::vector<v1::Shift>& shifts) {
  std::vector<ShiftValue> values;
  values.reserve(shifts.size());
  for (const v1::Shift& shift : shifts) values.push_back(ToValue(shift));
  return values;
}

v1::CallRate ToProto(const CallVerdict& verdict) {
  v1::CallRate rate;
  rate.set_state(static_cast<v1::CallRate::State>(verdict.state));
  rate.set_window_minutes(static_cast<std::int32_t>(verdict.window.count()));
  rate.set_call_count(verdict.calls);
  rate.set_expected_low(verdict.low);
  rate.set_expected_high(verdict.high);
  return rate;
}

bool Lasts(const v1::Surge& surge, base::Instant now) {
  return !surge.has_end_time() && now < ToInstant(surge.until_time());
}

}  // namespace sas::regulation
