#include "tools/sasctl/task_commands.h"

#include <iostream>

#include "common/base/resource_name.h"
#include "sas/regulation/v1/task_service.grpc.pb.h"
#include "tools/sasctl/commune.h"
#include "tools/sasctl/dossier.h"
#include "tools/sasctl/print.h"
#include "tools/sasctl/protocol_commands.h"

// sasctl task …: asked, taken, given on, closed, or handed to a regulator.
namespace sasctl {
namespace {

using regulation::CareTask;
using Stub = regulation::TaskService::Stub;

std::unique_ptr<Stub> Tasks(const Suite& suite) {
  return regulation::TaskService::NewStub(suite.ChannelTo(suite.endpoints().regulation));
}

std::string TaskName(const Suite& suite, const std::string& text) {
  return text.rfind("regions/", 0) == 0 ? text : suite.Parent() + "/tasks/" + text;
}

std::string StateText(const CareTask& task) {
  return Short(CareTask::State_Name(task.state()), "STATE_") + (task.overdue() ? " (retard)" : "");
}

std::string AskedOf(const CareTask& task) {
  std::string text = Short(type::Role_Name(task.role()), "ROLE_");
  if (!task.organization().empty()) text += "@" + task.organization();
  if (!task.person().empty()) text += " " + task.person();
  return text;
}

void ShowEscalation(const regulation::TaskEscalation& escalation) {
  std::cout << "  régulateur demandé, dossier " << escalation.case_number() << " : ";
  switch (escalation.state()) {
    case regulation::TaskEscalation::STATE_TAKEN:
      std::cout << "pris par " << escalation.taken_by().subject() << " ("
                << Short(type::Role_Name(escalation.taken_by().role()), "ROLE_") << ")\n";
      break;
    case regulation::TaskEscalation::STATE_ANSWERED:
      std::cout << "a répondu\n";
      break;
    default:
      std::cout << "en attente depuis " << LocalTime(escalation.wait_start_time()) << "\n";
  }
}

void Show(const Suite& suite, const CareTask& task) {
  if (suite.json()) return PrintJson(task);
  std::cout << task.name() << "\n  " << Short(CareTask::Kind_Name(task.kind()), "KIND_") << "  "
            << StateText(task) << "  " << AskedOf(task) << ", pour le "
            << LocalTime(task.due_time()) << "\n  " << task.instruction() << "\n";
  if (!task.act_code().empty()) std::cout << "  acte délégué : " << task.act_code() << "\n";
  if (task.has_owner()) std::cout << "  à " << task.owner().subject() << "\n";
  for (const regulation::TaskDelegation& each : task.delegations()) {
    std::cout << "  déléguée par " << each.delegated_by().subject() << " le "
              << LocalTime(each.delegate_time()) << " : " << each.reason() << "\n";
  }
  if (!task.end().result().empty()) std::cout << "  résultat : " << task.end().result() << "\n";
  if (!task.end().reason().empty()) std::cout << "  motif : " << task.end().reason() << "\n";
  if (task.has_escalation()) ShowEscalation(task.escalation());
}

CareTask Get(Suite& suite, const std::string& name) {
  regulation::GetTaskRequest request;
  request.set_name(name);
  return suite.Ask<CareTask>(base::Role::kSecretariat, Tasks(suite), &Stub::GetTask, request);
}

void AddList(CLI::App& group, Suite& suite) {
  auto* list = group.add_subcommand("list", "Tasks, soonest due first");
  auto request = std::make_shared<regulation::ListTasksRequest>();
  auto dossier = std::make_shared<std::string>();
  list->add_flag_callback(
      "--mine", [request] { request->set_mine(true); }, "Only mine");
  list->add_flag_callback(
      "--all", [request] { request->set_include_ended(true); }, "Ended ones, too");
  list->add_option_function<std::string>(
      "--of", [request](const std::string& text) { request->set_organization(text); },
      "Only of this structure");
  list->add_option_function<std::string>(
      "--for",
      [request](const std::string& text) {
        request->set_role(ParseEnum<type::Role>("ROLE_", text));
      },
      "Only what this role is asked");
  list->add_option("--case", *dossier, "Only about this dossier");
  list->callback([&suite, request, dossier] {
    request->set_parent(suite.Parent());
    request->set_page_size(200);
    if (!dossier->empty()) request->set_regulation_case(suite.CaseName(*dossier));
    const auto page = suite.Ask<regulation::ListTasksResponse>(base::Role::kArm, Tasks(suite),
                                                               &Stub::ListTasks, *request);
    if (suite.json()) return PrintJson(page);
    Table table({"ÉCHÉANCE", "ÉTAT", "NATURE", "À QUI", "TÂCHE"});
    for (const CareTask& task : page.tasks()) {
      table.Row({LocalTime(task.due_time()), StateText(task),
                 Short(CareTask::Kind_Name(task.kind()), "KIND_"), AskedOf(task),
                 std::string(base::LastId(task.name()))});
    }
    table.Print();
  });
}

struct AskOptions {
  std::string kind, instruction, role, organization, person, due = "2h", dossier;
  std::string act, protocol, motif, age;
};

void AddAsk(CLI::App& group, Suite& suite) {
  auto* ask = group.add_subcommand("ask", "Asks a role to do something by an hour");
  auto o = std::make_shared<AskOptions>();
  ask->add_option("kind", o->kind, "call_back, collect_information, follow_up, delegated_act…")
      ->required();
  ask->add_option("instruction", o->instruction, "What to do")->required();
  ask->add_option("--for", o->role, "Role that is asked")->required();
  ask->add_option("--of", o->organization, "Its structure; empty for the CRRA");
  ask->add_option("--person", o->person, "One person of it");
  ask->add_option("--due", o->due, "In how long: 30m, 2h");
  ask->add_option("--case", o->dossier, "Dossier that it is about");
  ask->add_option("--act", o->act, "Delegated act");
  ask->add_option("--protocol", o->protocol, "SCOPE/PROTOCOL of délégation");
  ask->add_option("--motif", o->motif, "HubSante.motif code, of an act without dossier");
  ask->add_option("--age", o->age, "6y, 3m, 10d, of an act without dossier");
  ask->callback([&suite, o] {
    regulation::CreateTaskRequest request;
    request.set_parent(suite.Parent());
    request.set_request_id(suite.RequestId());
    CareTask& task = *request.mutable_task();
    task.set_kind(ParseEnum<CareTask::Kind>("KIND_", o->kind));
    task.set_territory(suite.territory());
    task.set_instruction(o->instruction);
    task.set_role(ParseEnum<type::Role>("ROLE_", o->role));
    task.set_organization(o->organization);
    task.set_person(o->person);
    *task.mutable_due_time() = ToProto(suite.clock().Now() + ParseSpan(o->due));
    if (!o->dossier.empty()) task.set_regulation_case(suite.CaseName(o->dossier));
    task.set_act_code(o->act);
    if (!o->protocol.empty()) task.set_protocol(ProtocolName(suite, o->protocol));
    task.mutable_facts()->set_motif_code(o->motif);
    if (!o->age.empty()) *task.mutable_facts()->mutable_age() = ParseAge(o->age);
    Show(suite,
         suite.Ask<CareTask>(base::Role::kRegulatorMg, Tasks(suite), &Stub::CreateTask, request));
  });
}

// A command on one task: its name, then a request that `fill` completes. An act that needs the
// version on the screen reads it first, unless --etag says which one was seen.
template <typename Request>
void AddAct(CLI::App& group, Suite& suite, const std::string& command, const std::string& help,
            base::Role role,
            grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, CareTask*),
            std::function<void(CLI::App&, std::shared_ptr<Request>)> options = {}) {
  auto* sub = group.add_subcommand(command, help);
  auto name = std::make_shared<std::string>();
  auto etag = std::make_shared<std::string>();
  auto request = std::make_shared<Request>();
  sub->add_option("task", *name, "Task: its id or its whole name")->required();
  if constexpr (requires { request->etag(); }) {
    sub->add_option("--etag", *etag, "Version on your screen; else the one of now");
  }
  if (options) options(*sub, request);
  sub->callback([&suite, name, etag, request, role, method] {
    request->set_name(TaskName(suite, *name));
    request->set_request_id(suite.RequestId());
    if constexpr (requires { request->etag(); }) {
      request->set_etag(etag->empty() ? Get(suite, request->name()).etag() : *etag);
    }
    Show(suite, suite.Ask<CareTask>(role, Tasks(suite), method, *request));
  });
}

// What a secretary types of a caller who has no dossier yet.
struct CallerOptions {
  std::string motif, age, commune, phone, mobility, entry = "secretariat";

  bool given() const { return !motif.empty() || !commune.empty() || !phone.empty(); }
};

void AddCallerOptions(CLI::App& sub, const std::shared_ptr<CallerOptions>& o) {
  sub.add_option("--motif", o->motif, "HubSante.motif code: opens a dossier");
  sub.add_option("--age", o->age, "6y, 3m, 10d");
  sub.add_option("--commune", o->commune, "Commune, by name or INSEE code");
  sub.add_option("--phone", o->phone, "Number that calls, +33…");
  sub.add_option("--mobility", o->mobility, "own_transport, no_vehicle or home_only");
  sub.add_option("--entry", o->entry, "Entry point");
}

regulation::RegulationCase CaseOf(Suite& suite, const CallerOptions& o) {
  regulation::RegulationCase dossier;
  dossier.set_territory(suite.territory());
  dossier.set_motif_code(o.motif.empty() ? "M07.00" : o.motif);
  dossier.mutable_origin()->set_entry_point(ParseEnum<type::EntryPoint>("ENTRY_POINT_", o.entry));
  dossier.mutable_origin()->set_caller_phone_number(o.phone);
  dossier.mutable_origin()->set_callback_phone_number(o.phone);
  auto& patient = *dossier.add_patients();
  if (!o.age.empty()) *patient.mutable_age() = ParseAge(o.age);
  patient.set_phone_number(o.phone);
  if (!o.commune.empty()) {
    const type::Commune commune = FindCommune(suite, o.commune);
    dossier.mutable_patient_place()->set_insee_code(commune.insee_code());
    dossier.mutable_patient_place()->set_commune(commune.display_name());
  }
  if (!o.mobility.empty()) {
    dossier.mutable_mobility()->set_kind(
        ParseEnum<regulation::Mobility::Kind>("KIND_", o.mobility));
  }
  return dossier;
}

void AddEscalate(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("escalate", "Hands it to a regulator, at once");
  auto name = std::make_shared<std::string>();
  auto reason = std::make_shared<std::string>();
  auto caller = std::make_shared<CallerOptions>();
  sub->add_option("task", *name, "Task: its id or its whole name")->required();
  sub->add_option("reason", *reason, "Why a regulator")->required();
  AddCallerOptions(*sub, caller);
  sub->callback([&suite, name, reason, caller] {
    regulation::EscalateTaskRequest request;
    request.set_name(TaskName(suite, *name));
    request.set_reason(*reason);
    request.set_request_id(suite.RequestId());
    if (caller->given()) *request.mutable_new_case() = CaseOf(suite, *caller);
    Show(suite,
         suite.Ask<CareTask>(base::Role::kSecretariat, Tasks(suite), &Stub::EscalateTask, request));
  });
}

void ShowOutcome(const Suite& suite, const regulation::ChecklistOutcome& outcome) {
  if (suite.json()) return PrintJson(outcome);
  if (outcome.escalate()) std::cout << "  → demander au régulateur\n";
  for (const auto& reason : outcome.reasons()) std::cout << "    " << reason.explanation() << "\n";
  int number = 0;
  for (const auto& step : outcome.steps()) {
    std::cout << "  " << ++number << ". " << step.explanation() << "\n";
  }
  for (const auto& missing : outcome.missing()) std::cout << "  à demander : " << missing << "\n";
}

void AddChecklist(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("checklist", "What the answers to a checklist come to");
  auto protocol = std::make_shared<std::string>();
  auto answers = std::make_shared<std::vector<std::string>>();
  auto reason = std::make_shared<std::string>();
  auto dossier = std::make_shared<std::string>();
  auto caller = std::make_shared<CallerOptions>();
  sub->add_option("protocol", *protocol, "SCOPE/PROTOCOL[/VERSION]")->required();
  sub->add_option("--answer", *answers, "QUESTION=yes, no, unknown, a choice or a number");
  sub->add_option("--escalate", *reason, "Ask a regulator now, in one act: why");
  sub->add_option("--case", *dossier, "Dossier of the caller, when there is one");
  AddCallerOptions(*sub, caller);
  sub->callback([&suite, protocol, answers, reason, dossier, caller] {
    const std::string name = ProtocolName(suite, *protocol);
    if (reason->empty()) {
      regulation::EvaluateChecklistRequest request;
      request.set_name(name);
      regulation::TriageRecord record;
      record.set_protocol(name);
      ReadAnswers(suite, *answers, record);
      request.mutable_answers()->Swap(record.mutable_answers());
      if (!caller->age.empty()) *request.mutable_facts()->mutable_age() = ParseAge(caller->age);
      request.mutable_facts()->set_motif_code(caller->motif);
      return ShowOutcome(
          suite, suite.Ask<regulation::ChecklistOutcome>(base::Role::kSecretariat, Tasks(suite),
                                                         &Stub::EvaluateChecklist, request));
    }
    regulation::EscalateChecklistRequest request;
    request.set_parent(suite.Parent());
    request.set_request_id(suite.RequestId());
    request.set_reason(*reason);
    request.mutable_triage()->set_protocol(name);
    ReadAnswers(suite, *answers, *request.mutable_triage());
    if (dossier->empty()) {
      *request.mutable_new_case() = CaseOf(suite, *caller);
    } else {
      request.set_regulation_case(suite.CaseName(*dossier));
    }
    Show(suite, suite.Ask<CareTask>(base::Role::kSecretariat, Tasks(suite),
                                    &Stub::EscalateChecklist, request));
  });
}

void AddDelegate(CLI::App& group, Suite& suite) {
  AddAct<regulation::DelegateTaskRequest>(
      group, suite, "delegate", "Gives it on to another role or person",
      base::Role::kCoordinatingNurse, &Stub::DelegateTask, [](CLI::App& sub, auto request) {
        sub.add_option_function<std::string>(
               "role",
               [request](const std::string& text) {
                 request->set_role(ParseEnum<type::Role>("ROLE_", text));
               },
               "Role that is asked from now on")
            ->required();
        sub.add_option_function<std::string>(
               "reason", [request](const std::string& text) { request->set_reason(text); }, "Why")
            ->required();
        sub.add_option_function<std::string>(
            "--person", [request](const std::string& text) { request->set_person(text); },
            "One person of it");
        sub.add_option_function<std::string>(
            "--of", [request](const std::string& text) { request->set_organization(text); },
            "Another structure");
      });
}

}  // namespace

void AddTaskCommands(CLI::App& app, Suite& suite) {
  auto* group = app.add_subcommand("task", "Tasks, delegation, and the secretary's checklist");
  group->require_subcommand(1);
  AddList(*group, suite);
  AddAsk(*group, suite);
  auto* show = group->add_subcommand("show", "One task, and who has its escalation");
  auto name = std::make_shared<std::string>();
  show->add_option("task", *name, "Task: its id or its whole name")->required();
  show->callback([&suite, name] { Show(suite, Get(suite, TaskName(suite, *name))); });
  AddAct<regulation::TakeTaskRequest>(*group, suite, "take", "Takes it", base::Role::kSecretariat,
                                      &Stub::TakeTask);
  AddDelegate(*group, suite);
  AddAct<regulation::CloseTaskRequest>(
      *group, suite, "close", "Its owner says what came of it", base::Role::kSecretariat,
      &Stub::CloseTask, [](CLI::App& sub, auto request) {
        sub.add_option_function<std::string>(
               "result", [request](const std::string& text) { request->set_result(text); },
               "What came of it")
            ->required();
      });
  AddAct<regulation::CancelTaskRequest>(
      *group, suite, "cancel", "It is no longer asked", base::Role::kRegulatorMg, &Stub::CancelTask,
      [](CLI::App& sub, auto request) {
        sub.add_option_function<std::string>(
               "reason", [request](const std::string& text) { request->set_reason(text); }, "Why")
            ->required();
      });
  AddEscalate(*group, suite);
  AddChecklist(*group, suite);
}

}  // namespace sasctl
