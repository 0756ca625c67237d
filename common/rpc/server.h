#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/observe/metrics.h"
#include "common/rpc/auth.h"

namespace sas::rpc {

/// Health of named parts ("ledger", "redis", "projection"…): each is a service name of
/// grpc.health.v1, `ready` is SERVING when every required part is (and never before the first part
/// was declared), `live` is SERVING as long as the process runs, and the empty name equals `ready`.
/// Thread-safe; outlives the server.
class Health {
 public:
  /// Declares a part; it starts as down. An optional part does not take `ready` with it (Redis and
  /// partners must not withdraw every replica at once, hazard H-43) but shows in its own name.
  void Declare(const std::string& part, bool required);
  /// `why` is one sentence for people: logged on change; sas_<service>_up{part} shows the state.
  void Set(const std::string& part, bool up, const std::string& why);
  /// After this `ready` stays NOT_SERVING.
  void Drain();
  bool Ready() const;

  /// Called by Server; null pointers detach.
  void Attach(grpc::HealthCheckServiceInterface* service, observe::Metrics* metrics,
              std::string_view service_name);

 private:
  bool ReadyLocked() const;
  void PublishLocked();

  struct Part {
    bool required = true;
    std::shared_ptr<std::atomic<bool>> up = std::make_shared<std::atomic<bool>>(false);
  };

  mutable std::mutex mutex_;
  std::map<std::string, Part> parts_;
  bool draining_ = false;
  grpc::HealthCheckServiceInterface* service_ = nullptr;
  observe::Metrics* metrics_ = nullptr;
  std::string service_name_;
};

/// Limits of the listening side, named and with a unit.
struct ServerLimits {
  int message_bytes_max = 1 << 20;            ///< One more byte is RESOURCE_EXHAUSTED.
  int concurrent_streams_max = 512;           ///< Per connection.
  std::size_t memory_bytes_max = 256U << 20;  ///< grpc::ResourceQuota.
  int threads_max = 64;
};

/// A gRPC server with the suite's limits, keepalive, health and (by setting) reflection. It speaks
/// plain HTTP/2: until mTLS comes, listen on loopback, a Unix socket or a network closed to others.
class Server {
 public:
  struct Options {
    std::string name;    ///< "regulation"
    std::string listen;  ///< host:port or unix:PATH; port 0 picks one.
    bool reflection = false;
    ServerLimits limits;
    std::chrono::milliseconds drain_delay{0};  ///< Wait for load balancers after NOT_SERVING.
    std::chrono::milliseconds drain_limit{20000};
    std::chrono::milliseconds hang_limit{10000};  ///< After drain_limit.
  };

  /// FAILED_PRECONDITION `METHOD_WITHOUT_POLICY` when a service has a method that `roles` does not
  /// know (default deny), UNAVAILABLE `CANNOT_LISTEN` when the address is taken.
  static absl::StatusOr<std::unique_ptr<Server>> Start(
      const Options& options, const std::vector<grpc::Service*>& services,
      const std::vector<std::string>& service_names, const RoleTable& roles, Health& health,
      observe::Metrics& metrics);
  ~Server();

  int port() const { return port_; }

  /// NOT_SERVING, wait, `close_streams`, shut down: calls that run may end within `drain_limit`,
  /// then they are cancelled. A handler that does not answer within `hang_limit` after that ends
  /// the process (exit code 3), because gRPC would wait for it for ever. Idempotent; the destructor
  /// drains too.
  void Drain(const std::function<void()>& close_streams);

 private:
  Server() = default;

  Options options_;
  Health* health_ = nullptr;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  bool drained_ = false;
};

/// Blocks SIGTERM and SIGINT for every thread made later. Call first in main.
void BlockSignals();

/// Waits for SIGTERM or SIGINT; a second one ends the process at once.
void WaitForSignal();

}  // namespace sas::rpc
