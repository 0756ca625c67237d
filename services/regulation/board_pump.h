#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "common/rpc/runtime.h"
#include "common/rpc/server_call.h"
#include "common/rpc/subscription.h"
#include "services/regulation/board_metrics.h"
#include "services/regulation/board_region.h"

namespace sas::regulation {

/// One WatchBoard call. `mutex` keeps `stream` alive while somebody pushes: gRPC deletes the stream
/// in its own time. What it costs: this, and at most one message on its way, whose bytes it shares.
struct BoardWatch {
  using Stream = rpc::Subscription<grpc::ByteBuffer>;

  std::mutex mutex;
  Stream* stream = nullptr;  ///< Null once gRPC is done with the call.
  grpc::CallbackServerContext* context = nullptr;
  std::unique_ptr<rpc::ServerCall> scope;
  std::string region;
  std::string subject;
  std::uint64_t presence = 0;  ///< Of ConsolePresence.
  base::Role role = base::Role::kUnspecified;
  BoardView view;
  std::string token;                ///< Asked for; then that of the last message.
  std::uint64_t shown = 0;          ///< Step of the book that was told; 0 before the first message.
  std::int64_t sequence = 0;        ///< Of the last message.
  std::atomic<bool> behind{false};  ///< Was to be told something, and its last message was not out.
  bool slow = false;                ///< For so long that the whole board comes next.
  bool closed = false;              ///< By us; gRPC may still be writing.
  absl::Status ended;               ///< Why; the client's own end unless set.
  std::chrono::nanoseconds closed_at{};
  std::chrono::nanoseconds sent_at{};
  std::chrono::nanoseconds counted_at{};  ///< Last message with head counts.
  std::chrono::nanoseconds behind_since{};
};

/// The thread that keeps the boards of the regions that somebody watches, and tells the watchers.
/// It follows the feed, reads each changed row once, and serialises what it says once for each
/// view: the number of watchers costs a write each, and nothing else.
///
/// A watcher has at most one message on its way. While that is not out it is told nothing, and what
/// changes meanwhile comes as one difference: a slow reader gets the latest state of each line,
/// costs no memory and delays nobody. While the ledger cannot be read nobody gets a heartbeat: a
/// board that looks live is one.
class BoardPump {
 public:
  static constexpr std::size_t kWatchersOfSubject = 20;  ///< The tabs of one console.
  static constexpr std::chrono::milliseconds kHeartbeat{1000};
  static constexpr std::chrono::seconds kSlow{10};       ///< Then the whole board comes next.
  static constexpr std::chrono::seconds kStallMax{60};   ///< Then the watch is ended.
  static constexpr std::chrono::seconds kLingerMax{10};  ///< For a closed stream to be written.

  BoardPump(const rpc::Runtime& runtime, RegulationStore& store, AlarmRules rules,
            std::size_t watchers_max, observe::Metrics& metrics, const RoomWatch* room);
  ~BoardPump();  ///< Closes, then stops.
  BoardPump(const BoardPump&) = delete;
  BoardPump& operator=(const BoardPump&) = delete;

  /// Takes the watch in; its first message comes from the thread. RESOURCE_EXHAUSTED
  /// `TOO_MANY_STREAMS` or `TOO_MANY_BOARDS`, UNAVAILABLE `DRAINING`.
  absl::Status Enter(const std::shared_ptr<BoardWatch>& watch);
  void Leave(const std::shared_ptr<BoardWatch>& watch);

  /// The watch's message is out. Any thread; never blocks.
  void Written(const BoardWatch& watch);

  /// Ends all watches, and those that come later.
  void Close();

 private:
  using Watches = std::vector<std::shared_ptr<BoardWatch>>;

  void Run();
  void Wake();
  void Round(const Watches& watches);
  void Serve(BoardWatch& watch, BoardRegion& region);
  bool Busy(BoardWatch& watch);
  absl::Status Tell(BoardWatch& watch, BoardRegion& region);
  /// Difference or heartbeat; whether there was nothing else to tell than the whole board.
  absl::StatusOr<bool> TellChanges(BoardWatch& watch, BoardRegion& region);
  void Push(BoardWatch& watch, BoardRegion& region, const BoardRegion::Message& message,
            bool counts, v1::WatchBoardResponse::Resume resume = {});
  void End(BoardWatch& watch, absl::Status status);

  const rpc::Runtime& runtime_;
  RegulationStore& store_;
  const AlarmRules rules_;
  const std::size_t watchers_max_;
  BoardMetrics metrics_;
  const RoomWatch* room_;
  std::uint64_t subscription_ = 0;
  std::map<std::string, std::unique_ptr<BoardRegion>> regions_;  ///< Of the thread alone.
  std::mutex mutex_;
  std::condition_variable wake_;
  Watches watches_;
  bool woken_ = false;
  bool draining_ = false;
  bool stopping_ = false;
  std::thread thread_;  // Last: starts when the rest is there.
};

}  // namespace sas::regulation
