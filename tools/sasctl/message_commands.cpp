#include <iostream>

#include "common/base/resource_name.h"
#include "sas/booking/v1/message_service.grpc.pb.h"
#include "tools/sasctl/print.h"

// sasctl message …: what became of messages, and what people do about them.
namespace sasctl {
namespace {

using booking::Message;
using Stub = booking::MessageService::Stub;

std::unique_ptr<Stub> Messages(const Suite& suite) {
  return booking::MessageService::NewStub(suite.ChannelTo(suite.endpoints().booking));
}

Message Get(Suite& suite, const std::string& name) {
  booking::GetMessageRequest request;
  request.set_name(name);
  return suite.Ask<Message>(base::Role::kOsnp, Messages(suite), &Stub::GetMessage, request);
}

void Show(const Suite& suite, const Message& message) {
  if (suite.json()) return PrintJson(message);
  std::cout << Short(Message::Kind_Name(message.kind()), "KIND_") << "  "
            << Short(Message::State_Name(message.state()), "STATE_") << " " << message.reason_code()
            << "\n  " << message.name() << "\n";
  if (message.task_open()) {
    std::cout << "  à faire : " << Short(Message::Task_Name(message.task()), "TASK_") << " "
              << message.task_phone_number() << "\n";
  }
}

void AddList(CLI::App& group, Suite& suite) {
  auto* list = group.add_subcommand("list", "Messages of an appointment, or of the region");
  auto request = std::make_shared<booking::ListMessagesRequest>();
  auto appointment = std::make_shared<std::string>("-");
  list->add_option("appointment", *appointment, "Appointment; all of the region when not given");
  list->add_flag_callback(
      "--tasks", [request] { request->set_open_tasks_only(true); }, "Only what is to be done");
  list->callback([&suite, request, appointment] {
    request->set_parent(*appointment == "-" ? suite.Parent() + "/appointments/-"
                                            : suite.AppointmentName(*appointment));
    const auto page = suite.Ask<booking::ListMessagesResponse>(base::Role::kOsnp, Messages(suite),
                                                               &Stub::ListMessages, *request);
    if (suite.json()) return PrintJson(page);
    Table table({"POUR", "OBJET", "ÉTAT", "RAISON", "À FAIRE", "MESSAGE"});
    for (const Message& message : page.messages()) {
      const std::string& name = message.name();
      table.Row({Short(Message::Kind_Name(message.kind()), "KIND_"),
                 Short(Message::Occasion_Name(message.occasion()), "OCCASION_"),
                 Short(Message::State_Name(message.state()), "STATE_"), message.reason_code(),
                 message.task_open() ? Short(Message::Task_Name(message.task()), "TASK_") : "",
                 name.substr(name.find("/appointments/") + 1)});
    }
    table.Print();
  });
}

// An act on one message: `fill` sets what its request has beside name, etag and request_id.
template <typename Request, typename Fill>
CLI::App* AddAct(CLI::App& group, Suite& suite, const char* command, const char* help,
                 base::Role role,
                 grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Message*),
                 Fill fill) {
  auto* sub = group.add_subcommand(command, help);
  auto name = std::make_shared<std::string>();
  sub->add_option("message", *name, "Whole name of the message")->required();
  sub->callback([&suite, role, method, name, fill] {
    Request request;
    request.set_name(*name);
    if constexpr (requires { request.set_etag(""); }) {
      request.set_etag(Get(suite, *name).etag());
    }
    fill(request);
    request.set_request_id(suite.RequestId());
    Show(suite, suite.Ask<Message>(role, Messages(suite), method, request));
  });
  return sub;
}

}  // namespace

void AddMessageCommands(CLI::App& app, Suite& suite) {
  auto* group = app.add_subcommand("message", "Messages about appointments");
  group->require_subcommand(1);
  AddList(*group, suite);
  auto* show = group->add_subcommand("show", "Shows a message");
  auto shown = std::make_shared<std::string>();
  show->add_option("message", *shown, "Whole name of the message")->required();
  show->callback([&suite, shown] { Show(suite, Get(suite, *shown)); });
  AddAct<booking::RetryMessageRequest>(*group, suite, "retry", "Tries a failed message again",
                                       base::Role::kOsnp, &Stub::RetryMessage, [](auto&) {});
  AddAct<booking::ApproveMessageRequest>(*group, suite, "approve", "Approves a proposed letter",
                                         base::Role::kEffecteur, &Stub::ApproveMessage,
                                         [](auto&) {});
  auto code = std::make_shared<std::string>("DONE");
  AddAct<booking::ResolveMessageTaskRequest>(
      *group, suite, "done", "Closes the task of a message", base::Role::kOsnp,
      &Stub::ResolveMessageTask, [code](auto& request) { request.set_resolution_code(*code); })
      ->add_option("--as-code", *code, "DONE, UNREACHABLE or NOT_NEEDED");
  auto receipt = std::make_shared<std::string>("read");
  AddAct<booking::RecordMessageReceiptRequest>(
      *group, suite, "receipt", "Records that the recipient has it", base::Role::kEffecteur,
      &Stub::RecordMessageReceipt,
      [receipt](auto& request) {
        request.set_receipt(ParseEnum<Message::State>("STATE_", *receipt));
      })
      ->add_option("receipt", *receipt, "received, read or failed");
}

}  // namespace sasctl
