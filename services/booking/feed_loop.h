#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

#include "absl/status/statusor.h"
#include "common/base/backoff.h"
#include "common/base/ids.h"
#include "common/ledger/journal.h"

namespace sas::booking {

/// A thread that does one work for as long as there is any: woken by commits, looking by itself at
/// intervals, and at its start for what a crash left. After a failure it waits longer each time,
/// whatever is committed meanwhile.
class FeedLoop {
 public:
  struct Options {
    std::chrono::milliseconds poll{1000};  ///< From one look to the next when nobody wakes it.
    std::chrono::milliseconds retry_first{};
    std::chrono::milliseconds retry_cap{};
    std::chrono::milliseconds pause{0};  ///< After a turn, so that what is committed gathers.
  };

  /// True when there may be more to do; tells of its failures itself. Runs on the loop's thread.
  using Turn = std::function<absl::StatusOr<bool>()>;

  /// `feed` and `random` outlive it. Starts at once: whoever has it makes it last.
  FeedLoop(Options options, ledger::Feed& feed, base::Random& random, Turn turn);
  ~FeedLoop();  ///< Stops.
  FeedLoop(const FeedLoop&) = delete;
  FeedLoop& operator=(const FeedLoop&) = delete;

  /// Ends after the turn at work. Idempotent.
  void Stop();
  /// Blocks until nothing waits, or `limit` is over; for the drain and for tests.
  bool Flush(std::chrono::milliseconds limit);
  /// For turns of many steps. Any thread.
  bool stopping() const;
  /// Called by a turn: the next one comes after `wait` at the latest, and not only at the next
  /// look.
  void LookAgainIn(std::chrono::milliseconds wait);

 private:
  void Wake();
  void Run();

  const Options options_;
  ledger::Feed& feed_;
  const Turn turn_;
  base::Backoff backoff_;  ///< Of the thread alone.
  std::uint64_t subscription_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable idle_changed_;
  bool woken_ = false;
  bool idle_ = false;  ///< The last turn found nothing and nobody has woken us since.
  bool stopping_ = false;
  std::chrono::milliseconds again_{};  ///< To the next turn. Of the thread alone.
  std::thread thread_;                 ///< Last: starts when the rest is there.
};

}  // namespace sas::booking
