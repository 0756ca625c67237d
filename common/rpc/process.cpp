#include "common/rpc/process.h"

#include <signal.h>
#include <stdio.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "absl/synchronization/mutex.h"
#include "common/base/backoff.h"
#include "common/base/executor.h"
#include "common/base/status.h"
#include "common/observe/log.h"
#include "common/rpc/periodic.h"

namespace sas::rpc {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kConnectLimit{60};  // Longer, and the supervisor should restart the process.
constexpr seconds kConnectTry{10};    // Budget of one attempt.
constexpr milliseconds kConnectFirst{100};
constexpr milliseconds kConnectCap{5000};
constexpr milliseconds kProbeInterval{1000};
constexpr seconds kServiceTokenLifetime{300};
constexpr seconds kDriftAlarm{2};

// Waits, but not past a signal to stop. The signals stay pending for WaitForSignal.
bool StopAsked(milliseconds wait) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  const timespec time{static_cast<time_t>(wait.count() / 1000),
                      static_cast<long>(wait.count() % 1000) * 1'000'000};
  const int signal = sigtimedwait(&signals, nullptr, &time);
  if (signal <= 0) return false;
  raise(signal);  // Blocked in every thread: pending again.
  return true;
}

// Readers must never see half a line, hence the rename.
absl::Status WritePortFile(const std::string& path, int port, int metrics_port) {
  const std::string draft = path + ".new";
  {
    std::ofstream out(draft, std::ios::trunc);
    out << "grpc=" << port << " metrics=" << metrics_port << '\n';
    out.flush();
    if (!out) {
      return base::Fail(absl::StatusCode::kUnavailable, "PORT_FILE_UNWRITABLE",
                        "the port file cannot be written; check PORT_FILE and its folder",
                        {{"path", path}});
    }
  }
  if (rename(draft.c_str(), path.c_str()) != 0) {
    return base::Fail(absl::StatusCode::kUnavailable, "PORT_FILE_UNWRITABLE",
                      "the port file cannot be put in place; check PORT_FILE and its folder",
                      {{"path", path}});
  }
  return absl::OkStatus();
}

base::Executor::Options Lane(const char* name, std::size_t threads, std::size_t queue_max) {
  return {.name = name, .threads = threads, .queue_max = queue_max};
}

}  // namespace

struct Process::State {
  explicit State(ProcessSettings given)
      : settings(std::move(given)),
        rpc_metrics(metrics, settings.service),
        verifier(settings.auth_key, clock),
        vital(Lane("vital", settings.vital_threads, settings.queue_max)),
        interactive(Lane("interactive", settings.interactive_threads, settings.queue_max)),
        background(Lane("background", settings.background_threads, settings.queue_max)),
        runtime{clock, random, rpc_metrics, verifier, roles, vital, interactive, background},
        periodic(clock) {
    SparePeerLocks();
  }

  void ShowLane(const base::Executor& lane) {
    const std::string prefix = "sas_" + settings.service + "_lane_";
    const observe::Labels labels{{"lane", lane.name()}};
    metrics.OnScrape(prefix + "queued", "Calls waiting for a thread of the lane.", labels,
                     [&lane] { return static_cast<double>(lane.Queued()); });
    metrics.OnScrape(prefix + "running", "Calls being worked on by the lane.", labels,
                     [&lane] { return static_cast<double>(lane.Running()); });
  }

  void Drain(const std::function<void()>& close_streams) {
    if (drained) return;
    drained = true;
    // The server waits for every handler, so the lanes must still run while it shuts down.
    if (server != nullptr) server->Drain(close_streams);
    for (base::Executor* lane : {&vital, &interactive, &background}) lane->Drain();
    periodic.Stop();
  }

  const ProcessSettings settings;
  base::SystemClock clock;
  base::SystemRandom random;
  observe::Metrics metrics;
  observe::RpcMetrics rpc_metrics;
  TokenVerifier verifier;
  RoleTable roles;
  Health health;
  base::Executor vital;
  base::Executor interactive;
  base::Executor background;
  Runtime runtime;
  Periodic periodic;
  std::unique_ptr<Server> server;
  int metrics_port = 0;
  bool drained = false;
};

void SparePeerLocks() {
#ifdef NDEBUG
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
#endif
}

int RefuseStart(std::string_view service, const absl::Status& status) {
  observe::InitLog(service, observe::Level::kInfo);
  const base::ErrorDetail detail = base::DetailOf(status);
  const std::string_view message = base::FromAbsl(status.message());
  observe::Log(observe::Level::kError, "start_refused",
               {{"reason", std::string_view(detail.reason)}, {"why", message}});
  for (const base::FieldViolation& fault : detail.violations) {
    observe::Log(
        observe::Level::kError, "start_fault",
        {{"setting", std::string_view(fault.field)}, {"why", std::string_view(fault.description)}});
  }
  observe::FlushLog();
  return 1;
}

Process::Process(ProcessSettings settings) : state_(std::make_unique<State>(std::move(settings))) {
  State& state = *state_;
  observe::InitLog(state.settings.service, observe::ParseLevel(state.settings.log_level));
  for (const base::Executor* lane : {&state.vital, &state.interactive, &state.background}) {
    state.ShowLane(*lane);
  }
  state.metrics.OnScrape("sas_" + state.settings.service + "_clock_drift_seconds",
                         "Wall clock minus the anchored clock.", {}, [&state] {
                           return std::chrono::duration<double>(state.clock.Drift()).count();
                         });
  Every("clock_drift", kProbeInterval, [&state](const base::Call&) -> absl::Status {
    if (std::chrono::abs(state.clock.Drift()) <= kDriftAlarm) return absl::OkStatus();
    return base::Fail(absl::StatusCode::kUnavailable, "CLOCK_JUMPED",
                      "the machine's wall clock was moved by more than 2 s; restart when quiet");
  });
}

Process::~Process() {
  Stop();
}

void Process::Stop() {
  state_->Drain([] {});
}

const base::Clock& Process::clock() const {
  return state_->clock;
}

base::Random& Process::random() {
  return state_->random;
}

observe::Metrics& Process::metrics() {
  return state_->metrics;
}

RoleTable& Process::roles() {
  return state_->roles;
}

Health& Process::health() {
  return state_->health;
}

const Runtime& Process::runtime() const {
  return state_->runtime;
}

int Process::port() const {
  return state_->server == nullptr ? 0 : state_->server->port();
}

int Process::metrics_port() const {
  return state_->metrics_port;
}

std::function<std::string()> Process::ServiceAuthorization() const {
  return [&state = *state_] {
    base::Actor actor;
    actor.subject = "service:" + state.settings.service;
    actor.role = base::Role::kService;
    actor.regions = {std::string(base::kAllRegions)};
    return MintToken(state.settings.auth_key, actor, state.clock, kServiceTokenLifetime);
  };
}

absl::Status Process::Connect(std::string_view part,
                              const std::function<absl::Status(const base::Call&)>& connect) {
  base::Backoff backoff(kConnectFirst, kConnectCap, state_->random);
  const auto give_up = state_->clock.Steady() + kConnectLimit;
  while (true) {
    const absl::Status status = connect(base::InternalCall("connect", state_->clock, kConnectTry));
    // Only what may pass by itself is worth another try; a wrong password or schema is not.
    if (status.ok() || !absl::IsUnavailable(status)) return status;
    const std::string reason = base::ReasonOf(status);
    observe::Log(observe::Level::kWarn, "connect_retry",
                 {{"part", part}, {"reason", std::string_view(reason)}});
    if (state_->clock.Steady() >= give_up || StopAsked(backoff.Next())) return status;
  }
}

void Process::Every(std::string_view name, milliseconds interval,
                    std::function<absl::Status(const base::Call&)> work) {
  state_->periodic.Add(name, interval, std::move(work));
}

void Process::Watch(const std::string& part, bool required,
                    std::function<absl::Status(const base::Call&)> probe) {
  state_->health.Declare(part, required);
  const auto look = [&health = state_->health, part,
                     probe = std::move(probe)](const base::Call& call) {
    const absl::Status status = probe(call);
    health.Set(part, status.ok(), status.ok() ? "answers" : base::ReasonOf(status));
    return status;
  };
  (void)look(base::InternalCall("probe", state_->clock, kProbeInterval));
  Every("probe:" + part, kProbeInterval, look);
}

absl::Status Process::Start(const std::vector<grpc::Service*>& services,
                            const std::vector<std::string>& service_names) {
  const ProcessSettings& settings = state_->settings;
  SAS_ASSIGN_OR_RETURN(state_->metrics_port, state_->metrics.Serve(settings.metrics_listen));
  const Server::Options options{.name = settings.service,
                                .listen = settings.listen,
                                .reflection = settings.reflection,
                                .limits = {},
                                .drain_delay = settings.drain_delay};
  SAS_ASSIGN_OR_RETURN(
      state_->server, Server::Start(options, services, service_names, state_->roles, state_->health,
                                    state_->metrics));
  if (!settings.port_file.empty()) {
    SAS_RETURN_IF_ERROR(WritePortFile(settings.port_file, port(), metrics_port()));
  }
  observe::Log(observe::Level::kWarn, "development_tokens",
               {{"why", "tokens prove who holds the demo key, nothing more"}});
  observe::Log(
      observe::Level::kInfo, "started",
      {{"grpc_port", std::int64_t{port()}}, {"metrics_port", std::int64_t{metrics_port()}}});
  return absl::OkStatus();
}

int Process::Run(const std::function<void()>& close_streams) {
  WaitForSignal();
  state_->Drain(close_streams);
  observe::Log(observe::Level::kInfo, "stopped");
  observe::FlushLog();
  return 0;
}

}  // namespace sas::rpc
