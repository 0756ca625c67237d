#include "services/slots/watch_pump.h"

#include <algorithm>
#include <utility>

#include "common/base/ids.h"
#include "common/base/status.h"
#include "services/slots/convert.h"
#include "services/slots/seat_failures.h"
#include "services/slots/slot_lookup.h"
#include "services/slots/slot_search.h"
#include "services/slots/watch_step.h"

namespace sas::slots {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr milliseconds kTick{250};  // How often the clock is asked what is due.
constexpr int kRestFactor = 3;      // Rest after a round, in lengths of the round.
constexpr nanoseconds kRestMax = milliseconds(500);
constexpr milliseconds kRetryStreams{5000};
constexpr milliseconds kReleaseBudget{1000};  // Then the hold ends by itself.

absl::Status Draining() {
  return base::FailRetryable(absl::StatusCode::kUnavailable, "DRAINING",
                             "this server stops; watch elsewhere, the answer comes whole again",
                             milliseconds::zero());
}

}  // namespace

WatchPump::WatchPump(const rpc::Runtime& runtime, const Projection& projection, SeatBook& book,
                     SlotsMetrics& searches, observe::Metrics& metrics)
    : runtime_(runtime),
      projection_(projection),
      book_(book),
      searches_(searches),
      metrics_(metrics),
      thread_([this] { Run(); }) {}

WatchPump::~WatchPump() {
  Close();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
  }
  thread_.join();
}

absl::Status WatchPump::Enter(const std::shared_ptr<Watch>& watch) {
  SAS_RETURN_IF_ERROR(Admit(watch));
  SAS_RETURN_IF_ERROR(
      FindRegion(projection_, watch->scope->call(), watch->search.parent()).status());
  // Of a region that is not in memory yet a search says that it has no such commune. Consoles that
  // come back to a server that has just started must not believe that.
  if (projection_.Find(watch->region) == nullptr) return Rebuilding(watch->region);
  return Look(*watch);
}

absl::Status WatchPump::Admit(const std::shared_ptr<Watch>& watch) {
  const std::lock_guard lock(mutex_);
  if (draining_) return Draining();
  if (watches_.size() >= kWatchesMax) {
    return base::FailRetryable(absl::StatusCode::kResourceExhausted, "TOO_MANY_STREAMS",
                               "this server has as many watchers as it takes; try another replica",
                               kRetryStreams, {{"streams_max", std::to_string(kWatchesMax)}});
  }
  const auto of_subject = std::count_if(watches_.begin(), watches_.end(), [&](const auto& each) {
    return each->subject == watch->subject;
  });
  if (of_subject >= static_cast<std::ptrdiff_t>(kWatchesOfSubject)) {
    return base::Fail(absl::StatusCode::kResourceExhausted, "TOO_MANY_WATCHES",
                      "you watch as many searches as one may; close one of them first",
                      {{"watches_max", std::to_string(kWatchesOfSubject)}});
  }
  watches_.push_back(watch);
  metrics_.Open(static_cast<double>(watches_.size()));
  return absl::OkStatus();
}

void WatchPump::Leave(const std::shared_ptr<Watch>& watch) {
  const std::lock_guard lock(mutex_);
  watches_.erase(std::remove(watches_.begin(), watches_.end(), watch), watches_.end());
  metrics_.Open(static_cast<double>(watches_.size()));
}

std::string WatchPump::MakeWatchId() {
  return base::MakeToken(runtime_.random);
}

void WatchPump::ReleaseHolds(const Watch& watch) {
  const std::lock_guard lock(mutex_);
  gone_.push_back({watch.region, watch.subject, watch.id});
  woken_ = true;
  wake_.notify_all();
}

void WatchPump::GiveBack(const std::vector<Gone>& gone) {
  for (const Gone& each : gone) {
    const base::Call call = base::InternalCall("watch-holds", runtime_.clock, kReleaseBudget);
    const auto given = book_.ReleaseWatched(call, each.region, each.subject, each.watch);
    if (given.ok() && *given > 0) metrics_.HoldsReleased(*given);
  }
}

void WatchPump::Changed(const std::string& region) {
  const std::lock_guard lock(mutex_);
  if (watches_.empty()) return;
  changed_.insert(region);
  woken_ = true;
  wake_.notify_all();
}

void WatchPump::Written(const Watch& watch) {
  if (!watch.behind) return;
  const std::lock_guard lock(mutex_);
  woken_ = true;
  wake_.notify_all();
}

void WatchPump::Close() {
  std::vector<std::shared_ptr<Watch>> watches;
  {
    const std::lock_guard lock(mutex_);
    draining_ = true;
    watches = watches_;
  }
  for (const auto& watch : watches) {
    const std::lock_guard lock(watch->mutex);
    End(*watch, Draining());
  }
}

void WatchPump::Run() {
  nanoseconds rest{};
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait_for(lock, rest, [this] { return stopping_; });
    wake_.wait_for(lock, kTick, [this] { return stopping_ || woken_; });
    if (stopping_) return;
    woken_ = false;
    const auto changed = std::exchange(changed_, {});
    const auto watches = watches_;
    const auto gone = std::exchange(gone_, {});
    lock.unlock();
    GiveBack(gone);
    const nanoseconds started = runtime_.clock.Steady();
    for (const auto& watch : watches) Serve(*watch, changed.count(watch->region) > 0);
    rest = std::min(kRestFactor * (runtime_.clock.Steady() - started), kRestMax);
    lock.lock();
  }
}

void WatchPump::Serve(Watch& watch, bool changed) {
  const std::lock_guard lock(watch.mutex);
  if (watch.stream == nullptr) return;
  const nanoseconds now = runtime_.clock.Steady();
  if (watch.closed) {
    // A peer that lives but does not read would keep its place among the streams for ever.
    if (now - watch.closed_at > kLingerMax) watch.context->TryCancel();
    return;
  }
  if (!changed && !watch.behind && now - watch.looked_at < kLook) return;
  if (Busy(watch)) return;
  if (absl::Status status = Look(watch); !status.ok()) End(watch, std::move(status));
}

bool WatchPump::Busy(Watch& watch) {
  // Before asking: whoever writes it out meanwhile sees that we wait.
  const bool known = watch.behind.exchange(true);
  if (watch.stream->Backlog() == 0) {
    watch.behind = false;
    return false;
  }
  const nanoseconds now = runtime_.clock.Steady();
  if (!known) watch.behind_since = now;
  const nanoseconds busy_for = now - watch.behind_since;
  if (busy_for > kSlow) watch.slow = true;
  if (busy_for > kStallMax) {
    End(watch, base::Fail(absl::StatusCode::kAborted, "STREAM_TOO_SLOW",
                          "nothing was read for a minute; watch again, the answer comes whole"));
    watch.context->TryCancel();  // Its status would wait behind the message that nobody reads.
  }
  return true;
}

absl::Status WatchPump::Look(Watch& watch) {
  const nanoseconds started = runtime_.clock.Steady();
  const base::Call& call = watch.scope->call();
  const base::Instant now = runtime_.clock.Now();
  if (watch.sequence > 0) SAS_RETURN_IF_ERROR(MoveWindow(watch.search, now));
  SAS_ASSIGN_OR_RETURN(const auto view, FindRegion(projection_, call, watch.search.parent()));
  SAS_ASSIGN_OR_RETURN(SearchPage page, FindPage(call, watch.search, *view, now));
  page.silent_partners =
      projection_.feeds().SilentWithin(watch.search.parent(), *view, page.query, now);
  const bool first = watch.sequence == 0;
  if (first) PinWindow(page.query, watch.search);
  auto steps = StepsTo(ToResponse(*view, page, call.actor.role, now), first || watch.slow, started,
                       watch.told);
  watch.looked_at = started;
  metrics_.Looked(std::chrono::duration<double>(runtime_.clock.Steady() - started).count());
  if (steps.empty()) {
    if (started - watch.told.at < kHeartbeat) return absl::OkStatus();
    steps.emplace_back();
  } else {
    watch.slow = false;
  }
  if (first) searches_.Searched(static_cast<double>(page.found.total));
  for (v1::WatchAvailabilityResponse& step : steps) {
    if (view->fresh != base::Instant()) *step.mutable_fresh_time() = ToTimestamp(view->fresh);
    Tell(watch, std::move(step));
  }
  return absl::OkStatus();
}

void WatchPump::Tell(Watch& watch, v1::WatchAvailabilityResponse step) {
  switch (step.step_case()) {
    case v1::WatchAvailabilityResponse::kSnapshot:
      metrics_.Snapshot();
      break;
    case v1::WatchAvailabilityResponse::kChanges:
      metrics_.Changes();
      break;
    case v1::WatchAvailabilityResponse::STEP_NOT_SET:
      metrics_.Heartbeat();
      break;
  }
  if (watch.sequence == 0) step.set_watch(watch.id);
  step.set_sequence(++watch.sequence);
  watch.told.at = runtime_.clock.Steady();
  watch.stream->Push(std::move(step));
}

void WatchPump::End(Watch& watch, absl::Status status) {
  if (watch.stream == nullptr || watch.closed) return;
  watch.closed = true;
  watch.closed_at = runtime_.clock.Steady();
  watch.ended = status;
  watch.stream->Close(std::move(status));
}

}  // namespace sas::slots
