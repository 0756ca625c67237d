#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "common/rpc/runtime.h"
#include "common/rpc/server_call.h"
#include "common/rpc/subscription.h"
#include "sas/slots/v1/watch_service.pb.h"
#include "services/slots/metrics.h"
#include "services/slots/projection.h"
#include "services/slots/seats.h"
#include "services/slots/watch_metrics.h"
#include "services/slots/watch_step.h"

namespace sas::slots {

/// One WatchAvailability call. `mutex` keeps `stream` alive while somebody pushes: gRPC deletes the
/// stream in its own time.
struct Watch {
  using Stream = rpc::Subscription<v1::WatchAvailabilityResponse>;

  std::mutex mutex;
  Stream* stream = nullptr;  ///< Null once gRPC is done with the call.
  grpc::CallbackServerContext* context = nullptr;
  std::unique_ptr<rpc::ServerCall> scope;
  v1::SearchSlotsRequest search;  ///< With the times of the first answer from then on.
  std::string region;             ///< Its id.
  std::string subject;
  std::string id;  ///< Holds that name it end with it.
  Told told;
  std::int64_t sequence = 0;
  std::atomic<bool> behind{false};  ///< Was to be looked at, and its last message was not out yet.
  bool slow = false;                ///< For so long that the whole answer comes next.
  bool closed = false;              ///< By us; gRPC may still be writing.
  absl::Status ended;               ///< Why; the client's own end unless set.
  std::chrono::nanoseconds closed_at{};
  std::chrono::nanoseconds behind_since{};  ///< When it was first found to be behind.
  std::chrono::nanoseconds looked_at{};
};

/// The thread that carries changes to whoever watches a search. When a view was exchanged it
/// searches again for each watch of that region and tells the difference to what was told before.
///
/// A watch has at most the messages of one look on their way: changes, and the whole answer when
/// changes do not carry all. While they are not out the watch is not looked at, and what changes
/// meanwhile comes as one difference: a slow reader gets the newest state, costs
/// no memory and delays nobody. After a round the thread rests three times as long as the round
/// took, half a second at most, so that load makes rounds rarer.
class WatchPump {
 public:
  static constexpr std::size_t kWatchesMax = 500;       ///< In this process.
  static constexpr std::size_t kWatchesOfSubject = 20;  ///< The tabs of one console.
  static constexpr std::chrono::seconds kHeartbeat{10};
  /// Without an exchange: slots begin, windows pass and answers get old all the same.
  static constexpr std::chrono::milliseconds kLook{1000};
  static constexpr std::chrono::seconds kSlow{10};       ///< Then the whole answer comes next.
  static constexpr std::chrono::seconds kStallMax{60};   ///< Then the watch is ended.
  static constexpr std::chrono::seconds kLingerMax{10};  ///< For a closed stream to be written.

  WatchPump(const rpc::Runtime& runtime, const Projection& projection, SeatBook& book,
            SlotsMetrics& searches, observe::Metrics& metrics);
  ~WatchPump();  ///< Closes, then stops.
  WatchPump(const WatchPump&) = delete;
  WatchPump& operator=(const WatchPump&) = delete;

  /// Takes the watch in and sends its first message. `watch->mutex` is the caller's.
  /// RESOURCE_EXHAUSTED `TOO_MANY_STREAMS` or `TOO_MANY_WATCHES`, UNAVAILABLE `DRAINING` or, while
  /// the region is not in memory, `AVAILABILITY_REBUILDING`, and what SearchSlots refuses.
  absl::Status Enter(const std::shared_ptr<Watch>& watch);
  void Leave(const std::shared_ptr<Watch>& watch);

  std::string MakeWatchId();
  /// Its console has gone: what it holds under this watch is given back, by the thread. When that
  /// fails, the holds end by themselves. `watch.mutex` is the caller's; never blocks.
  void ReleaseHolds(const Watch& watch);

  /// A view was exchanged. Any thread; never blocks.
  void Changed(const std::string& region);
  /// The watch's message is out. Any thread; never blocks.
  void Written(const Watch& watch);

  /// Ends all watches, and those that come later.
  void Close();

 private:
  // Whose holds are to be given back.
  struct Gone {
    std::string region;
    std::string subject;
    std::string watch;
  };

  absl::Status Admit(const std::shared_ptr<Watch>& watch);
  void GiveBack(const std::vector<Gone>& gone);
  void Run();
  void Serve(Watch& watch, bool changed);
  bool Busy(Watch& watch);
  absl::Status Look(Watch& watch);
  void Tell(Watch& watch, v1::WatchAvailabilityResponse step);
  void End(Watch& watch, absl::Status status);

  const rpc::Runtime& runtime_;
  const Projection& projection_;
  SeatBook& book_;
  SlotsMetrics& searches_;
  WatchMetrics metrics_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::shared_ptr<Watch>> watches_;
  std::set<std::string, std::less<>> changed_;  ///< Regions.
  std::vector<Gone> gone_;                      ///< At most as many as streams can end at once.
  bool woken_ = false;
  bool draining_ = false;
  bool stopping_ = false;
  std::thread thread_;  // Last: starts when the rest is there.
};

}  // namespace sas::slots
