#include "services/regulation/domain/call_return.h"

#include <charconv>

#include "common/base/status.h"

namespace sas::regulation {
namespace {

constexpr int kSpacingMinutesMax = 60;

bool ReadMinutes(const std::string& text, std::chrono::minutes& minutes) {
  int value = -1;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  minutes = std::chrono::minutes(value);
  return fault == std::errc() && end == text.data() + text.size() && value >= 0 &&
         value <= kSpacingMinutesMax;
}

}  // namespace

absl::StatusOr<ReturnRules> ParseReturnRules(const std::vector<std::string>& minutes) {
  ReturnRules rules;
  rules.spacing.assign(minutes.size(), std::chrono::minutes(0));
  bool good = minutes.size() >= kReturnsMin && minutes.size() <= kReturnsMax;
  for (std::size_t i = 0; good && i < minutes.size(); ++i) {
    good = ReadMinutes(minutes[i], rules.spacing[i]);
  }
  if (good) return rules;
  return base::InvalidField("call_returns", "INVALID_CALL_RETURNS",
                            "write the minutes before each call back, 3 to 10 of them from 0 to "
                            "60, for example 0,5,10");
}

ReturnRules PromiseRules(const ReturnRules& returns) {
  ReturnRules rules = returns;
  rules.spacing.resize(kReturnsMin);
  return rules;
}

ReturnState AfterReached(const ReturnRules& rules, base::Instant now) {
  ReturnState state;
  state.due = now + rules.spacing.front();
  return state;
}

bool IsDecisionDue(const ReturnRules& rules, const ReturnState& state) {
  return !state.number_known || state.counted >= static_cast<int>(rules.spacing.size());
}

bool Counts(const ReturnRules& rules, const ReturnState& state, base::Instant now) {
  return !IsDecisionDue(rules, state) && now >= state.due;
}

ReturnState AfterReturn(const ReturnRules& rules, ReturnState state, ContactResult result,
                        base::Instant now) {
  if (result == ContactResult::kWrongNumber) {
    state.number_known = false;
    return state;
  }
  if (!Counts(rules, state, now)) return state;
  ++state.counted;
  if (!IsDecisionDue(rules, state)) {
    state.due = now + rules.spacing[static_cast<std::size_t>(state.counted)];
  }
  return state;
}

absl::Status CheckReturnEnd(const ReturnRules& rules, const ReturnState& state, ReturnEnd end,
                            base::Role role, bool reason_given) {
  if (end == ReturnEnd::kUnspecified || end == ReturnEnd::kReached) return absl::OkStatus();
  const bool gives_up = end == ReturnEnd::kGivenUp;
  if (!IsRegulator(role) && !(gives_up && role == base::Role::kSupervisor)) {
    return base::Fail(absl::StatusCode::kPermissionDenied, "REGULATOR_REQUIRED",
                      "only a regulator may do this; ask one");
  }
  if (!reason_given) {
    return base::InvalidField("reason", "REASON_REQUIRED",
                              "say why nobody calls back any more: 1 to 200 characters");
  }
  if (!gives_up || IsDecisionDue(rules, state)) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kFailedPrecondition, "RETURN_NOT_TRIED",
                    "call back first, when each call is due, and record it (RecordCallReturn)",
                    {{"counted", std::to_string(state.counted)},
                     {"required", std::to_string(rules.spacing.size())}});
}

bool ProposesSending(Priority priority, bool place_known) {
  return place_known && (priority == Priority::kP0 || priority == Priority::kP1);
}

}  // namespace sas::regulation
