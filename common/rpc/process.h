#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/config/env.h"
#include "common/observe/metrics.h"
#include "common/rpc/auth.h"
#include "common/rpc/runtime.h"
#include "common/rpc/server.h"

namespace sas::rpc {

/// Settings that every service of the suite has.
struct ProcessSettings {
  std::string service;         ///< "regulation": in logs, metrics and this service's own tokens.
  std::string listen;          ///< LISTEN, host:port or unix:PATH; 127.0.0.1:0.
  std::string metrics_listen;  ///< METRICS_LISTEN; 127.0.0.1:0.
  std::string port_file;    ///< PORT_FILE: gets one line `grpc=<port> metrics=<port>`; may be "".
  std::string auth_key;     ///< Content of AUTH_KEY_FILE.
  std::string log_level;    ///< LOG_LEVEL: debug, info, warn, error.
  bool reflection = false;  ///< REFLECTION
  std::size_t vital_threads = 8;             ///< VITAL_THREADS
  std::size_t interactive_threads = 24;      ///< INTERACTIVE_THREADS
  std::size_t background_threads = 4;        ///< BACKGROUND_THREADS
  std::size_t queue_max = 256;               ///< QUEUE_MAX, of each lane.
  std::chrono::milliseconds drain_delay{0};  ///< DRAIN_DELAY: wait for load balancers.

  /// Connections that a ledger pool needs so that no lane thread waits for one.
  std::size_t Threads() const { return vital_threads + interactive_threads + background_threads; }
};

/// `SAS_REGULATION_LISTEN` for ("regulation", "LISTEN").
std::string SettingName(std::string_view service, std::string_view name);

/// Reads them; faults stay in `env` until Env::Check.
ProcessSettings ReadProcessSettings(config::Env& env, std::string_view service);

/// Logs why the process does not start (one line per fault) and gives the exit code.
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
