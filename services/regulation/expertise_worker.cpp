#include "services/regulation/expertise_worker.h"

#include <utility>
#include <vector>

#include "common/base/status.h"
#include "common/observe/log.h"
#include "services/regulation/convert.h"
#include "services/regulation/convert_exchange.h"
#include "services/regulation/exchange_work.h"

namespace sas::regulation {
namespace {

using v1::CaseExchange;
using Outcome = ExchangeMetrics::Expertise;

constexpr int kBatchMax = 20;
// Longer than a client blocks: so long an attempt that began keeps others from it.
constexpr std::chrono::seconds kAttemptLease{15};
constexpr std::chrono::seconds kBudget{5};  // Of the ledger, for each step.
constexpr char kAct[] = "TellPlatform";

void GiveUp(CaseExchange& exchange, const char* reason, base::Instant now) {
  exchange.set_state(CaseExchange::STATE_FAILED);
  exchange.mutable_expertise()->set_fail_reason(reason);
  exchange.mutable_expertise()->clear_next_attempt_time();
  AwaitReaders(exchange, now);
}

}  // namespace

absl::Status ExpertiseWorker::Turn(const base::Call& call) {
  std::vector<std::string> due;
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(due, transaction.exchanges().ListDue(clock_.Now(), kBatchMax));
    return absl::OkStatus();
  }));
  for (const std::string& name : due) {
    ExpertiseNotice notice;
    const base::Call begin = base::InternalCall("expertise", clock_, kBudget);
    SAS_ASSIGN_OR_RETURN(const bool mine, Begin(begin, name, notice));
    if (!mine) continue;
    const ExpertiseOutcome outcome = client_.Announce(notice);
    const base::Call end = base::InternalCall("expertise", clock_, kBudget);
    SAS_RETURN_IF_ERROR(End(end, name, outcome));
    // The others wait as long as the platform does not answer.
    if (outcome.kind == ExpertiseOutcome::Kind::kNotTaken) break;
  }
  return absl::OkStatus();
}

absl::Status ExpertiseWorker::Reachable() const {
  const std::lock_guard lock(mutex_);
  if (last_reason_.empty()) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kUnavailable, "PLATFORM_UNREACHABLE",
                    "requests of téléexpertise wait; doctors can follow their link all the same",
                    {{"reason", last_reason_}});
}

// False when another replica has it, or there is nothing to tell any more.
absl::StatusOr<bool> ExpertiseWorker::Begin(const base::Call& call, const std::string& name,
                                            ExpertiseNotice& notice) {
  bool mine = false;
  SAS_RETURN_IF_ERROR(store_.Write(call, [&](RegulationTransaction& transaction) -> absl::Status {
    mine = false;
    const base::Instant now = clock_.Now();
    SAS_ASSIGN_OR_RETURN(CaseExchange exchange, transaction.exchanges().GetExchange(name));
    const base::Instant due = IndexOf(exchange).due;
    if (due == base::Instant{} || due > now) return absl::OkStatus();
    v1::Expertise& expertise = *exchange.mutable_expertise();
    if (expertise.attempt_count() >= kExpertiseAttemptsMax) {  // The last one died on its way.
      GiveUp(exchange, "PLATFORM_UNREACHABLE", now);
      return SaveExchange(transaction, exchange, "exchange.updated", kAct, now);
    }
    expertise.set_attempt_count(expertise.attempt_count() + 1);
    *expertise.mutable_next_attempt_time() = ToTimestamp(now + kAttemptLease);
    notice = {expertise.case_ref(), expertise.specialty(), exchange.territory()};
    mine = true;
    return SaveExchange(transaction, exchange, "exchange.updated", kAct, now);
  }));
  return mine;
}

absl::Status ExpertiseWorker::End(const base::Call& call, const std::string& name,
                                  const ExpertiseOutcome& outcome) {
  Outcome counted = Outcome::kTold;
  SAS_RETURN_IF_ERROR(store_.Write(call, [&](RegulationTransaction& transaction) -> absl::Status {
    const base::Instant now = clock_.Now();
    SAS_ASSIGN_OR_RETURN(CaseExchange exchange, transaction.exchanges().GetExchange(name));
    // Answered while it was told: nothing is left to do.
    if (exchange.state() != CaseExchange::STATE_REQUESTED) return absl::OkStatus();
    v1::Expertise& expertise = *exchange.mutable_expertise();
    counted = Outcome::kFailed;
    if (outcome.kind == ExpertiseOutcome::Kind::kAccepted) {
      counted = Outcome::kTold;
      exchange.set_state(CaseExchange::STATE_SENT);
      expertise.clear_next_attempt_time();
    } else if (outcome.kind == ExpertiseOutcome::Kind::kRefused) {
      GiveUp(exchange, "PLATFORM_REFUSED", now);
    } else if (const auto pause = PauseAfter(expertise.attempt_count())) {
      counted = Outcome::kNotTaken;
      *expertise.mutable_next_attempt_time() = ToTimestamp(now + *pause);
    } else {
      GiveUp(exchange, "PLATFORM_UNREACHABLE", now);
    }
    return SaveExchange(transaction, exchange, "exchange.updated", kAct, now);
  }));
  metrics_.Expertised(counted);
  const bool away = outcome.kind == ExpertiseOutcome::Kind::kNotTaken;
  const std::lock_guard lock(mutex_);
  const std::string before = std::exchange(last_reason_, away ? outcome.reason : "");
  if (before != last_reason_) {  // Once for each new reason.
    observe::Log(away ? observe::Level::kWarn : observe::Level::kInfo,
                 away ? "expertise_platform_waits" : "expertise_platform_recovered",
                 {{"reason", std::string_view(away ? last_reason_ : before)}});
  }
  return absl::OkStatus();
}

}  // namespace sas::regulation
