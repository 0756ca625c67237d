#include <iostream>

#include "common/base/resource_name.h"
#include "tools/sasctl/dossier_act.h"
#include "tools/sasctl/print.h"
#include "tools/sasctl/protocol_commands.h"

// sasctl call …: the dossier, from pick-up to closing.
namespace sasctl {
namespace {

using Stub = regulation::RegulationService::Stub;
using regulation::RegulationCase;

void AddOpen(CLI::App& call, Suite& suite) {
  auto* open = call.add_subcommand("open", "Pick up: opens a dossier");
  auto o = std::make_shared<OpenOptions>();
  o->AddTo(*open);
  open->callback([&suite, o] {
    regulation::CreateRegulationCaseRequest request;
    request.set_parent(suite.Parent());
    request.set_request_id(suite.RequestId());
    *request.mutable_regulation_case() = o->Opened(suite);
    ShowDossier(suite, suite.Ask<RegulationCase>(base::Role::kArm, suite.Regulation(),
                                                 &Stub::CreateRegulationCase, request));
  });
}

void AddPrioritise(CLI::App& call, Suite& suite) {
  AddAct<regulation::PrioritizeRegulationCaseRequest>(
      call, suite, "prioritise", "Sets priority and filière", base::Role::kArm,
      &Stub::PrioritizeRegulationCase, [&suite](CLI::App& sub, auto request) {
        sub.add_option_function<std::string>(
               "priority",
               [request](const std::string& text) {
                 request->set_priority(ParseEnum<regulation::Priority>("PRIORITY_", text));
               },
               "P0, P1, P2, P3 or NR")
            ->required();
        sub.add_option_function<std::string>(
            "--filiere",
            [request](const std::string& text) {
              request->set_filiere(ParseEnum<type::Filiere>("FILIERE_", text));
            },
            "AMU, SNP, PSY or NEONAT");
        sub.add_option_function<std::string>(
            "--reason", [request](const std::string& text) { request->set_reason(text); },
            "Why; needed when lowering, or low on a vital motif");
        sub.add_option_function<std::string>(
            "--etag", [request](const std::string& text) { request->set_etag(text); },
            "Version on your screen; needed when lowering");
        sub.add_flag_callback(
            "--vital-motif-confirmed", [request] { request->set_vital_motif_confirmed(true); },
            "Second act for a low priority on a vital motif");
        sub.add_option_function<std::string>(
            "--callback-within",
            [&suite, request](const std::string& text) {
              auto& callback = *request->mutable_callback();
              callback.set_kind(regulation::CallbackPromise::KIND_DEFERRED_REGULATION);
              *callback.mutable_window_start_time() = ToProto(suite.clock().Now());
              *callback.mutable_window_end_time() = ToProto(suite.clock().Now() + ParseSpan(text));
              callback.set_consent(true);
            },
            "P3: the caller agreed to be called back within this time, for example 1h");
      });
}

// Who has it: from the queue, from a colleague, back, or on to a colleague.
void AddHands(CLI::App& call, Suite& suite) {
  AddAct<regulation::ClaimRegulationCaseRequest>(
      call, suite, "claim", "Takes a dossier", base::Role::kRegulatorMg, &Stub::ClaimRegulationCase,
      [](CLI::App& sub, auto request) {
        sub.add_option_function<std::string>(
            "--take-over",
            [request](const std::string& text) { request->set_take_over_reason(text); },
            "Out of a colleague's hands: why");
      });
  AddAct<regulation::ReleaseRegulationCaseRequest>(
      call, suite, "release", "Gives it back, or on to a colleague", base::Role::kRegulatorMg,
      &Stub::ReleaseRegulationCase, [](CLI::App& sub, auto request) {
        sub.add_option_function<std::string>(
            "--to",
            [request](const std::string& text) { request->mutable_to()->set_subject(text); },
            "Colleague who takes it at once");
        sub.add_option_function<std::string>(
            "--to-role",
            [request](const std::string& text) {
              request->mutable_to()->set_role(ParseEnum<type::Role>("ROLE_", text));
            },
            "His role: arm, regulator_amu or regulator_mg");
        sub.add_option_function<std::string>(
            "--reason", [request](const std::string& text) { request->set_reason(text); }, "Why");
      });
}

// How long it waits; how soon it begins when it was prepared.
std::string WaitText(const Suite& suite, const RegulationCase& dossier) {
  if (dossier.state() == RegulationCase::STATE_PROGRAMMED) {
    return "dans " + Span(Until(suite, dossier.activation_time()));
  }
  return dossier.has_wait_start_time() ? Span(-Until(suite, dossier.wait_start_time())) : "";
}

void AddList(CLI::App& call, Suite& suite) {
  auto* sub = call.add_subcommand("list", "The board, in the order in which to take");
  auto request = std::make_shared<regulation::ListRegulationCasesRequest>();
  sub->add_option_function<std::string>(
      "--view",
      [request](const std::string& text) {
        request->set_view(ParseEnum<regulation::CaseListView>("CASE_LIST_VIEW_", text));
      },
      "waiting, claimed, callbacks, open, ended or programmed");
  sub->add_option_function<int>(
      "--page-size", [request](const int& n) { request->set_page_size(n); }, "At most 200");
  sub->callback([&suite, request] {
    request->set_parent(suite.Parent());
    const auto page = suite.Ask<regulation::ListRegulationCasesResponse>(
        base::Role::kArm, suite.Regulation(), &Stub::ListRegulationCases, *request);
    if (suite.json()) return PrintJson(page);
    Table table({"PRIO", "ATTENTE", "MOTIF", "PATIENT", "COMMUNE", "CHEZ", "DOSSIER"});
    for (const RegulationCase& dossier : page.regulation_cases()) {
      table.Row({PriorityText(dossier.priority()), WaitText(suite, dossier),
                 MotifText(dossier.motif_code()), Who(dossier), dossier.patient_place().commune(),
                 dossier.has_claim() ? dossier.claim().owner().subject() : "à prendre",
                 std::string(base::LastId(dossier.name()))});
    }
    if (table.empty())
      std::cout << "nobody waits\n";
    else
      table.Print();
  });
}

}  // namespace

void AddCallCommands(CLI::App& app, Suite& suite) {
  auto* call = app.add_subcommand("call", "Dossiers: from pick-up to closing");
  call->require_subcommand(1);
  AddPickupCommands(*call, suite);
  AddOpen(*call, suite);
  AddList(*call, suite);
  AddCaseHistoryCommands(*call, suite);
  AddPrioritise(*call, suite);
  AddHands(*call, suite);
  AddMissionCommands(*call, suite);
  AddAct<regulation::RecordCallbackAttemptRequest>(
      *call, suite, "called", "A promised call, and what came of it", base::Role::kArm,
      &Stub::RecordCallbackAttempt, [](CLI::App& sub, auto request) {
        sub.add_option_function<std::string>(
               "result",
               [request](const std::string& text) {
                 request->set_result(ParseEnum<regulation::CallReturn::Result>("RESULT_", text));
               },
               "reached, no_answer, voicemail, busy, wrong_number")
            ->required();
      });
  AddAct<regulation::TransferRegulationCaseRequest>(
      *call, suite, "transfer", "Reorients between AMU and SNP", base::Role::kRegulatorMg,
      &Stub::TransferRegulationCase, [](CLI::App& sub, auto request) {
        sub.add_option_function<std::string>(
               "filiere",
               [request](const std::string& text) {
                 request->set_filiere(ParseEnum<type::Filiere>("FILIERE_", text));
               },
               "AMU or SNP")
            ->required();
        sub.add_option_function<std::string>(
               "reason", [request](const std::string& text) { request->set_reason(text); }, "Why")
            ->required();
        sub.add_flag_callback(
            "--unstaffed", [request] { request->set_unstaffed_confirmed(true); },
            "Nobody is on shift there, and somebody was called");
      });
  AddAct<regulation::AddCaseNoteRequest>(
      *call, suite, "note", "Adds a line to the thread", base::Role::kRegulatorMg,
      &Stub::AddCaseNote, [](CLI::App& sub, auto request) {
        sub.add_option_function<std::string>(
               "text",
               [request](const std::string& text) { request->mutable_note()->set_text(text); },
               "The line")
            ->required();
      });
  AddAct<regulation::AttachCallRequest>(
      *call, suite, "attach", "Attaches a later call", base::Role::kArm, &Stub::AttachCall,
      [&suite](CLI::App& sub, auto request) {
        request->mutable_call()->set_entry_point(type::ENTRY_POINT_LINE_15);
        sub.add_option_function<std::string>(
            "--entry",
            [request](const std::string& text) {
              request->mutable_call()->set_entry_point(
                  ParseEnum<type::EntryPoint>("ENTRY_POINT_", text));
            },
            "line_15 unless given");
        sub.add_option_function<std::string>(
            "--dialled",
            [request](const std::string& text) {
              request->mutable_call()->set_dialled_number(text);
            },
            "Number that was dialled: 15, 116117 or a line's own");
        sub.add_option_function<std::string>(
            "--phone",
            [request](const std::string& text) {
              request->mutable_call()->set_caller_phone_number(text);
            },
            "Number that calls, +33…");
        sub.add_option_function<std::string>(
            "--ringing",
            [&suite, request](const std::string& text) {
              request->mutable_call()->set_waiting_call(WaitingName(suite, text));
            },
            "Ringing call that this is: its hours, line and number");
      });
  AddRepeatCommands(*call, suite);
  AddAct<regulation::ActivateRegulationCaseRequest>(
      *call, suite, "activate", "Begins a dossier that was prepared, before its hour",
      base::Role::kArm, &Stub::ActivateRegulationCase);
  AddTriageCommand(*call, suite);
  AddDecisionCommands(*call, suite);
  auto with_etag = [&suite](CLI::App& sub, auto request) {
    sub.add_option_function<std::string>(
           "--etag", [request](const std::string& etag) { request->set_etag(etag); },
           "Version on your screen")
        ->required();
    (void)suite;
  };
  AddAct<regulation::CompleteRegulationCaseRequest>(
      *call, suite, "complete", "All decided and done (ACHEVE)", base::Role::kRegulatorMg,
      &Stub::CompleteRegulationCase, with_etag);
  AddAct<regulation::CloseRegulationCaseRequest>(*call, suite, "close", "Validates and closes",
                                                 base::Role::kRegulatorMg,
                                                 &Stub::CloseRegulationCase, with_etag);
}

}  // namespace sasctl
