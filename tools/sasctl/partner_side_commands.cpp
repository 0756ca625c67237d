#include <google/protobuf/util/json_util.h>

#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <thread>

#include "common/base/resource_name.h"
#include "common/rpc/status_map.h"
#include "tools/sasctl/print.h"
#include "tools/sasctl/source_commands.h"

// sasctl partner connect|report: a platform that is the master of its agendas, as far as a test or
// a demonstration needs one. Its bookings live as long as the process.
namespace sasctl {
namespace {

using slots::SourceAnswer;
using slots::SourceQuestion;
using Stub = slots::PartnerFeedService::Stub;

constexpr std::chrono::milliseconds kReconnect{100};

/// What it says to questions of one kind.
struct Manner {
  std::string check = "yes";
  std::string confirm = "yes";
  std::string cancel = "yes";
  std::string number = "RDV-";  ///< Before the id of the appointment.
  std::string code = "TAKEN";
  std::chrono::milliseconds late{2'500};
};

class Platform {
 public:
  Platform(Suite& suite, Manner manner) : suite_(suite), manner_(std::move(manner)) {}

  /// Answers until `end`, over as many streams as it takes.
  void Run(std::chrono::steady_clock::time_point end) {
    while (std::chrono::steady_clock::now() < end) {
      grpc::ClientContext context;
      context.AddMetadata("authorization", suite_.Authorization(base::Role::kPartner));
      context.set_deadline(std::chrono::system_clock::now() +
                           (end - std::chrono::steady_clock::now()));
      const auto stream = suite_.Partners()->SyncAgendas(&context);
      std::cout << "{\"event\": \"connecting\"}" << std::endl;
      slots::SyncAgendasResponse said;
      while (stream->Read(&said)) {
        if (!said.has_question()) continue;
        const auto answer = Answer(said.question());
        if (!answer) continue;
        slots::SyncAgendasRequest request;
        *request.mutable_answer() = *answer;
        if (!stream->Write(request)) break;
      }
      const auto status = stream->Finish();
      std::cout << "{\"event\": \"cut\", \"code\": " << status.error_code() << "}" << std::endl;
      std::this_thread::sleep_for(kReconnect);
    }
  }

 private:
  const std::string& WordFor(SourceQuestion::Kind kind) const {
    if (kind == SourceQuestion::KIND_CHECK) return manner_.check;
    return kind == SourceQuestion::KIND_CONFIRM ? manner_.confirm : manner_.cancel;
  }

  std::optional<SourceAnswer> Answer(const SourceQuestion& question) {
    const std::string& word = WordFor(question.kind());
    const bool taking = question.kind() == SourceQuestion::KIND_CONFIRM && word != "no";
    // The booking id makes it one booking, however often it is asked.
    if (taking) ++bookings_[question.appointment()];
    std::cout << "{\"event\": \"question\", \"said\": \"" << word
              << "\", \"bookings\": " << bookings_.size() << ", \"question\": " << Json(question)
              << "}" << std::endl;
    if (word == "silent") return std::nullopt;
    if (word == "late") std::this_thread::sleep_for(manner_.late);
    SourceAnswer answer;
    answer.set_question(question.question());
    answer.set_verdict(word == "no"      ? SourceAnswer::VERDICT_NO
                       : word == "later" ? SourceAnswer::VERDICT_LATER
                                         : SourceAnswer::VERDICT_YES);
    if (word == "no") answer.set_source_code(manner_.code);
    if (taking) {
      answer.set_external_appointment_id(manner_.number +
                                         std::string(base::LastId(question.appointment())));
    }
    return answer;
  }

  Suite& suite_;
  const Manner manner_;
  std::map<std::string, int> bookings_;
};

void AddConnect(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("connect",
                                   "Keeps a stream open and answers questions, one JSON line each");
  auto manner = std::make_shared<Manner>();
  auto length = std::make_shared<std::string>("60s");
  const CLI::IsMember words({"yes", "no", "silent", "late", "later"});
  sub->add_option("--check", manner->check, "To: is it free?")->check(words);
  sub->add_option("--confirm", manner->confirm, "To: take this booking")->check(words);
  sub->add_option("--cancel", manner->cancel, "To: it is cancelled")->check(words);
  sub->add_option("--number", manner->number, "Before the id of the appointment");
  sub->add_option("--code", manner->code, "Why not");
  sub->add_option("--for", *length, "How long");
  sub->callback([&suite, manner, length] {
    Platform(suite, *manner).Run(std::chrono::steady_clock::now() + ParseSpan(*length));
  });
}

void AddReport(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("report", "Tells what became of a booking at its platform");
  auto body = std::make_shared<std::string>();
  sub->add_option("report", *body, "JSON of a SourceReport")->required();
  sub->callback([&suite, body] {
    slots::ReportSourceAppointmentRequest request;
    const auto status =
        google::protobuf::util::JsonStringToMessage(*body, request.mutable_report());
    if (!status.ok()) Suite::Usage(std::string(status.message()));
    request.set_request_id(suite.RequestId());
    const auto ack = suite.Ask<slots::SourceReportAck>(base::Role::kPartner, suite.Partners(),
                                                       &Stub::ReportSourceAppointment, request);
    if (suite.json()) return PrintJson(ack);
    std::cout << "entendu: n° " << ack.external_appointment_id() << " version " << ack.version()
              << "\n";
  });
}

}  // namespace

void AddPartnerSideCommands(CLI::App& group, Suite& suite) {
  AddConnect(group, suite);
  AddReport(group, suite);
}

}  // namespace sasctl
