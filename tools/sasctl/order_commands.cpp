#include <iostream>

#include "common/base/resource_name.h"
#include "tools/sasctl/community_commands.h"
#include "tools/sasctl/dossier.h"
#include "tools/sasctl/print.h"

// sasctl order …: the OSNP's list.
namespace sasctl {
namespace {

using Stub = regulation::RegulationService::Stub;
using regulation::CareOrder;

template <typename Request>
void AddAct(CLI::App& orders, Suite& suite, const std::string& command, const std::string& help,
            grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, CareOrder*),
            std::function<void(CLI::App&, std::shared_ptr<Request>)> options = {}) {
  auto* sub = orders.add_subcommand(command, help);
  auto name = std::make_shared<std::string>();
  auto request = std::make_shared<Request>();
  sub->add_option("order", *name, "Order: its id or its whole name")->required();
  if (options) options(*sub, request);
  sub->callback([&suite, name, request, method] {
    request->set_name(suite.OrderName(*name));
    request->set_request_id(suite.RequestId());
    ShowOrder(suite, suite.Ask<CareOrder>(base::Role::kOsnp, suite.Regulation(), method, *request));
  });
}

void AddList(CLI::App& orders, Suite& suite) {
  auto* sub = orders.add_subcommand("list", "Orders, soonest due first");
  auto all = std::make_shared<bool>(false);
  sub->add_flag("--all", *all, "Also those that have ended");
  sub->callback([&suite, all] {
    regulation::ListCareOrdersRequest request;
    request.set_parent(suite.Parent() + "/cases/-");
    request.set_include_ended(*all);
    const auto page = suite.Ask<regulation::ListCareOrdersResponse>(
        base::Role::kOsnp, suite.Regulation(), &Stub::ListCareOrders, request);
    if (suite.json()) return PrintJson(page);
    Table table({"ENCORE", "ÉTAT", "MOTIF", "ÂGE", "COMMUNE", "CHEZ", "COMMANDE"});
    for (const CareOrder& order : page.care_orders()) {
      table.Row({Span(Until(suite, order.due_time())),
                 Short(CareOrder::State_Name(order.state()), "STATE_"), order.motif_code(),
                 AgeText(order.age()), order.place().commune(),
                 order.has_claim() ? order.claim().owner().subject() : "à prendre",
                 std::string(base::LastId(order.name()))});
    }
    if (table.empty())
      std::cout << "no order\n";
    else
      table.Print();
  });
}

void AddLate(CLI::App& orders, Suite& suite) {
  auto* sub =
      orders.add_subcommand("agree-late", "A regulator agrees to a start after the deadline");
  auto name = std::make_shared<std::string>();
  auto hours = std::make_shared<int>();
  auto request = std::make_shared<regulation::AgreeLateAppointmentRequest>();
  sub->add_option("order", *name, "Order: its id or its whole name")->required();
  sub->add_option("hours", *hours, "Hours after the deadline, at most 336")->required();
  sub->add_option_function<std::string>(
         "reason", [request](const std::string& text) { request->set_reason(text); }, "Why")
      ->required();
  sub->callback([&suite, name, hours, request] {
    regulation::GetCareOrderRequest get;
    get.set_name(suite.OrderName(*name));
    const auto order = suite.Ask<CareOrder>(base::Role::kRegulatorMg, suite.Regulation(),
                                            &Stub::GetCareOrder, get);
    request->set_name(order.name());
    request->set_etag(order.etag());
    *request->mutable_latest_start_time() = order.due_time();
    request->mutable_latest_start_time()->set_seconds(order.due_time().seconds() + *hours * 3600LL);
    request->set_request_id(suite.RequestId());
    ShowOrder(suite, suite.Ask<CareOrder>(base::Role::kRegulatorMg, suite.Regulation(),
                                          &Stub::AgreeLateAppointment, *request));
  });
}

}  // namespace

void AddOrderCommands(CLI::App& app, Suite& suite) {
  auto* orders = app.add_subcommand("order", "Orders to the OSNP");
  orders->require_subcommand(1);
  AddList(*orders, suite);
  auto* show = orders->add_subcommand("show", "Shows an order");
  auto shown = std::make_shared<std::string>();
  show->add_option("order", *shown, "Order: its id or its whole name")->required();
  show->callback([&suite, shown] {
    regulation::GetCareOrderRequest request;
    request.set_name(suite.OrderName(*shown));
    ShowOrder(suite, suite.Ask<CareOrder>(base::Role::kOsnp, suite.Regulation(),
                                          &Stub::GetCareOrder, request));
  });
  AddAct<regulation::ClaimCareOrderRequest>(*orders, suite, "claim", "Takes an order",
                                            &Stub::ClaimCareOrder);
  AddAct<regulation::RecordTreatingDoctorContactRequest>(
      *orders, suite, "treating-doctor", "Records what came of the call to the treating doctor",
      &Stub::RecordTreatingDoctorContact, [](CLI::App& sub, auto request) {
        sub.add_option_function<std::string>(
               "outcome",
               [request](const std::string& text) {
                 request->mutable_contact()->set_outcome(
                     ParseEnum<regulation::TreatingDoctorContact::Outcome>("OUTCOME_", text));
               },
               "has_slot, unavailable, not_reached or none_declared")
            ->required();
        sub.add_option_function<std::string>(
            "--remark",
            [request](const std::string& text) { request->mutable_contact()->set_remark(text); },
            "What was said");
      });
  AddAct<regulation::RecordRefusedProposalRequest>(
      *orders, suite, "refused", "The patient refuses an offered slot",
      &Stub::RecordRefusedProposal, [](CLI::App& sub, auto request) {
        sub.add_option_function<std::string>(
               "slot",
               [request](const std::string& text) { request->mutable_proposal()->set_slot(text); },
               "Slot offered")
            ->required();
        sub.add_option_function<std::string>(
               "reason",
               [request](const std::string& text) {
                 request->mutable_proposal()->set_reason_code(text);
               },
               "DISTANCE, HOUR, DOCTOR, MODE or OTHER")
            ->required();
      });
  AddAct<regulation::RecordContactAttemptRequest>(
      *orders, suite, "called", "Records a call to the patient, or to a practice",
      &Stub::RecordContactAttempt, [&suite](CLI::App& sub, auto request) {
        sub.add_option_function<std::string>(
               "result",
               [request](const std::string& text) {
                 request->mutable_attempt()->set_result(
                     ParseEnum<regulation::ContactAttempt::Result>("RESULT_", text));
               },
               "reached, no_answer, voicemail, busy or wrong_number")
            ->required();
        sub.add_option_function<int>(
            "--again-in",
            [request, &suite](int minutes) {
              *request->mutable_callback_time() =
                  ToProto(suite.clock().Now() + std::chrono::minutes(minutes));
            },
            "Minutes until the next call that is promised");
        sub.add_option_function<std::string>(
            "--practice",
            [request](const std::string& text) { request->mutable_attempt()->set_practice(text); },
            "Practice that was called; the patient when not given");
        sub.add_option_function<std::string>(
            "--remark",
            [request](const std::string& text) { request->mutable_attempt()->set_remark(text); },
            "What was said");
      });
  AddAct<regulation::ConfirmPatientInformedRequest>(*orders, suite, "informed",
                                                    "The patient knows place and time",
                                                    &Stub::ConfirmPatientInformed);
  AddLate(*orders, suite);
  AddDemandCommands(*orders, suite);
  AddAct<regulation::ReturnCareOrderRequest>(
      *orders, suite, "return", "Hands the order back to the regulator", &Stub::ReturnCareOrder,
      [](CLI::App& sub, auto request) {
        sub.add_option_function<std::string>(
               "outcome",
               [request](const std::string& text) {
                 request->set_outcome(ParseEnum<CareOrder::State>("STATE_", text));
               },
               "no_slot, patient_refused or patient_unreachable")
            ->required();
        sub.add_option_function<std::string>(
               "reason", [request](const std::string& text) { request->set_reason(text); },
               "What was tried")
            ->required();
      });
}

}  // namespace sasctl
