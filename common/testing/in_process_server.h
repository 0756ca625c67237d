#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/base/executor.h"
#include "common/base/ids.h"
#include "common/observe/metrics.h"
#include "common/rpc/auth.h"
#include "common/rpc/channel.h"
#include "common/rpc/runtime.h"
#include "common/rpc/server.h"
#include "common/testing/actors.h"
#include "common/testing/fake_random.h"

namespace sas::testing {

/// A real rpc::Server on a loopback port of its own, with all that a service needs.
///
///     InProcessServer server;
///     RegulationService service(server.runtime(), store);
///     AllowRegulation(server.roles());
///     ASSERT_THAT(server.Start({&service}, {"sas.regulation.v1.RegulationService"}), IsOk());
///     auto stub = v1::RegulationService::NewStub(server.Channel());
///     server.Authorize(context, ActorWith(base::Role::kArm));
///
/// A service needs the runtime, so it is declared after the server and would go first: call Stop()
/// at the end of the test or in TearDown.
class InProcessServer {
 public:
  struct Options {
    const base::Clock* clock = nullptr;  ///< The system's clock unless given.
    std::size_t lane_threads = 4;
    std::size_t lane_queue_max = 64;
    rpc::ServerLimits limits;
    std::chrono::milliseconds drain_limit{2000};
    std::chrono::milliseconds hang_limit{10000};
    std::chrono::milliseconds unary_deadline_max{5000};
    bool reflection = false;
  };

  static constexpr char kKey[] = "key-of-the-tests-only";

  InProcessServer() : InProcessServer(Options{}) {}

  explicit InProcessServer(const Options& options)
      : options_(options),
        clock_(options.clock != nullptr ? *options.clock : system_clock_),
        rpc_metrics_(metrics_, "test"),
        verifier_(kKey, clock_),
        vital_({"vital", options.lane_threads, options.lane_queue_max}),
        interactive_({"interactive", options.lane_threads, options.lane_queue_max}),
        background_({"background", options.lane_threads, options.lane_queue_max}),
        runtime_{clock_,       random_,     rpc_metrics_,
                 verifier_,    roles_,      vital_,
                 interactive_, background_, options.unary_deadline_max} {
    health_.Declare("test", true);
  }

  ~InProcessServer() { Stop(); }

  const rpc::Runtime& runtime() const { return runtime_; }

  rpc::RoleTable& roles() { return roles_; }

  rpc::Health& health() { return health_; }

  observe::Metrics& metrics() { return metrics_; }

  const base::Clock& clock() const { return clock_; }

  base::Random& random() { return random_; }

  int port() const { return server_->port(); }

  std::string address() const { return "127.0.0.1:" + std::to_string(port()); }

  /// Serves; `names` are the full proto names of `services`, in the same order.
  absl::Status Start(const std::vector<grpc::Service*>& services,
                     const std::vector<std::string>& names) {
    rpc::Server::Options server;
    server.name = "test";
    server.listen = "127.0.0.1:0";
    server.reflection = options_.reflection;
    server.limits = options_.limits;
    server.drain_limit = options_.drain_limit;
    server.hang_limit = options_.hang_limit;
    auto started = rpc::Server::Start(server, services, names, roles_, health_, metrics_);
    if (!started.ok()) return started.status();
    server_ = *std::move(started);
    health_.Set("test", true, "started");
    return absl::OkStatus();
  }

  /// Drains server, then lanes. Idempotent.
  void Stop(const std::function<void()>& close_streams = [] {}) {
    if (server_ != nullptr) server_->Drain(close_streams);
    vital_.Drain();
    interactive_.Drain();
    background_.Drain();
  }

  /// Channels with equal arguments share one connection (gRPC's subchannel pool).
  std::shared_ptr<grpc::Channel> Channel(
      std::vector<std::pair<std::string, std::string>> idempotent_methods = {}) const {
    return rpc::MakeChannel({address(), std::move(idempotent_methods)});
  }

  std::string Authorization(const base::Actor& actor,
                            std::chrono::seconds lifetime = std::chrono::hours(1)) const {
    return rpc::MintToken(kKey, actor, clock_, lifetime);
  }

  /// Credentials and a deadline of `limit` for one call as `actor`.
  void Authorize(grpc::ClientContext& context, const base::Actor& actor,
                 std::chrono::milliseconds limit = std::chrono::seconds(5)) const {
    base::Call call;
    call.deadline = clock_.Steady() + limit;
    rpc::PrepareContext(context, call, Authorization(actor), clock_, limit);
  }

 private:
  const Options options_;
  base::SystemClock system_clock_;
  const base::Clock& clock_;
  FakeRandom random_;
  observe::Metrics metrics_;
  observe::RpcMetrics rpc_metrics_;
  rpc::TokenVerifier verifier_;
  rpc::RoleTable roles_;
  rpc::Health health_;
  base::Executor vital_;
  base::Executor interactive_;
  base::Executor background_;
  rpc::Runtime runtime_;
  std::unique_ptr<rpc::Server> server_;  // Last: goes first.
};

}  // namespace sas::testing
