#include "tools/sasctl/lost_commands.h"

#include <iostream>

#include "common/base/resource_name.h"
#include "tools/sasctl/print.h"

// sasctl lost …: calls that nobody answered, and callers who hung up, until somebody has called
// back.
namespace sasctl {
namespace {

using regulation::CallReturn;
using regulation::LostCall;
using regulation::ResolveLostCallRequest;
using Stub = regulation::RegulationService::Stub;

std::string LostName(const Suite& suite, const std::string& text) {
  return text.rfind("regions/", 0) == 0 ? text : suite.Parent() + "/lostCalls/" + text;
}

std::string NextOf(const LostCall& lost) {
  if (lost.has_next_return_time()) return LocalTime(lost.next_return_time());
  return lost.decision_due() ? "à décider" : "";
}

void Show(const Suite& suite, const LostCall& lost) {
  if (suite.json()) return PrintJson(lost);
  std::cout << lost.name() << "\n  " << Short(LostCall::State_Name(lost.state()), "STATE_") << "  "
            << lost.phone_number() << "  " << lost.call_count() << " appel(s), "
            << lost.counted_returns() << " contre-appel(s)\n";
  if (!lost.regulation_case().empty()) {
    std::cout << "  a raccroché : " << lost.regulation_case() << "\n";
  }
  if (lost.has_claim()) std::cout << "  rappelle : " << lost.claim().owner().subject() << "\n";
  for (const CallReturn& each : lost.returns()) {
    std::cout << "  " << LocalTime(each.call_time()) << "  "
              << Short(CallReturn::Result_Name(each.result()), "RESULT_")
              << (each.counted() ? "" : " (ne compte pas : avant l’heure)") << "\n";
  }
  if (const std::string next = NextOf(lost); !next.empty()) {
    std::cout << "  prochain contre-appel : " << next << "\n";
  }
  if (lost.sending_proposed()) std::cout << "  P0/P1 avec une adresse : envoi de moyens proposé\n";
  if (!lost.end_reason().empty()) std::cout << "  motif : " << lost.end_reason() << "\n";
}

void AddList(CLI::App& group, Suite& suite) {
  auto* list = group.add_subcommand("list", "Calls to return, oldest first");
  list->callback([&suite] {
    regulation::ListLostCallsRequest request;
    request.set_parent(suite.Parent());
    request.set_page_size(200);
    const auto page = suite.Ask<regulation::ListLostCallsResponse>(
        base::Role::kArm, suite.Regulation(), &Stub::ListLostCalls, request);
    if (suite.json()) return PrintJson(page);
    Table table({"ARRIVÉ", "NUMÉRO", "APPELS", "CONTRE-APPELS", "PROCHAIN", "CHEZ", "ENTRÉE"});
    for (const LostCall& lost : page.lost_calls()) {
      table.Row({LocalTime(lost.arrival_time()), lost.phone_number(),
                 std::to_string(lost.call_count()), std::to_string(lost.counted_returns()),
                 NextOf(lost), lost.claim().owner().subject(),
                 std::string(base::LastId(lost.name()))});
    }
    table.Print();
  });
}

void AddClaim(CLI::App& group, Suite& suite) {
  auto* claim = group.add_subcommand("claim", "One calls back now: nobody else does");
  auto name = std::make_shared<std::string>();
  claim->add_option("entry", *name, "Entry of the list")->required();
  claim->callback([&suite, name] {
    regulation::ClaimLostCallRequest request;
    request.set_name(LostName(suite, *name));
    request.set_request_id(suite.RequestId());
    Show(suite,
         suite.Ask<LostCall>(base::Role::kArm, suite.Regulation(), &Stub::ClaimLostCall, request));
  });
}

void AddRecord(CLI::App& group, Suite& suite) {
  auto* record = group.add_subcommand("record", "A call that nobody answered");
  auto number = std::make_shared<std::string>();
  auto seconds = std::make_shared<int>(0);
  record->add_option("number", *number, "E.164: +332…")->required();
  record->add_option("--rang", *seconds, "Seconds that it rang");
  record->callback([&suite, number, seconds] {
    regulation::RecordLostCallRequest request;
    request.set_parent(suite.Parent());
    request.set_request_id(suite.RequestId());
    LostCall& lost = *request.mutable_lost_call();
    lost.set_phone_number(*number);
    lost.set_ring_seconds(*seconds);
    lost.set_territory(suite.territory());
    Show(suite,
         suite.Ask<LostCall>(base::Role::kArm, suite.Regulation(), &Stub::RecordLostCall, request));
  });
}

void AddHangUp(CLI::App& group, Suite& suite) {
  auto* hang_up = group.add_subcommand("hang-up", "The caller of a dossier hung up");
  auto dossier = std::make_shared<std::string>();
  hang_up->add_option("case", *dossier, "Dossier")->required();
  hang_up->callback([&suite, dossier] {
    regulation::RecordHangUpRequest request;
    request.set_name(suite.CaseName(*dossier));
    request.set_request_id(suite.RequestId());
    Show(suite,
         suite.Ask<LostCall>(base::Role::kArm, suite.Regulation(), &Stub::RecordHangUp, request));
  });
}

void AddCalled(CLI::App& group, Suite& suite) {
  auto* called = group.add_subcommand("called", "A call back, and what came of it");
  auto name = std::make_shared<std::string>();
  auto result = std::make_shared<std::string>();
  called->add_option("entry", *name, "Entry of the list")->required();
  called->add_option("result", *result, "reached, no_answer, voicemail, busy, wrong_number")
      ->required();
  called->callback([&suite, name, result] {
    regulation::RecordCallReturnRequest request;
    request.set_name(LostName(suite, *name));
    request.set_result(ParseEnum<CallReturn::Result>("RESULT_", *result));
    request.set_request_id(suite.RequestId());
    Show(suite, suite.Ask<LostCall>(base::Role::kArm, suite.Regulation(), &Stub::RecordCallReturn,
                                    request));
  });
}

void AddEnd(CLI::App& group, Suite& suite) {
  auto* end = group.add_subcommand("end", "Ends a return");
  auto name = std::make_shared<std::string>();
  auto outcome = std::make_shared<std::string>("reached");
  auto reason = std::make_shared<std::string>();
  end->add_option("entry", *name, "Entry of the list")->required();
  end->add_option("--outcome", *outcome, "reached, means_sent, given_up");
  end->add_option("--why", *reason, "Required unless the caller was reached");
  end->callback([&suite, name, outcome, reason] {
    ResolveLostCallRequest request;
    request.set_name(LostName(suite, *name));
    request.set_outcome(ParseEnum<ResolveLostCallRequest::Outcome>("OUTCOME_", *outcome));
    request.set_reason(*reason);
    request.set_request_id(suite.RequestId());
    Show(suite, suite.Ask<LostCall>(base::Role::kArm, suite.Regulation(), &Stub::ResolveLostCall,
                                    request));
  });
}

}  // namespace

void AddLostCommands(CLI::App& app, Suite& suite) {
  auto* group = app.add_subcommand("lost", "Lost calls and callers who hung up");
  group->require_subcommand(1);
  AddList(*group, suite);
  AddClaim(*group, suite);
  AddRecord(*group, suite);
  AddHangUp(*group, suite);
  AddCalled(*group, suite);
  AddEnd(*group, suite);
}

}  // namespace sasctl
