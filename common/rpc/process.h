#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/observe/metrics.h"
#include "common/rpc/auth.h"
#include "common/rpc/process_settings.h"
#include "common/rpc/runtime.h"
#include "common/rpc/server.h"

namespace sas::rpc {

/// In release builds absl no longer looks for deadlocks at its locks, which gRPC takes and our code
/// does not. Debug builds go on looking.
void SparePeerLocks();

/// Logs why the process does not start, then each fault, and gives the exit code of main.
int RefuseStart(std::string_view service, const absl::Status& status);

/// What the mains of all services share, in the order in which they use it: clock, chance, metrics,
/// lanes, credentials, roles, health; then the server; then the drain. Made once, by main, before
/// the service's own parts, so that it outlives them.
class Process {
 public:
  /// Nothing listens yet.
  explicit Process(ProcessSettings settings);
  ~Process();  ///< Drains what Run has not.
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  const base::Clock& clock() const;
  base::Random& random();
  observe::Metrics& metrics();
  RoleTable& roles();
  Health& health();
  const Runtime& runtime() const;

  /// Credentials of this service for its peers: a token of role SERVICE, minted at each call and
  /// valid for five minutes.
  std::function<std::string()> ServiceAuthorization() const;

  /// Calls `connect` until it is OK, with back-off; gives up after 60 s with its last status, or at
  /// once when the process is told to stop.
  absl::Status Connect(std::string_view part,
                       const std::function<absl::Status(const base::Call&)>& connect);

  /// Runs `work` each `interval` until the process ends; works take turns on one thread, so each
  /// must end within its call's deadline.
  void Every(std::string_view name, std::chrono::milliseconds interval,
             std::function<absl::Status(const base::Call&)> work);

  /// Declares a part of the service's health and asks `probe` each second.
  void Watch(const std::string& part, bool required,
             std::function<absl::Status(const base::Call&)> probe);

  /// Serves metrics and `services`, then writes the port file.
  absl::Status Start(const std::vector<grpc::Service*>& services,
                     const std::vector<std::string>& service_names);

  /// Waits for SIGTERM or SIGINT, then drains: not ready, the delay, `close_streams`, the server,
  /// the lanes, the periodic works. Gives the exit code of main.
  int Run(const std::function<void()>& close_streams);

  /// The drain alone, for a start that failed: periodic works use parts of the service, which go
  /// before this object does. Idempotent.
  void Stop();

  int port() const;
  int metrics_port() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sas::rpc
