#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/events/event_view.h"
#include "common/ledger/journal.h"
#include "common/rpc/runtime.h"
#include "common/rpc/server_call.h"
#include "common/rpc/subscription.h"
#include "sas/events/v1/event_service.pb.h"

namespace sas::events {

/// One WatchEvents call. `mutex` keeps `stream` alive while somebody pushes: gRPC deletes the
/// stream in its own time.
struct Watcher {
  using Stream = rpc::Subscription<v1::WatchEventsResponse>;

  std::mutex mutex;
  Stream* stream = nullptr;  ///< Null once gRPC is done with the call.
  grpc::CallbackServerContext* context = nullptr;
  std::unique_ptr<rpc::ServerCall> scope;
  EventView view;
  std::string cursor;    ///< All that lies before was pushed. Empty: not started, begin now.
  bool greeted = false;  ///< The first message went out.
  bool closed = false;   ///< By us; gRPC may still be writing.
  absl::Status ended;    ///< Why; the client's own end unless set.
  std::chrono::nanoseconds closed_at{};
  std::chrono::nanoseconds sent_at{};  ///< Last message pushed.
  std::chrono::nanoseconds room_at{};  ///< Last time that the backlog had room.
  std::chrono::nanoseconds good_at{};  ///< Last time that the feed could be read.
};

/// The thread that carries a feed to its watchers. It reads the ledger for each position only once
/// a turn, and never more than a watcher has room for: who catches up with a long past is paced,
/// who does not read at all is ended.
class EventPump {
 public:
  EventPump(const rpc::Runtime& runtime, ledger::Feed& feed);
  ~EventPump();  ///< Closes, then stops.
  EventPump(const EventPump&) = delete;
  EventPump& operator=(const EventPump&) = delete;

  /// `TOO_MANY_STREAMS` or `DRAINING`.
  absl::Status Enter(std::shared_ptr<Watcher> watcher);
  void Leave(const std::shared_ptr<Watcher>& watcher);

  /// Ends all watches, and those that come later.
  void Close();

 private:
  // What one turn has read, shared by the watchers of the same position.
  struct Turn {
    base::Call call;
    absl::StatusOr<std::string> head;
    std::map<std::pair<std::string, std::string>, absl::StatusOr<std::vector<ledger::StoredEvent>>>
        pages;
  };

  void Run();
  void Wake();
  bool Serve(Watcher& watcher, Turn& turn);
  bool HasRoom(Watcher& watcher);
  absl::StatusOr<bool> Forward(Watcher& watcher, Turn& turn);
  void Greet(Watcher& watcher);
  void Broken(Watcher& watcher, const absl::Status& status);
  void End(Watcher& watcher, absl::Status status);

  const rpc::Runtime& runtime_;
  ledger::Feed& feed_;
  std::uint64_t subscription_ = 0;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::shared_ptr<Watcher>> watchers_;
  bool woken_ = false;
  bool draining_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace sas::events
