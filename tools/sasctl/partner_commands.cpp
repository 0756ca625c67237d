#include <google/protobuf/util/json_util.h>

#include <fstream>
#include <iostream>

#include "common/rpc/status_map.h"
#include "tools/sasctl/print.h"
#include "tools/sasctl/source_commands.h"

// sasctl partner …: what a booking platform does, and what its agendas look like here.
namespace sasctl {
namespace {

using Stub = slots::PartnerFeedService::Stub;

constexpr std::chrono::milliseconds kResumePause{250};
constexpr int kResumesMax = 80;  // Without a single answer in between: 20 s.

std::vector<slots::AgendaFrame> ReadFrames(const Suite& suite, const std::string& path) {
  std::ifstream file(path);
  if (!file) Suite::Usage("cannot read " + path);
  std::vector<slots::AgendaFrame> frames;
  for (std::string line; std::getline(file, line);) {
    if (line.empty()) continue;
    slots::AgendaFrame& frame = frames.emplace_back();
    const auto status = google::protobuf::util::JsonStringToMessage(line, &frame);
    if (!status.ok()) {
      Suite::Usage(path + ":" + std::to_string(frames.size()) + ": " +
                   std::string(status.message()));
    }
    if (!frame.has_produced_time()) *frame.mutable_produced_time() = ToProto(suite.clock().Now());
  }
  return frames;
}

/// Sends frames one by one over a stream and goes on with the first unanswered one after a stream
/// that broke: what was applied in between is a duplicate and has no effect.
class Pusher {
 public:
  Pusher(Suite& suite, std::vector<slots::AgendaFrame> frames)
      : suite_(suite), frames_(std::move(frames)) {}

  void Run() {
    int fruitless = 0;
    while (next_ < frames_.size()) {
      const std::size_t before = next_;
      const absl::Status status = Stream();
      if (next_ == frames_.size()) return;
      fruitless = next_ > before ? 0 : fruitless + 1;
      if (!MayResume(status) || fruitless > kResumesMax) suite_.Refuse(status);
      ++resumed_;
      std::this_thread::sleep_for(kResumePause);
    }
  }

  void Show() const {
    if (suite_.json()) {
      std::cout << "{\"resumed\": " << resumed_ << ", \"acks\": [";
      for (std::size_t i = 0; i < acks_.size(); ++i) {
        std::cout << (i == 0 ? "" : ", ") << Json(acks_[i]);
      }
      std::cout << "]}\n";
      return;
    }
    int applied = 0;
    for (const slots::AgendaAck& ack : acks_) {
      applied += ack.applied_count();
      Complain(ack);
    }
    std::cout << acks_.size() << " frames, " << applied << " slots applied\n";
  }

 private:
  static bool MayResume(const absl::Status& status) {
    return status.ok() || status.code() == absl::StatusCode::kUnavailable ||
           status.code() == absl::StatusCode::kResourceExhausted ||
           status.code() == absl::StatusCode::kDeadlineExceeded ||
           status.code() == absl::StatusCode::kAborted;
  }

  absl::Status Stream() {
    grpc::ClientContext context;
    context.AddMetadata("authorization", suite_.Authorization(base::Role::kPartner));
    const auto stream = suite_.Partners()->SyncAgendas(&context);
    while (next_ < frames_.size()) {
      slots::SyncAgendasRequest request;
      *request.mutable_frame() = frames_[next_];
      slots::SyncAgendasResponse response;
      if (!stream->Write(request) || !stream->Read(&response)) break;
      if (response.ack().has_retry_delay()) {
        const auto& delay = response.ack().retry_delay();
        std::this_thread::sleep_for(std::chrono::seconds(delay.seconds()) +
                                    std::chrono::nanoseconds(delay.nanos()));
        continue;
      }
      acks_.push_back(response.ack());
      ++next_;
    }
    stream->WritesDone();
    return sas::rpc::FromGrpc(stream->Finish());
  }

  static void Complain(const slots::AgendaAck& ack) {
    const std::string frame = ack.agenda() + " #" + std::to_string(ack.sequence());
    if (!ack.refusal_reason().empty()) {
      std::cout << "! " << frame << ": " << ack.refusal_reason() << ", " << ack.refusal_message()
                << "\n";
    }
    if (ack.resync_wanted()) std::cout << "! " << frame << ": send a snapshot\n";
    for (const slots::RefusedSlot& slot : ack.refused()) {
      std::cout << "! " << frame << " [" << slot.index() << "] " << slot.external_id() << ": "
                << slot.reason() << ", " << slot.message() << "\n";
    }
  }

  Suite& suite_;
  const std::vector<slots::AgendaFrame> frames_;
  std::vector<slots::AgendaAck> acks_;
  std::size_t next_ = 0;
  int resumed_ = 0;
};

void AddPush(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("push", "Publishes frames, one JSON AgendaFrame a line");
  auto path = std::make_shared<std::string>();
  sub->add_option("file", *path, "JSON lines; produced_time is now unless given")->required();
  sub->callback([&suite, path] {
    Pusher pusher(suite, ReadFrames(suite, *path));
    pusher.Run();
    pusher.Show();
  });
}

void AddList(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("list", "Agendas that live with platforms");
  sub->callback([&suite] {
    slots::ListPartnerAgendasRequest request;
    request.set_parent(suite.Parent());
    request.set_page_size(500);
    const auto page = suite.Ask<slots::ListPartnerAgendasResponse>(
        base::Role::kPlanner, suite.Partners(), &Stub::ListPartnerAgendas, request);
    if (suite.json()) return PrintJson(page);
    Table table({"AGENDA", "PLATEFORME", "RANG", "ÂGE", "CRÉNEAUX", "NON PROPOSÉS", "FANTÔMES",
                 "À REPRENDRE"});
    for (const slots::PartnerAgenda& agenda : page.agendas()) {
      table.Row({agenda.name(), agenda.partner(), std::to_string(agenda.applied_sequence()),
                 agenda.has_verify_time() ? Span(-Until(suite, agenda.verify_time())) : "jamais",
                 std::to_string(agenda.slot_count()),
                 agenda.barred_slot_count() == 0 ? "" : std::to_string(agenda.barred_slot_count()),
                 std::to_string(agenda.phantom_count()),
                 agenda.quarantined()     ? "quarantaine"
                 : agenda.resync_wanted() ? "oui"
                                          : ""});
    }
    table.Print();
  });
}

void AddRelease(CLI::App& group, Suite& suite) {
  auto* sub =
      group.add_subcommand("release", "Believes the next snapshot of an agenda in quarantine");
  auto name = std::make_shared<std::string>();
  sub->add_option("agenda", *name, "regions/…/sites/…/agendas/…")->required();
  sub->callback([&suite, name] {
    slots::ReleasePartnerAgendaRequest request;
    request.set_name(*name);
    request.set_request_id(suite.RequestId());
    const auto agenda = suite.Ask<slots::PartnerAgenda>(base::Role::kPlanner, suite.Partners(),
                                                        &Stub::ReleasePartnerAgenda, request);
    if (suite.json()) return PrintJson(agenda);
    std::cout << "libéré: " << agenda.name() << "\n";
  });
}

void AddRefuse(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("refuse", "The source refused a slot: withdraws it");
  auto request = std::make_shared<slots::ReportSourceRefusalRequest>();
  sub->add_option_function<std::string>(
         "slot", [request](const std::string& text) { request->set_slot(text); }, "Slot")
      ->required();
  sub->add_option_function<std::string>(
      "--code", [request](const std::string& text) { request->set_source_code(text); },
      "The source's own code");
  sub->callback([&suite, request] {
    request->set_request_id(suite.RequestId());
    const auto slot = suite.Ask<slots::Slot>(base::Role::kOsnp, suite.Partners(),
                                             &Stub::ReportSourceRefusal, *request);
    if (suite.json()) return PrintJson(slot);
    std::cout << "retiré: " << slot.name() << "\n";
  });
}

}  // namespace

void AddPartnerCommands(CLI::App& app, Suite& suite) {
  auto* group = app.add_subcommand("partner", "Agendas that live with booking platforms");
  group->require_subcommand(1);
  AddPush(*group, suite);
  AddList(*group, suite);
  AddRelease(*group, suite);
  AddRefuse(*group, suite);
  AddPartnerRecordCommands(*group, suite);
  AddPartnerSideCommands(*group, suite);
}

}  // namespace sasctl
