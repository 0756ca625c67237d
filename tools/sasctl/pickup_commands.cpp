#include <iostream>

#include "common/base/resource_name.h"
#include "sas/regulation/v1/pickup_service.grpc.pb.h"
#include "tools/sasctl/dossier.h"
#include "tools/sasctl/print.h"

// sasctl call announce|pickup|ringing|hangup: calls before their dossier.
namespace sasctl {
namespace {

using regulation::WaitingCall;
using Stub = regulation::PickupService::Stub;

std::unique_ptr<Stub> Pickups(const Suite& suite) {
  return regulation::PickupService::NewStub(suite.ChannelTo(suite.endpoints().regulation));
}

std::string StateText(const WaitingCall& waiting) {
  return Short(WaitingCall::State_Name(waiting.state()), "STATE_");
}

void Show(const Suite& suite, const WaitingCall& waiting) {
  if (suite.json()) return PrintJson(waiting);
  std::cout << waiting.name() << "\n  " << StateText(waiting) << "  " << waiting.origine_code()
            << "  " << waiting.phone_number() << "  sonne depuis "
            << LocalTime(waiting.arrival_time()) << ", " << waiting.call_count() << " appel(s)\n";
  if (!waiting.known_case().empty()) {
    std::cout << "  même numéro : " << waiting.known_case() << "\n";
  }
  if (!waiting.lost_call().empty()) std::cout << "  à rappeler : " << waiting.lost_call() << "\n";
}

void AddAnnounce(CLI::App& call, Suite& suite) {
  struct Told {
    std::string reference, phone, origine = "15", dialled;
  };

  auto* sub = call.add_subcommand("announce", "A call rings (the telephone's link says it)");
  auto told = std::make_shared<Told>();
  sub->add_option("reference", told->reference, "The telephone system's number of the call")
      ->required();
  sub->add_option("--phone", told->phone, "Number that calls, +33…");
  sub->add_option("--origine", told->origine, "HubSante.origine code of the line, 15 unless given");
  sub->add_option("--dialled", told->dialled, "Number that was dialled");
  sub->callback([&suite, told] {
    regulation::AnnounceCallRequest request;
    request.set_parent(suite.Parent());
    request.set_request_id(suite.RequestId());
    WaitingCall& waiting = *request.mutable_waiting_call();
    waiting.set_territory(suite.territory());
    waiting.set_call_reference(told->reference);
    waiting.set_phone_number(told->phone);
    waiting.set_origine_code(told->origine);
    waiting.set_dialled_number(told->dialled);
    Show(suite, suite.Ask<WaitingCall>(base::Role::kService, Pickups(suite), &Stub::AnnounceCall,
                                       request));
  });
}

void AddPickup(CLI::App& call, Suite& suite) {
  auto* sub = call.add_subcommand("pickup", "Picks up the next call, or this one");
  auto name = std::make_shared<std::string>();
  sub->add_option("call", *name, "Call of the list; the next one unless given");
  sub->callback([&suite, name] {
    const auto stub = Pickups(suite);
    if (name->empty()) {
      regulation::PickUpNextCallRequest request;
      request.set_parent(suite.Parent());
      request.set_request_id(suite.RequestId());
      return Show(suite,
                  suite.Ask<WaitingCall>(base::Role::kArm, stub, &Stub::PickUpNextCall, request));
    }
    regulation::PickUpCallRequest request;
    request.set_name(WaitingName(suite, *name));
    request.set_request_id(suite.RequestId());
    Show(suite, suite.Ask<WaitingCall>(base::Role::kArm, stub, &Stub::PickUpCall, request));
  });
}

void AddRinging(CLI::App& call, Suite& suite) {
  auto* sub = call.add_subcommand("ringing", "Calls that ring, then those without a dossier");
  sub->callback([&suite] {
    regulation::ListWaitingCallsRequest request;
    request.set_parent(suite.Parent());
    request.set_page_size(200);
    const auto page = suite.Ask<regulation::ListWaitingCallsResponse>(
        base::Role::kArm, Pickups(suite), &Stub::ListWaitingCalls, request);
    if (suite.json()) return PrintJson(page);
    Table table({"ÉTAT", "DEPUIS", "LIGNE", "APPELS", "CHEZ", "APPEL"});
    for (const WaitingCall& waiting : page.waiting_calls()) {
      table.Row({StateText(waiting), Span(-Until(suite, waiting.arrival_time())),
                 waiting.origine_code(), std::to_string(waiting.call_count()),
                 waiting.picked_up_by().subject(), std::string(base::LastId(waiting.name()))});
    }
    table.Print();
  });
}

void AddHangup(CLI::App& call, Suite& suite) {
  auto* sub = call.add_subcommand("hangup", "A call has stopped ringing, or its line was cut");
  auto name = std::make_shared<std::string>();
  auto reference = std::make_shared<std::string>();
  sub->add_option("call", *name, "Call of the list");
  sub->add_option("--reference", *reference, "The telephone system's number of the call, instead");
  sub->callback([&suite, name, reference] {
    regulation::EndWaitingCallRequest request;
    request.set_name(WaitingName(suite, name->empty() ? "-" : *name));
    request.set_call_reference(*reference);
    request.set_request_id(suite.RequestId());
    Show(suite, suite.Ask<WaitingCall>(base::Role::kService, Pickups(suite), &Stub::EndWaitingCall,
                                       request));
  });
}

}  // namespace

std::string WaitingName(const Suite& suite, const std::string& text) {
  return text.rfind("regions/", 0) == 0 ? text : suite.Parent() + "/waitingCalls/" + text;
}

void AddPickupCommands(CLI::App& call, Suite& suite) {
  AddAnnounce(call, suite);
  AddRinging(call, suite);
  AddPickup(call, suite);
  AddHangup(call, suite);
}

}  // namespace sasctl
