#include "common/rpc/server.h"

#include <grpc/support/time.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/codegen/config_protobuf.h>
#include <grpcpp/resource_quota.h>

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <thread>
#include <utility>

#include "common/base/status.h"
#include "common/observe/log.h"
#include "common/rpc/callback_loop.h"

namespace sas::rpc {
namespace {

constexpr int kPingIntervalMinMs = 5'000;  // Our clients ping every 10 s.
constexpr int kKeepaliveMs = 30'000;       // Finds consoles that vanished without a word.
constexpr int kKeepaliveTimeoutMs = 10'000;
constexpr int kConnectionAgeMaxMs = 600'000;  // Lets clients spread over new replicas.
constexpr int kConnectionAgeGraceMs = 30'000;
constexpr int kExitHung = 3;

// Turns reflection on or off for one server. Merely linking the library turns it on for all servers
// of a process, by a static initialiser.
class Reflection final : public grpc::ServerBuilderOption {
 public:
  explicit Reflection(bool on) : on_(on) {}

  void UpdateArguments(grpc::ChannelArguments*) override {}

  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    auto plugin = std::make_unique<grpc::reflection::ProtoServerReflectionPlugin>();
    const std::string name = plugin->name();
    plugins->erase(std::remove_if(plugins->begin(), plugins->end(),
                                  [&name](const auto& known) { return known->name() == name; }),
                   plugins->end());
    if (on_) plugins->push_back(std::move(plugin));
  }

 private:
  bool on_;
};

absl::Status Unprotected(const std::string& what) {
  return base::Fail(absl::StatusCode::kFailedPrecondition, "METHOD_WITHOUT_POLICY",
                    what + " is served, but the role table does not say to whom; add it there",
                    {{"method", what}});
}

// Default deny: what is served must be in the table.
absl::Status CheckPolicy(const std::vector<std::string>& service_names, const RoleTable& roles) {
  const auto* pool = grpc::protobuf::DescriptorPool::generated_pool();
  for (const std::string& name : service_names) {
    const auto* service = pool->FindServiceByName(name);
    if (service == nullptr) return Unprotected(name);
    for (int i = 0; i < service->method_count(); ++i) {
      const std::string method = "/" + name + "/" + service->method(i)->name();
      if (!roles.Knows(method)) return Unprotected(method);
    }
  }
  return absl::OkStatus();
}

void Configure(grpc::ServerBuilder& builder, const ServerLimits& limits) {
  builder.SetMaxReceiveMessageSize(limits.message_bytes_max);
  grpc::ResourceQuota quota("server");
  quota.SetMaxThreads(limits.threads_max).Resize(limits.memory_bytes_max);
  builder.SetResourceQuota(quota);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, limits.concurrent_streams_max);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             kPingIntervalMinMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, kConnectionAgeMaxMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, kConnectionAgeGraceMs);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // A taken port must be an error.
}

// Ends the process when the scope lasts longer than `limit`. Shutdown() waits for every answer,
// whatever deadline it was given; handlers are bounded by their deadlines, and one that is not must
// not keep the process.
class Watchdog {
 public:
  explicit Watchdog(std::chrono::milliseconds limit)
      : thread_([this, limit] {
          std::unique_lock lock(mutex_);
          if (ended_.wait_for(lock, limit, [this] { return over_; })) return;
          observe::Log(observe::Level::kError, "drain_hung",
                       {{"limit_ms", std::int64_t{limit.count()}}});
          observe::FlushLog();
          std::_Exit(kExitHung);
        }) {}

  ~Watchdog() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    ended_.notify_one();
    thread_.join();
  }

 private:
  std::mutex mutex_;
  std::condition_variable ended_;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const Options& options,
                                                      const std::vector<grpc::Service*>& services,
                                                      const std::vector<std::string>& service_names,
                                                      const RoleTable& roles, Health& health,
                                                      observe::Metrics& metrics) {
  SAS_CHECK(services.size() == service_names.size(), "name each service: its methods are checked");
  SAS_RETURN_IF_ERROR(CheckPolicy(service_names, roles));
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  Configure(builder, options.limits);
  builder.SetOption(std::make_unique<Reflection>(options.reflection));
  int port = 0;
  builder.AddListeningPort(options.listen, grpc::InsecureServerCredentials(), &port);
  for (grpc::Service* service : services) builder.RegisterService(service);
  std::unique_ptr<grpc::Server> built = builder.BuildAndStart();
  if (built == nullptr || port == 0) {
    return base::Fail(absl::StatusCode::kUnavailable, "CANNOT_LISTEN",
                      "cannot listen on " + options.listen + ": taken, or no address of this host",
                      {{"listen", options.listen}});
  }
  // gRPC says SERVING at once; Attach corrects that to what the parts say.
  health.Attach(built->GetHealthCheckService(), &metrics, options.name);
  std::unique_ptr<Server> server(new Server);
  server->options_ = options;
  server->health_ = &health;
  server->server_ = std::move(built);
  server->port_ = port;
  observe::Log(observe::Level::kInfo, "listening",
               {{"listen", options.listen},
                {"port", std::int64_t{port}},
                {"callback_threads", static_cast<std::int64_t>(CallbackThreads())}});
  return server;
}

Server::~Server() {
  Drain([] {});
}

void Server::Drain(const std::function<void()>& close_streams) {
  if (drained_) return;
  drained_ = true;
  health_->Drain();
  observe::Log(observe::Level::kInfo, "draining");
  if (options_.drain_delay > std::chrono::milliseconds::zero()) {
    std::this_thread::sleep_for(options_.drain_delay);  // Load balancers need to see NOT_SERVING.
  }
  close_streams();
  {
    const Watchdog watchdog(options_.drain_limit + options_.hang_limit);
    server_->Shutdown(
        gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                     gpr_time_from_millis(options_.drain_limit.count(), GPR_TIMESPAN)));
  }
  health_->Attach(nullptr, nullptr, options_.name);  // The health service goes with the server.
  observe::Log(observe::Level::kInfo, "drained");
}

}  // namespace sas::rpc
