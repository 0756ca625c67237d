#include "services/booking/refill_worker.h"

#include <algorithm>

#include "common/base/call.h"
#include "common/base/status.h"
#include "common/observe/log.h"

namespace sas::booking {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kTurnBudget{5};
static_assert(kTurnBudget < Refill::kLeaseRenew);
// After each turn: many commits are one look, and one reading of those who wait.
constexpr milliseconds kGather{10};
constexpr milliseconds kRetryFirst{50};
constexpr milliseconds kRetryCap{500};

}  // namespace

RefillWorker::RefillWorker(Refill& refill, ledger::Feed& feed, const base::Clock& clock,
                           base::Random& random, Intervals intervals)
    : refill_(refill),
      clock_(clock),
      intervals_(intervals),
      loop_({intervals.look, kRetryFirst, kRetryCap, kGather}, feed, random,
            [this]() -> absl::StatusOr<bool> {
              const absl::Status status = Turn();
              Report(status);
              SAS_RETURN_IF_ERROR(status);
              return false;
            }) {}

absl::Status RefillWorker::Turn() {
  const base::Call call = base::InternalCall("refill", clock_, kTurnBudget);
  const std::chrono::nanoseconds now = clock_.Steady();
  const bool due = now >= turn_due_;
  if (due) turn_due_ = now + intervals_.turn;
  const absl::Status status = due ? refill_.Turn(call) : refill_.Look(call);
  // Its gathering is a part of the wait.
  if (const auto again = refill_.AgainIn()) {
    loop_.LookAgainIn(std::max(*again - kGather, milliseconds{0}));
  }
  return status;
}

// Once for each new reason, as the seat relay.
void RefillWorker::Report(const absl::Status& status) {
  std::string reason = status.ok() ? std::string() : base::ReasonOf(status);
  if (!status.ok() && reason.empty()) reason = std::string(base::CodeName(status.code()));
  if (reason == last_reason_) return;
  last_reason_ = reason;
  if (reason.empty()) {
    observe::Log(observe::Level::kInfo, "refill_recovered");
  } else {
    observe::Log(observe::Level::kWarn, "refill_waits", {{"reason", std::string_view(reason)}});
  }
}

}  // namespace sas::booking
