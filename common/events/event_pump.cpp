#include "common/events/event_pump.h"

#include <algorithm>

#include "common/base/status.h"
#include "common/base/timestamp.h"
#include "common/ledger/cursor.h"

namespace sas::events {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kStreamsMax = 64;  // In this process.
constexpr int kPageMax = 256;            // Events read at once; a backlog must have room for them.
constexpr std::size_t kBusyBacklog = 512;  // Messages: a fuller backlog gets nothing new.
// A heartbeat each second, looked for twice a second: at most 1.5 s apart, promised are 2.
constexpr milliseconds kTick{500};
constexpr seconds kHeartbeat{1};
constexpr milliseconds kCatchUpTick{5};  // While somebody has pages to get.
constexpr seconds kStallMax{10};         // Without room in the backlog: the reader is too slow.
constexpr seconds kFeedSilenceMax{10};   // Of the ledger, before its watchers look elsewhere.
constexpr seconds kLingerMax{10};        // For a closed stream to write its backlog.
constexpr seconds kReadBudget{5};
constexpr milliseconds kRetryStreams{5000};

// What will not pass by itself: a bad cursor, a trimmed past, an event that cannot be read.
bool IsFinal(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsOutOfRange(status) || absl::IsDataLoss(status);
}

absl::Status Draining(const std::string& cursor) {
  return base::FailRetryable(absl::StatusCode::kUnavailable, "DRAINING",
                             "this server stops; resume elsewhere from the cursor",
                             milliseconds::zero(), {{"cursor", cursor}});
}

// The later of two positions of one feed.
std::string Later(const std::string& left, const std::string& right) {
  const auto parsed_left = ledger::ParseCursor(left);
  const auto parsed_right = ledger::ParseCursor(right);
  if (!parsed_left.ok() || !parsed_right.ok()) return left;
  return *parsed_left < *parsed_right ? right : left;
}

}  // namespace

EventPump::EventPump(const rpc::Runtime& runtime, ledger::Feed& feed)
    : runtime_(runtime), feed_(feed), thread_([this] { Run(); }) {
  subscription_ = feed_.Subscribe([this] { Wake(); });
}

EventPump::~EventPump() {
  feed_.Unsubscribe(subscription_);
  Close();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
  }
  thread_.join();
}

absl::Status EventPump::Enter(std::shared_ptr<Watcher> watcher) {
  watcher->room_at = watcher->good_at = runtime_.clock.Steady();
  const std::lock_guard lock(mutex_);
  if (draining_) return Draining(watcher->cursor);
  if (watchers_.size() >= kStreamsMax) {
    return base::FailRetryable(absl::StatusCode::kResourceExhausted, "TOO_MANY_STREAMS",
                               "this server has as many watchers as it takes; try another replica",
                               kRetryStreams, {{"streams_max", std::to_string(kStreamsMax)}});
  }
  watchers_.push_back(std::move(watcher));
  woken_ = true;
  wake_.notify_all();
  return absl::OkStatus();
}

void EventPump::Leave(const std::shared_ptr<Watcher>& watcher) {
  const std::lock_guard lock(mutex_);
  watchers_.erase(std::remove(watchers_.begin(), watchers_.end(), watcher), watchers_.end());
}

void EventPump::Close() {
  std::vector<std::shared_ptr<Watcher>> watchers;
  {
    const std::lock_guard lock(mutex_);
    draining_ = true;
    watchers = watchers_;
  }
  for (const auto& watcher : watchers) {
    const std::lock_guard lock(watcher->mutex);
    End(*watcher, Draining(watcher->cursor));
  }
}

void EventPump::Wake() {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  wake_.notify_all();
}

void EventPump::Run() {
  bool behind = false;
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait_for(lock, behind ? kCatchUpTick : kTick, [this] { return stopping_ || woken_; });
    if (stopping_) return;
    woken_ = false;
    const auto watchers = watchers_;
    if (watchers.empty()) {
      behind = false;
      continue;
    }
    lock.unlock();
    Turn turn;
    turn.call = base::InternalCall("event-pump", runtime_.clock, kReadBudget);
    // Before the pages: what is settled up to here, they show.
    turn.head = feed_.Head(turn.call);
    behind = false;
    for (const auto& watcher : watchers) behind = Serve(*watcher, turn) || behind;
    lock.lock();
  }
}

// True when the watcher has more to get at once.
bool EventPump::Serve(Watcher& watcher, Turn& turn) {
  const std::lock_guard lock(watcher.mutex);
  if (watcher.stream == nullptr) return false;
  if (watcher.closed) {
    // A peer that lives but does not read would keep its place among the streams for ever.
    if (runtime_.clock.Steady() - watcher.closed_at > kLingerMax) watcher.context->TryCancel();
    return false;
  }
  if (!HasRoom(watcher)) return false;
  const absl::StatusOr<bool> more = Forward(watcher, turn);
  if (!more.ok()) {
    Broken(watcher, more.status());
    return false;
  }
  watcher.good_at = runtime_.clock.Steady();
  Greet(watcher);
  return *more;
}

bool EventPump::HasRoom(Watcher& watcher) {
  const auto now = runtime_.clock.Steady();
  if (watcher.stream->Backlog() < kBusyBacklog) {
    watcher.room_at = now;
    return true;
  }
  if (now - watcher.room_at > kStallMax) {
    End(watcher, base::Fail(absl::StatusCode::kAborted, "STREAM_TOO_SLOW",
                            "the reader is slower than the stream; resume from the last cursor",
                            {{"cursor", watcher.cursor}}));
  }
  return false;
}

// Pushes the next page; whether another one waits.
absl::StatusOr<bool> EventPump::Forward(Watcher& watcher, Turn& turn) {
  if (!turn.head.ok()) return turn.head.status();
  if (watcher.cursor.empty()) watcher.cursor = *turn.head;
  if (watcher.cursor == *turn.head) return false;
  const auto key = std::make_pair(watcher.view.region, watcher.cursor);
  auto page = turn.pages.find(key);
  if (page == turn.pages.end()) {
    page = turn.pages
               .emplace(key, feed_.Read(turn.call, watcher.view.region, watcher.cursor, kPageMax))
               .first;
  }
  if (!page->second.ok()) return page->second.status();
  for (const ledger::StoredEvent& stored : *page->second) {
    v1::WatchEventsResponse message;
    SAS_ASSIGN_OR_RETURN(*message.mutable_event(), ToEvent(stored));
    if (Shows(watcher.view, message.event())) {
      message.set_cursor(stored.cursor);
      *message.mutable_server_time() = base::ToTimestamp(runtime_.clock.Now());
      watcher.stream->Push(std::move(message));
      watcher.sent_at = runtime_.clock.Steady();
      watcher.greeted = true;
    }
    watcher.cursor = stored.cursor;
  }
  if (page->second->size() == static_cast<std::size_t>(kPageMax)) return true;
  // Nothing of this region up to the head: a quiet region's cursor must not be trimmed away.
  watcher.cursor = Later(watcher.cursor, *turn.head);
  return false;
}

// The first message comes at once: it tells a watcher of "from now on" when now was.
void EventPump::Greet(Watcher& watcher) {
  const auto now = runtime_.clock.Steady();
  if (watcher.greeted && now - watcher.sent_at < kHeartbeat) return;
  v1::WatchEventsResponse heartbeat;
  heartbeat.set_cursor(watcher.cursor);
  *heartbeat.mutable_server_time() = base::ToTimestamp(runtime_.clock.Now());
  watcher.stream->Push(std::move(heartbeat));
  watcher.sent_at = now;
  watcher.greeted = true;
}

// No heartbeat while the ledger cannot be read: what is shown would look fresher than it is.
void EventPump::Broken(Watcher& watcher, const absl::Status& status) {
  const bool silent = runtime_.clock.Steady() - watcher.good_at > kFeedSilenceMax;
  if (IsFinal(status) || silent) End(watcher, status);
}

void EventPump::End(Watcher& watcher, absl::Status status) {
  if (watcher.stream == nullptr || watcher.closed) return;
  watcher.closed = true;
  watcher.closed_at = runtime_.clock.Steady();
  watcher.ended = status;
  watcher.stream->Close(std::move(status));
}

}  // namespace sas::events
