#include "services/booking/message_worker.h"

#include <algorithm>
#include <utility>

#include "common/base/status.h"
#include "common/observe/log.h"

namespace sas::booking {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using v1::Message;

constexpr int kBatchMax = 20;  // Messages of a kind in one turn.
constexpr milliseconds kPoll{1000};
// For the ledger and the other services; the channel has its own limit (ChannelClient).
constexpr seconds kMessageBudget{8};
constexpr milliseconds kRetryFirst{500};
constexpr milliseconds kRetryCap{30'000};
// So long a killed holder keeps the others waiting. Renewed before a message when less is left than
// one may take, so that none is on its way when another replica takes over.
constexpr seconds kLease{30};
constexpr seconds kLeaseRenew{20};
static_assert(kLeaseRenew >= kMessageBudget + seconds{kChannelSecondsMax});

}  // namespace

MessageWorker::MessageWorker(MessageSender::Parts parts, std::vector<Message::Kind> kinds)
    : store_(parts.store),
      clock_(parts.clock),
      kinds_(std::move(kinds)),
      holder_(base::MakeToken(parts.random)),
      sender_(parts),
      loop_({kPoll, kRetryFirst, kRetryCap}, parts.store.feed(), parts.random, [this] {
        const absl::StatusOr<bool> more = Turn();
        Report(more.status());
        return more;
      }) {}

absl::Status MessageWorker::Reachable() const {
  const std::lock_guard lock(mutex_);
  if (last_reason_.empty()) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kUnavailable, "CHANNEL_UNREACHABLE",
                    "messages wait; the log event message_channel_waits names the reason",
                    {{"reason", last_reason_}});
}

// True when there may be more to do.
absl::StatusOr<bool> MessageWorker::Turn() {
  bool more = false;
  absl::Status first;
  for (const Message::Kind kind : kinds_) {
    const absl::StatusOr<bool> turn = TurnOf(kind);
    if (!turn.ok() && first.ok()) first = turn.status();
    more = more || (turn.ok() && *turn);
  }
  if (!first.ok()) return first;
  return more;
}

absl::StatusOr<bool> MessageWorker::TurnOf(Message::Kind kind) {
  std::vector<std::string> due;
  const base::Call look = base::InternalCall("messages", clock_, kMessageBudget);
  SAS_RETURN_IF_ERROR(store_.Read(look, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(due, transaction.messages().Due(kind, clock_.Now(), kBatchMax));
    return absl::OkStatus();
  }));
  absl::Status first;
  for (const std::string& name : due) {
    if (loop_.stopping()) return false;
    const base::Call call = base::InternalCall("messages", clock_, kMessageBudget);
    SAS_ASSIGN_OR_RETURN(const bool leased, EnsureLease(call, kind));
    if (!leased) return false;
    // One message's trouble does not stop another's telephone task.
    const absl::Status status = sender_.Handle(call, name, /*may_send=*/first.ok());
    if (!status.ok() && first.ok()) first = status;
  }
  if (!first.ok()) return first;
  return !due.empty();
}

absl::StatusOr<bool> MessageWorker::EnsureLease(const base::Call& call, Message::Kind kind) {
  const base::Instant now = clock_.Now();
  base::Instant& lease_until = lease_until_[kind];
  if (now + kLeaseRenew < lease_until) return true;
  const base::Instant until = now + kLease;
  bool leased = false;
  SAS_RETURN_IF_ERROR(store_.Write(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(leased, transaction.messages().Lease(kind, holder_, now, until));
    return absl::OkStatus();
  }));
  if (leased) lease_until = until;
  return leased;
}

// Once for each new reason: an operator that is away for an hour is no thousand lines.
void MessageWorker::Report(const absl::Status& status) {
  std::string reason;
  if (!status.ok()) {
    const base::ErrorDetail detail = base::DetailOf(status);
    reason = detail.reason;
    for (const auto& [key, value] : detail.metadata) {
      if (key == "cause") reason += " " + value;
    }
  }
  {
    const std::lock_guard lock(mutex_);
    if (reason == last_reason_) return;
    last_reason_ = reason;
  }
  const std::string kind = Message::Kind_Name(kinds_.front());
  if (reason.empty()) {
    observe::Log(observe::Level::kInfo, "message_channel_recovered",
                 {{"kind", std::string_view(kind)}});
  } else {
    observe::Log(observe::Level::kWarn, "message_channel_waits",
                 {{"kind", std::string_view(kind)}, {"reason", std::string_view(reason)}});
  }
}

absl::Status ReadMessageFigures(BookingStore& store, MessageMetrics& metrics,
                                const base::Clock& clock, const base::Call& call) {
  MessageBacklog backlog;
  const base::Instant now = clock.Now();
  SAS_RETURN_IF_ERROR(store.Read(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(backlog, transaction.messages().Backlog(now));
    return absl::OkStatus();
  }));
  const double lag_seconds =
      backlog.oldest ? std::max(0.0, std::chrono::duration<double>(now - *backlog.oldest).count())
                     : 0.0;
  metrics.Backlog(backlog.waiting, lag_seconds, backlog.open_tasks);
  return absl::OkStatus();
}

}  // namespace sas::booking
