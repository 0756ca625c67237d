#include "tools/sasctl/community_commands.h"

#include <iostream>

#include "common/base/resource_name.h"
#include "sas/regulation/v1/community_service.grpc.pb.h"
#include "tools/sasctl/dossier.h"
#include "tools/sasctl/print.h"

// sasctl order ask-community …, sasctl community …: place de marché.
namespace sasctl {
namespace {

using Stub = regulation::CommunityService::Stub;
using regulation::CareOrder;
using regulation::CommunityDemand;

std::unique_ptr<Stub> Communities(const Suite& suite) {
  return regulation::CommunityService::NewStub(suite.ChannelTo(suite.endpoints().regulation));
}

void AddAsk(CLI::App& orders, Suite& suite) {
  auto* sub = orders.add_subcommand("ask-community", "Asks a community (CPTS, MSP, SOS)");
  auto name = std::make_shared<std::string>();
  auto within = std::make_shared<std::string>("30m");
  auto request = std::make_shared<regulation::AskCommunityRequest>();
  sub->add_option("order", *name, "Order: its id or its whole name")->required();
  sub->add_option_function<std::string>(
         "community",
         [request](const std::string& text) { request->mutable_request()->set_community(text); },
         "Structure, as its credentials name it")
      ->required();
  sub->add_option("--within", *within, "Time to answer, 5m to 4h; 30m unless given");
  sub->add_option_function<std::string>(
      "--remark",
      [request](const std::string& text) { request->mutable_request()->set_remark(text); },
      "What it should know beside the order; no identity");
  sub->callback([&suite, name, within, request] {
    request->set_name(suite.OrderName(*name));
    *request->mutable_request()->mutable_answer_due_time() =
        ToProto(suite.clock().Now() + ParseSpan(*within));
    request->set_request_id(suite.RequestId());
    ShowOrder(suite, suite.Ask<CareOrder>(base::Role::kOsnp, Communities(suite),
                                          &Stub::AskCommunity, *request));
  });
}

void AddWithdraw(CLI::App& orders, Suite& suite) {
  auto* sub = orders.add_subcommand("withdraw-demand", "Takes the request to a community back");
  auto name = std::make_shared<std::string>();
  auto request = std::make_shared<regulation::WithdrawDemandRequest>();
  sub->add_option("order", *name, "Order: its id or its whole name")->required();
  sub->add_option_function<std::string>(
         "reason", [request](const std::string& text) { request->set_reason(text); }, "Why")
      ->required();
  sub->callback([&suite, name, request] {
    request->set_name(suite.OrderName(*name));
    request->set_request_id(suite.RequestId());
    ShowOrder(suite, suite.Ask<CareOrder>(base::Role::kOsnp, Communities(suite),
                                          &Stub::WithdrawDemand, *request));
  });
}

void PrintDemands(const Suite& suite, const std::vector<CommunityDemand>& demands) {
  Table table({"ENCORE", "RÉPONSE SOUS", "MOTIF", "ÂGE", "COMMUNE", "LIGNE CLINIQUE", "COMMANDE"});
  for (const CommunityDemand& demand : demands) {
    table.Row({Span(Until(suite, demand.due_time())),
               Span(std::chrono::seconds(demand.remaining().seconds())), demand.motif_code(),
               AgeText(demand.age()), demand.insee_code(), demand.clinical_line(),
               demand.care_order()});
  }
  if (table.empty())
    std::cout << "no demand\n";
  else
    table.Print();
}

void AddDemands(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("demands", "What one’s own community is asked");
  sub->callback([&suite] {
    regulation::ListDemandsRequest request;
    request.set_parent(suite.Parent());
    const auto page = suite.Ask<regulation::ListDemandsResponse>(
        base::Role::kEffecteur, Communities(suite), &Stub::ListDemands, request);
    if (suite.json()) return PrintJson(page);
    PrintDemands(suite, {page.demands().begin(), page.demands().end()});
  });
}

void AddAnswer(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("answer", "Yes with a slot that was opened, or no");
  auto name = std::make_shared<std::string>();
  auto slot = std::make_shared<std::string>();
  auto reason = std::make_shared<std::string>();
  sub->add_option("order", *name, "Order: its whole name")->required();
  auto* yes = sub->add_option("--slot", *slot, "Takes the patient in this slot: its whole name");
  sub->add_option("--no", *reason, "Does not take him: why")->excludes(yes);
  sub->callback([&suite, name, slot, reason] {
    regulation::AnswerDemandRequest request;
    request.set_name(*name);
    request.set_accept(!slot->empty());
    if (request.accept()) {
      slots::GetSlotRequest get;
      get.set_name(*slot);
      request.set_slot(*slot);
      *request.mutable_slot_start_time() =
          suite
              .Ask<slots::Slot>(base::Role::kEffecteur, suite.Slots(),
                                &slots::SlotService::Stub::GetSlot, get)
              .start_time();
    }
    request.set_decline_reason(*reason);
    request.set_request_id(suite.RequestId());
    const auto answered = suite.Ask<CommunityDemand>(base::Role::kEffecteur, Communities(suite),
                                                     &Stub::AnswerDemand, request);
    if (suite.json()) return PrintJson(answered);
    PrintDemands(suite, {answered});
  });
}

}  // namespace

void AddDemandCommands(CLI::App& orders, Suite& suite) {
  AddAsk(orders, suite);
  AddWithdraw(orders, suite);
}

void AddCommunityCommands(CLI::App& app, Suite& suite) {
  auto* group = app.add_subcommand("community", "Requests to communities (place de marché)");
  group->require_subcommand(1);
  AddDemands(*group, suite);
  AddAnswer(*group, suite);
}

}  // namespace sasctl
