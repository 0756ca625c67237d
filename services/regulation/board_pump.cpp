#include "services/regulation/board_pump.h"

#include <algorithm>
#include <set>
#include <utility>

#include "common/base/status.h"

namespace sas::regulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr milliseconds kTick{250};  // How often the clock is asked what is due.
constexpr milliseconds kCatchUpTick{1};
constexpr int kRestFactor = 3;  // Rest after a round, in lengths of the round: a quarter of a core.
constexpr nanoseconds kRestMax = milliseconds(100);
constexpr milliseconds kRetryStreams{5000};

absl::Status Draining(const std::string& token) {
  return base::FailRetryable(absl::StatusCode::kUnavailable, "DRAINING",
                             "this server stops; watch elsewhere, from the token",
                             milliseconds::zero(), {{"resume_token", token}});
}

}  // namespace

BoardPump::BoardPump(const rpc::Runtime& runtime, RegulationStore& store, AlarmRules rules,
                     std::size_t watchers_max, observe::Metrics& metrics, const RoomWatch* room)
    : runtime_(runtime),
      store_(store),
      rules_(std::move(rules)),
      watchers_max_(watchers_max),
      metrics_(metrics),
      room_(room),
      thread_([this] { Run(); }) {
  subscription_ = store_.feed().Subscribe([this] { Wake(); });
}

BoardPump::~BoardPump() {
  store_.feed().Unsubscribe(subscription_);
  Close();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
  }
  thread_.join();
}

absl::Status BoardPump::Enter(const std::shared_ptr<BoardWatch>& watch) {
  const std::lock_guard lock(mutex_);
  if (draining_) return Draining(watch->token);
  if (watches_.size() >= watchers_max_) {
    return base::FailRetryable(absl::StatusCode::kResourceExhausted, "TOO_MANY_STREAMS",
                               "this server has as many watchers as it takes; try another replica",
                               kRetryStreams, {{"streams_max", std::to_string(watchers_max_)}});
  }
  const auto of_subject = std::count_if(watches_.begin(), watches_.end(), [&](const auto& each) {
    return each->subject == watch->subject;
  });
  if (of_subject >= static_cast<std::ptrdiff_t>(kWatchersOfSubject)) {
    return base::Fail(absl::StatusCode::kResourceExhausted, "TOO_MANY_BOARDS",
                      "you have as many boards open as one may; close one of them first",
                      {{"boards_max", std::to_string(kWatchersOfSubject)}});
  }
  watches_.push_back(watch);
  metrics_.Watchers(static_cast<double>(watches_.size()));
  woken_ = true;
  wake_.notify_all();
  return absl::OkStatus();
}

void BoardPump::Leave(const std::shared_ptr<BoardWatch>& watch) {
  const std::lock_guard lock(mutex_);
  watches_.erase(std::remove(watches_.begin(), watches_.end(), watch), watches_.end());
  metrics_.Watchers(static_cast<double>(watches_.size()));
}

void BoardPump::Written(const BoardWatch& watch) {
  if (watch.behind) Wake();
}

void BoardPump::Wake() {
  const std::lock_guard lock(mutex_);
  if (watches_.empty()) return;
  woken_ = true;
  wake_.notify_all();
}

void BoardPump::Close() {
  Watches watches;
  {
    const std::lock_guard lock(mutex_);
    draining_ = true;
    watches = watches_;
  }
  for (const auto& watch : watches) {
    const std::lock_guard lock(watch->mutex);
    End(*watch, Draining(watch->token));
  }
}

void BoardPump::Run() {
  nanoseconds rest{};
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait_for(lock, rest, [this] { return stopping_; });
    const bool behind = std::any_of(regions_.begin(), regions_.end(),
                                    [](const auto& each) { return each.second->behind(); });
    wake_.wait_for(lock, behind ? kCatchUpTick : kTick, [this] { return stopping_ || woken_; });
    if (stopping_) return;
    woken_ = false;
    const Watches watches = watches_;
    lock.unlock();
    const nanoseconds started = runtime_.clock.Steady();
    Round(watches);
    rest = std::min(kRestFactor * (runtime_.clock.Steady() - started), kRestMax);
    lock.lock();
  }
}

void BoardPump::Round(const Watches& watches) {
  std::set<std::string> wanted;
  for (const auto& watch : watches) wanted.insert(watch->region);
  std::erase_if(regions_, [&](const auto& each) { return wanted.count(each.first) == 0; });
  std::size_t lines = 0;
  for (const std::string& id : wanted) {
    std::unique_ptr<BoardRegion>& region = regions_[id];
    if (region == nullptr) {
      region = std::make_unique<BoardRegion>(runtime_, store_, id, rules_, metrics_, room_);
    }
    // The status is kept in the region: its watchers are told nothing, and in the end that.
    region
        ->Refresh([&](Filiere chain) {
          return std::any_of(watches.begin(), watches.end(), [&](const auto& watch) {
            return watch->region == id && OwnFiliere(watch->role) == chain;
          });
        })
        .IgnoreError();
    for (const auto& watch : watches) {
      if (watch->region == id) Serve(*watch, *region);
    }
    lines += region->lines();
    if (region->oldest() != base::Instant{}) {
      metrics_.Told(std::chrono::duration<double>(runtime_.clock.Now() - region->oldest()).count());
    }
  }
  metrics_.Lines(static_cast<double>(lines));
}

void BoardPump::Serve(BoardWatch& watch, BoardRegion& region) {
  const std::lock_guard lock(watch.mutex);
  if (watch.stream == nullptr) return;
  if (watch.closed) {
    // A peer that lives but does not read would keep its place among the streams for ever.
    if (runtime_.clock.Steady() - watch.closed_at > kLingerMax) watch.context->TryCancel();
    return;
  }
  // No heartbeat while the ledger cannot be read: what is shown would look fresher than it is.
  absl::Status status = region.health();
  if (status.ok() && !Busy(watch)) status = Tell(watch, region);
  if (!status.ok() && region.Silent()) End(watch, std::move(status));
}

bool BoardPump::Busy(BoardWatch& watch) {
  // Before asking: whoever writes it out meanwhile sees that we wait.
  const bool known = watch.behind.exchange(true);
  if (watch.stream->Backlog() == 0) {
    watch.behind = false;
    return false;
  }
  const nanoseconds now = runtime_.clock.Steady();
  if (!known) watch.behind_since = now;
  const nanoseconds busy_for = now - watch.behind_since;
  if (busy_for > kSlow && !watch.slow) {
    watch.slow = true;
    metrics_.Slow();
  }
  if (busy_for > kStallMax) {
    End(watch,
        base::Fail(absl::StatusCode::kAborted, "STREAM_TOO_SLOW",
                   "nothing was read for a minute; watch again", {{"resume_token", watch.token}}));
    watch.context->TryCancel();  // Its status would wait behind the message that nobody reads.
  }
  return true;
}

absl::StatusOr<bool> BoardPump::TellChanges(BoardWatch& watch, BoardRegion& region) {
  const nanoseconds now = runtime_.clock.Steady();
  // Also while changes never cease: counts are how a console knows that it has lost nothing.
  const bool counts = now - watch.counted_at >= kHeartbeat;
  SAS_ASSIGN_OR_RETURN(const auto changes, region.Changes(watch.view, watch.shown, counts));
  if (!changes) return true;
  if (changes->token.empty()) {
    watch.shown = region.step();  // Nothing of his.
    return false;
  }
  if (changes->heartbeat) {
    metrics_.Heartbeat();
  } else {
    metrics_.Changes();
  }
  Push(watch, region, *changes, counts);
  return false;
}

absl::Status BoardPump::Tell(BoardWatch& watch, BoardRegion& region) {
  auto outcome = v1::WatchBoardResponse::RESUME_UNSPECIFIED;
  if (watch.shown == 0 && !watch.token.empty()) {
    SAS_ASSIGN_OR_RETURN(const auto resumed, region.Resume(watch.view, watch.token, outcome));
    metrics_.Resumed(resumed.has_value());
    if (resumed) {
      Push(watch, region, *resumed, true, outcome);
      return absl::OkStatus();
    }
  } else if (watch.shown != 0 && !watch.slow) {
    SAS_ASSIGN_OR_RETURN(const bool whole, TellChanges(watch, region));
    if (!whole) return absl::OkStatus();
  }
  SAS_ASSIGN_OR_RETURN(const auto snapshot, region.Snapshot(watch.view));
  metrics_.Snapshot();
  watch.slow = false;
  Push(watch, region, snapshot, true, outcome);
  return absl::OkStatus();
}

void BoardPump::Push(BoardWatch& watch, BoardRegion& region, const BoardRegion::Message& message,
                     bool counts, v1::WatchBoardResponse::Resume resume) {
  watch.shown = region.step();
  watch.token = message.token;
  watch.sent_at = runtime_.clock.Steady();
  if (counts) watch.counted_at = watch.sent_at;
  watch.stream->Push(ToMessage(++watch.sequence, resume, message.body));
}

void BoardPump::End(BoardWatch& watch, absl::Status status) {
  if (watch.stream == nullptr || watch.closed) return;
  watch.closed = true;
  watch.closed_at = runtime_.clock.Steady();
  watch.ended = status;
  watch.stream->Close(std::move(status));
}

}  // namespace sas::regulation
