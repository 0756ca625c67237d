#include <condition_variable>
#include <iostream>
#include <mutex>
#include <thread>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "tools/sasctl/dossier.h"
#include "tools/sasctl/print.h"

// sasctl watch, sasctl status: what happens, and who is up.
namespace sasctl {
namespace {

using Health = grpc::health::v1::Health;
using HealthResponse = grpc::health::v1::HealthCheckResponse;

std::string Told(const events::Event& event) {
  switch (event.payload_case()) {
    case events::Event::kRegulationCase:
      return Short(regulation::Priority_Name(event.regulation_case().priority()), "PRIORITY_") +
             " " + event.regulation_case().motif_code();
    case events::Event::kCareOrder:
      return Short(regulation::CareOrder::State_Name(event.care_order().state()), "STATE_") +
             " avant " + LocalTime(event.care_order().due_time());
    case events::Event::kAppointment:
      return Short(booking::Appointment::State_Name(event.appointment().state()), "STATE_") + " " +
             LocalTime(event.appointment().start_time()) + " " +
             event.appointment().site_display_name();
    case events::Event::kSeats:
      return std::to_string(event.seats().seats_size()) + " seats";
    case events::Event::kAgenda:
      return event.agenda().partner() + " #" + std::to_string(event.agenda().applied_sequence()) +
             ", " + std::to_string(event.agenda().changed_count()) + " slots" +
             (event.agenda().resync_wanted() ? ", snapshot wanted" : "");
    default:
      return "";
  }
}

class Watcher {
 public:
  Watcher(Suite& suite, int limit) : suite_(suite), left_(limit) {}

  // Follows one feed for ever, resuming after the last cursor when the service restarts.
  void Follow(const std::string& name, const std::string& address, std::string cursor) {
    const auto stub = events::EventService::NewStub(suite_.ChannelTo(address));
    while (!Done()) {
      grpc::ClientContext context;
      context.AddMetadata("authorization", suite_.Authorization(base::Role::kSupervisor));
      events::WatchEventsRequest request;
      request.set_parent(suite_.Parent());
      request.set_after_cursor(cursor);
      const auto reader = stub->WatchEvents(&context, request);
      events::WatchEventsResponse message;
      while (!Done() && reader->Read(&message)) {
        if (!message.cursor().empty()) cursor = message.cursor();
        if (message.has_event()) Show(name, message.event());
      }
      if (Done()) context.TryCancel();  // Not always: it would stand in front of a refusal.
      const absl::Status status = sas::rpc::FromGrpc(reader->Finish());
      if (Done()) return;
      if (!MayResume(status)) return GiveUp(status);
      Pause();
    }
  }

  // Why a feed could not be followed; OK when all ended by themselves.
  absl::Status refusal() const {
    const std::lock_guard lock(mutex_);
    return refusal_;
  }

 private:
  // A service that is away, drains or was killed in the middle of a message will be back; what it
  // refuses by a reason of its own will be refused again.
  static bool MayResume(const absl::Status& status) {
    return status.ok() || absl::IsUnavailable(status) || absl::IsAborted(status) ||
           base::ReasonOf(status).rfind("PEER_", 0) == 0;  // Said by the transport.
  }

  // Ends all feeds. The threads must not throw: nobody would catch it.
  void GiveUp(const absl::Status& status) {
    const std::lock_guard lock(mutex_);
    if (refusal_.ok()) refusal_ = status;
    left_ = 0;
    ended_.notify_all();
  }

  // Between two attempts at a service that is away.
  void Pause() {
    std::unique_lock lock(mutex_);
    ended_.wait_for(lock, std::chrono::milliseconds(300), [this] { return left_ == 0; });
  }

  bool Done() const {
    const std::lock_guard lock(mutex_);
    return left_ == 0;
  }

  void Show(const std::string& service, const events::Event& event) {
    const std::lock_guard lock(mutex_);
    if (left_ == 0) return;
    if (left_ > 0 && --left_ == 0) ended_.notify_all();
    if (suite_.json()) {
      PrintJson(event);
    } else {
      std::cout << LocalTime(event.record_time()) << "  " << service << "  " << event.type() << "  "
                << Told(event) << "  " << event.subject() << "\n";
    }
    std::cout.flush();
  }

  Suite& suite_;
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  int left_;  // Negative: no limit.
  absl::Status refusal_;
};

void AddWatch(CLI::App& app, Suite& suite) {
  auto* sub = app.add_subcommand("watch", "Live events of the three services; Ctrl-C ends");
  auto from_start = std::make_shared<bool>(false);
  auto limit = std::make_shared<int>(-1);
  sub->add_flag("--from-start", *from_start, "Also what has happened before");
  sub->add_option("--count", *limit, "End after so many events");
  sub->callback([&suite, from_start, limit] {
    Watcher watcher(suite, *limit);
    const std::string cursor = *from_start ? "0" : "";
    const Endpoints& at = suite.endpoints();
    std::thread one([&] { watcher.Follow("regulation", at.regulation, cursor); });
    std::thread two([&] { watcher.Follow("slots", at.slots, cursor); });
    watcher.Follow("booking", at.booking, cursor);
    one.join();
    two.join();
    if (const absl::Status refusal = watcher.refusal(); !refusal.ok()) suite.Refuse(refusal);
  });
}

std::string HealthOf(Suite& suite, const std::string& address, const std::string& part) {
  const auto stub = Health::NewStub(suite.ChannelTo(address));
  grpc::health::v1::HealthCheckRequest request;
  request.set_service(part);
  const auto answer = sas::rpc::CallUnary<HealthResponse>(
      suite.NewCall(), "", suite.clock(), std::chrono::seconds(1),
      [&](grpc::ClientContext* context, HealthResponse* out) {
        return stub->Check(context, request, out);
      });
  if (answer.ok()) return HealthResponse::ServingStatus_Name(answer->status());
  return answer.status().code() == absl::StatusCode::kNotFound ? "" : "UNREACHABLE";
}

void AddStatus(CLI::App& app, Suite& suite) {
  auto* sub = app.add_subcommand("status", "Health of each service and of its parts");
  sub->callback([&suite] {
    const Endpoints& at = suite.endpoints();
    bool all_ready = true;
    Table table({"SERVICE", "ADRESSE", "PRÊT", "PARTIES"});
    std::string json;
    for (const auto& [name, address] :
         {std::pair{"regulation", at.regulation}, std::pair{"slots", at.slots},
          std::pair{"booking", at.booking}}) {
      const std::string ready = HealthOf(suite, address, "ready");
      all_ready = all_ready && ready == "SERVING";
      std::string parts;
      for (const char* part : {"ledger", "redis", "projection", "slots", "regulation"}) {
        const std::string state = HealthOf(suite, address, part);
        if (state.empty() || state == "UNREACHABLE") continue;
        parts += std::string(part) + (state == "SERVING" ? " ok  " : " DOWN  ");
      }
      table.Row({name, address, ready, parts});
      json += std::string(json.empty() ? "" : ", ") + "\"" + name + "\": \"" + ready + "\"";
    }
    if (suite.json()) {
      std::cout << "{\"ok\": " << (all_ready ? "true" : "false") << ", " << json << "}\n";
    } else {
      table.Print();
    }
    if (!all_ready) throw CLI::RuntimeError(3);
  });
}

}  // namespace

void AddWatchCommands(CLI::App& app, Suite& suite) {
  AddWatch(app, suite);
  AddStatus(app, suite);
  auto* token = app.add_subcommand("token", "A development token, for other clients");
  token->callback([&suite] { std::cout << suite.Authorization(base::Role::kOsnp) << "\n"; });
}

}  // namespace sasctl
