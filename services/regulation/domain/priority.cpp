#include "services/regulation/domain/priority.h"

#include <algorithm>
#include <array>

#include "common/base/status.h"

namespace sas::regulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// P2's and P3's delays, P0's 30 s and P1's 60/120 s: domain.md §1.4. Unset has the 60 s alarm of
// hazard H-02: nobody has looked yet, so nobody knows that it is not vital.
constexpr std::array<PriorityRule, 6> kRules{{
    {Priority::kP0, "P0", 0, seconds(0), seconds(30), minutes(2)},
    {Priority::kP1, "P1", 1, seconds(60), seconds(120), minutes(2)},
    {Priority::kUnspecified, "-", 2, seconds(30), seconds(60), minutes(10)},
    {Priority::kP2, "P2", 3, minutes(20), minutes(30), minutes(10)},
    {Priority::kP3, "P3", 4, hours(1), hours(4), minutes(10)},
    {Priority::kNr, "NR", 5, hours(24), hours(24), minutes(10)},
}};

absl::Status RegulatorLowers(const PriorityChange& change) {
  return base::Fail(absl::StatusCode::kPermissionDenied, "REGULATOR_REQUIRED",
                    "only a regulator lowers a priority; ask one, or leave it as it is",
                    {{"from", std::string(RuleOf(change.from).code)},
                     {"to", std::string(RuleOf(change.to).code)}});
}

absl::Status CheckLowering(const PriorityChange& change) {
  if (!change.by_regulator) return RegulatorLowers(change);
  if (!change.etag_given) {
    return base::InvalidField("etag", "ETAG_REQUIRED",
                              "lowering needs the version on the screen; read the dossier again");
  }
  if (!change.reason_given) {
    return base::InvalidField("reason", "REASON_REQUIRED", "say why the priority is lowered");
  }
  return absl::OkStatus();
}

absl::Status CheckVitalMotif(const PriorityChange& change) {
  if (!change.vital_motif_confirmed) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "VITAL_MOTIF_UNCONFIRMED",
                      "the motif may be vital; confirm the low priority by a second act, with a "
                      "reason, or choose P0 or P1",
                      {{"to", std::string(RuleOf(change.to).code)}});
  }
  if (!change.reason_given) {
    return base::InvalidField("reason", "REASON_REQUIRED",
                              "say why a vital motif gets a low priority");
  }
  return absl::OkStatus();
}

absl::Status CheckProtocolMinimum(const PriorityChange& change) {
  if (!change.by_regulator) {
    return base::Fail(absl::StatusCode::kPermissionDenied, "BELOW_PROTOCOL_MINIMUM",
                      "the answers to the protocol demand a more urgent priority; a regulator may "
                      "decide otherwise, with a reason",
                      {{"to", std::string(RuleOf(change.to).code)},
                       {"minimum", std::string(RuleOf(change.protocol_minimum).code)}});
  }
  if (!change.reason_given) {
    return base::InvalidField("reason", "REASON_REQUIRED",
                              "say why the priority is below what the protocol demands");
  }
  return absl::OkStatus();
}

bool IsBelowMinimum(const PriorityChange& change) {
  return change.protocol_minimum != Priority::kUnspecified && change.from != change.to &&
         !IsRaise(change.from, change.to) &&
         RuleOf(change.to).band > RuleOf(change.protocol_minimum).band;
}

absl::Status CheckCallback(const PriorityChange& change) {
  if (!change.callback) {
    return base::InvalidField("callback", "CALLBACK_REQUIRED",
                              "P3 is a promise to call back: give its window and the consent");
  }
  return CheckPromise(*change.callback, change.callback_number_known, change.now,
                      kCallbackWindowMax);
}

}  // namespace

std::span<const PriorityRule> PriorityRules() {
  return kRules;
}

const PriorityRule& RuleOf(Priority priority) {
  const auto* rule = std::find_if(kRules.begin(), kRules.end(),
                                  [&](const auto& r) { return r.priority == priority; });
  SAS_CHECK(rule != kRules.end(), "a priority without a rule");
  return *rule;
}

bool IsRaise(Priority from, Priority to) {
  return from != Priority::kUnspecified && RuleOf(to).band < RuleOf(from).band;
}

bool IsLowering(Priority from, Priority to) {
  return from != Priority::kUnspecified && RuleOf(to).band > RuleOf(from).band;
}

bool PutsOff(Priority priority) {
  return RuleOf(priority).band >= RuleOf(Priority::kP3).band;
}

absl::Status CheckPriorityChange(const PriorityChange& change) {
  if (IsLowering(change.from, change.to)) SAS_RETURN_IF_ERROR(CheckLowering(change));
  if (change.regulator_awaited && PutsOff(change.to) && !change.by_regulator) {
    return RegulatorLowers(change);
  }
  const bool low = RuleOf(change.to).band >= RuleOf(Priority::kP2).band;
  // An unchanged low priority was confirmed when it was set.
  if (low && change.vital_motif && change.from != change.to) {
    SAS_RETURN_IF_ERROR(CheckVitalMotif(change));
  }
  if (IsBelowMinimum(change)) SAS_RETURN_IF_ERROR(CheckProtocolMinimum(change));
  if (change.to == Priority::kP3) SAS_RETURN_IF_ERROR(CheckCallback(change));
  return absl::OkStatus();
}

absl::Status CheckPromise(const CallbackWindow& window, bool number_known, base::Instant now,
                          std::chrono::hours longest) {
  if (window.start >= window.end || window.end <= now || window.end > now + longest) {
    return base::InvalidField(
        "callback.window_end_time", "INVALID_CALLBACK_WINDOW",
        "the window starts before it ends, and ends within 4 h for a P3, within "
        "24 h after advice");
  }
  if (!window.consent) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "CALLBACK_CONSENT_REQUIRED",
                      "the caller must agree to be called back; if not, choose P2");
  }
  if (!number_known) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "CALLBACK_NUMBER_REQUIRED",
                      "no number to call back is on the dossier; ask for it, or choose P2");
  }
  return absl::OkStatus();
}

WaitLimits LimitsOf(Priority priority, base::Instant wait_start,
                    const std::optional<CallbackWindow>& callback) {
  if (priority == Priority::kP3 && callback) {
    return {std::max(callback->start, callback->end - kCallbackWarning), callback->end};
  }
  const PriorityRule& rule = RuleOf(priority);
  return {wait_start + rule.wait_target, wait_start + rule.wait_alarm};
}

}  // namespace sas::regulation
