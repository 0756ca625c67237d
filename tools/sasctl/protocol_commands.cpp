#include "tools/sasctl/protocol_commands.h"

#include <fstream>
#include <iostream>
#include <sstream>

#include "common/base/resource_name.h"
#include "sas/regulation/v1/protocol_service.grpc.pb.h"
#include "tools/sasctl/dossier.h"
#include "tools/sasctl/print.h"

// sasctl protocol …: what is asked, who signed it, what it would change; call triage: the answers.
namespace sasctl {
namespace {

using regulation::Protocol;
using Stub = regulation::ProtocolService::Stub;

std::unique_ptr<Stub> Protocols(const Suite& suite) {
  return regulation::ProtocolService::NewStub(suite.ChannelTo(suite.endpoints().regulation));
}

std::string ShortName(const std::string& name) {
  const std::string scope = name.substr(name.find("/scopes/") + 8);
  const std::size_t protocol = scope.find("/protocols/");
  const std::size_t version = scope.find("/versions/");
  return scope.substr(0, protocol) + "/" + scope.substr(protocol + 11, version - protocol - 11) +
         "/" + scope.substr(version + 10);
}

Protocol Get(Suite& suite, const std::string& name) {
  regulation::GetProtocolRequest request;
  request.set_name(name);
  return suite.Ask<Protocol>(base::Role::kReferent, Protocols(suite), &Stub::GetProtocol, request);
}

std::string StateText(const Protocol& protocol) {
  return Short(Protocol::State_Name(protocol.state()), "STATE_") +
         (protocol.review_overdue() ? " (à revoir)" : "");
}

void ShowHead(const Protocol& protocol) {
  std::cout << protocol.title() << "\n  " << ShortName(protocol.name()) << "  "
            << StateText(protocol) << "\n  signataire : " << protocol.signatory().display_name()
            << (protocol.has_sign_time() ? ", signé le " + LocalTime(protocol.sign_time()) : "")
            << "\n  en vigueur : "
            << LocalTime(protocol.has_sign_time() ? protocol.in_force_time()
                                                  : protocol.effect_time())
            << ", à revoir avant le " << LocalTime(protocol.review_time()) << "\n";
  if (protocol.has_simulation()) {
    const auto& run = protocol.simulation();
    std::cout << "  simulation : " << run.case_count() << " dossiers sur " << run.days()
              << " jours, " << run.changed_count() << " changent (" << run.raised_count()
              << " plus urgents, " << run.lowered_count() << " moins urgents, "
              << run.unblocked_count() << " débloqués)\n";
  }
}

void Show(const Suite& suite, const Protocol& protocol) {
  if (suite.json()) return PrintJson(protocol);
  ShowHead(protocol);
  for (const regulation::DelegatedAct& act : protocol.delegated_acts()) {
    std::cout << "    " << act.code() << "  " << act.label() << "\n";
  }
  for (const regulation::Question& question : protocol.questions()) {
    std::cout << (question.has_red_flag() ? "  ! "
                  : question.mandatory()  ? "  * "
                                          : "    ")
              << question.id() << "  " << question.text() << "\n";
  }
  std::cout << "  lu par " << protocol.acknowledge_count() << "\n";
  for (const auto& deviation : protocol.deviations()) {
    std::cout << "  écart : "
              << (deviation.organization().empty() ? "CRRA" : deviation.organization()) << " "
              << ShortName(deviation.protocol()) << ", " << deviation.case_count() << " dossiers\n";
  }
}

void AddList(CLI::App& group, Suite& suite) {
  auto* list = group.add_subcommand("list", "The library, and the files that were refused");
  auto request = std::make_shared<regulation::ListProtocolsRequest>();
  list->add_flag_callback(
      "--current", [request] { request->set_current_only(true); },
      "Only what is in force or signed");
  list->callback([&suite, request] {
    request->set_parent(suite.Parent());
    request->set_page_size(200);
    const auto page = suite.Ask<regulation::ListProtocolsResponse>(
        base::Role::kReferent, Protocols(suite), &Stub::ListProtocols, *request);
    if (suite.json()) return PrintJson(page);
    Table table({"ÉTAT", "PROTOCOLE", "TITRE", "À REVOIR", "LU"});
    for (const Protocol& protocol : page.protocols()) {
      table.Row({StateText(protocol), ShortName(protocol.name()), protocol.title(),
                 LocalTime(protocol.review_time()), protocol.acknowledged() ? "oui" : "non"});
    }
    table.Print();
    for (const regulation::ProtocolFault& fault : page.refused_files()) {
      std::cout << "refusé : " << fault.file() << ":" << fault.line() << ": " << fault.reason()
                << " " << fault.field() << ": " << fault.message() << "\n";
    }
  });
}

void AddShow(CLI::App& group, Suite& suite) {
  auto* show = group.add_subcommand("show", "One version, or the one in force");
  auto name = std::make_shared<std::string>();
  show->add_option("protocol", *name, "SCOPE/PROTOCOL[/VERSION]")->required();
  show->callback([&suite, name] { Show(suite, Get(suite, ProtocolName(suite, *name))); });
}

void AddCheck(CLI::App& group, Suite& suite) {
  auto* check = group.add_subcommand("check", "Reads a file as the loader would; changes nothing");
  auto path = std::make_shared<std::string>();
  check->add_option("file", *path, "JSON")->required();
  check->callback([&suite, path] {
    std::ifstream file(*path);
    if (!file) Suite::Usage("cannot read " + *path);
    std::stringstream text;
    text << file.rdbuf();
    regulation::CheckProtocolRequest request;
    request.set_parent(suite.Parent());
    request.set_file(*path);
    request.set_text(text.str());
    const auto checked = suite.Ask<regulation::CheckProtocolResponse>(
        base::Role::kReferent, Protocols(suite), &Stub::CheckProtocol, request);
    if (suite.json()) {
      PrintJson(checked);
    } else {
      for (const regulation::ProtocolFault& fault : checked.faults()) {
        std::cout << fault.file() << ":" << fault.line() << ": " << fault.reason() << " "
                  << fault.field() << ": " << fault.message() << "\n";
      }
    }
    if (!checked.faults().empty()) throw CLI::RuntimeError(1);
    if (!suite.json()) std::cout << *path << ": rien à redire\n";
  });
}

void AddSimulate(CLI::App& group, Suite& suite) {
  auto* simulate = group.add_subcommand("simulate", "What past dossiers would get from a version");
  auto name = std::make_shared<std::string>();
  auto request = std::make_shared<regulation::SimulateProtocolRequest>();
  simulate->add_option("protocol", *name, "SCOPE/PROTOCOL/VERSION")->required();
  simulate->add_option_function<int>(
      "--days", [request](const int& days) { request->set_days(days); },
      "Past days, 7 unless given");
  simulate->callback([&suite, name, request] {
    request->set_name(ProtocolName(suite, *name));
    request->set_request_id(suite.RequestId());
    const auto protocol = suite.Ask<Protocol>(base::Role::kReferent, Protocols(suite),
                                              &Stub::SimulateProtocol, *request);
    if (suite.json()) return PrintJson(protocol);
    ShowHead(protocol);
    for (const std::string& each : protocol.simulation().lowered_cases()) {
      std::cout << "  à relire : " << each << "\n";
    }
  });
}

void AddSign(CLI::App& group, Suite& suite) {
  auto* sign = group.add_subcommand("sign", "The named doctor signs (with --rpps)");
  auto name = std::make_shared<std::string>();
  sign->add_option("protocol", *name, "SCOPE/PROTOCOL/VERSION")->required();
  sign->callback([&suite, name] {
    regulation::SignProtocolRequest request;
    request.set_name(ProtocolName(suite, *name));
    request.set_etag(Get(suite, request.name()).etag());
    request.set_request_id(suite.RequestId());
    Show(suite, suite.Ask<Protocol>(base::Role::kReferent, Protocols(suite), &Stub::SignProtocol,
                                    request));
  });
}

void AddAck(CLI::App& group, Suite& suite) {
  auto* ack = group.add_subcommand("ack", "I have read this version");
  auto name = std::make_shared<std::string>();
  ack->add_option("protocol", *name, "SCOPE/PROTOCOL/VERSION")->required();
  ack->callback([&suite, name] {
    regulation::AcknowledgeProtocolRequest request;
    request.set_name(ProtocolName(suite, *name));
    request.set_request_id(suite.RequestId());
    const auto protocol = suite.Ask<Protocol>(base::Role::kArm, Protocols(suite),
                                              &Stub::AcknowledgeProtocol, request);
    if (suite.json()) return PrintJson(protocol);
    std::cout << ShortName(protocol.name()) << ": lu par " << protocol.acknowledge_count() << "\n";
  });
}

struct TriageOptions {
  std::string dossier, protocol, pregnant, lift, age, motif;
  std::vector<std::string> answers;
};

type::SignAnswer SignOf(const std::string& word) {
  return ParseEnum<type::SignAnswer>("SIGN_ANSWER_", word);
}

// `id=value`; what the value is follows from the question.
regulation::TriageAnswer AnswerOf(const Protocol& protocol, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) Suite::Usage(text + ": QUESTION=ANSWER");
  regulation::TriageAnswer answer;
  answer.set_question(text.substr(0, equals));
  const std::string value = text.substr(equals + 1);
  for (const regulation::Question& question : protocol.questions()) {
    if (question.id() != answer.question()) continue;
    if (value == "unknown" || question.kind() == regulation::Question::KIND_YES_NO) {
      answer.set_sign(SignOf(value));
    } else if (question.kind() == regulation::Question::KIND_CHOICE) {
      answer.set_choice(value);
    } else if (question.kind() == regulation::Question::KIND_NUMBER) {
      try {
        answer.set_number(std::stod(value));
      } catch (const std::exception&) {
        Suite::Usage(text + ": a number");
      }
    } else {
      answer.set_text(value);
    }
  }
  if (answer.value_case() == regulation::TriageAnswer::VALUE_NOT_SET) answer.set_text(value);
  return answer;
}

void AddQuestionOptions(CLI::App& sub, const std::shared_ptr<TriageOptions>& o) {
  sub.add_option("--answer", o->answers, "QUESTION=yes, no, unknown, a choice, a number or words");
  sub.add_option("--pregnant", o->pregnant, "yes, no or unknown");
}

void AddAsk(CLI::App& group, Suite& suite) {
  auto* ask = group.add_subcommand("ask", "What answers come to, and the next question");
  auto o = std::make_shared<TriageOptions>();
  ask->add_option("protocol", o->protocol, "SCOPE/PROTOCOL[/VERSION]")->required();
  AddQuestionOptions(*ask, o);
  ask->add_option("--age", o->age, "6y, 3m, 10d");
  ask->add_option("--motif", o->motif, "HubSante.motif code");
  ask->callback([&suite, o] {
    regulation::EvaluateTriageRequest request;
    request.set_name(ProtocolName(suite, o->protocol));
    const Protocol protocol = Get(suite, request.name());
    for (const std::string& text : o->answers) *request.add_answers() = AnswerOf(protocol, text);
    if (!o->age.empty()) *request.mutable_facts()->mutable_age() = ParseAge(o->age);
    if (!o->pregnant.empty()) request.mutable_facts()->set_pregnant(SignOf(o->pregnant));
    request.mutable_facts()->set_motif_code(o->motif);
    const auto answer = suite.Ask<regulation::EvaluateTriageResponse>(
        base::Role::kArm, Protocols(suite), &Stub::EvaluateTriage, request);
    if (suite.json()) return PrintJson(answer);
    ShowResult(answer.result());
    if (answer.has_next_question()) std::cout << "  → " << answer.next_question().text() << "\n";
  });
}

}  // namespace

std::string ProtocolName(const Suite& suite, const std::string& text) {
  if (text.rfind("regions/", 0) == 0) return text;
  const std::size_t scope = text.find('/');
  if (scope == std::string::npos) {
    Suite::Usage(text + ": SCOPE/PROTOCOL or SCOPE/PROTOCOL/VERSION, for example 85/fievre/1.0");
  }
  const std::size_t version = text.find('/', scope + 1);
  const std::string id = text.substr(scope + 1, version - scope - 1);
  std::string name = suite.Parent() + "/scopes/" + text.substr(0, scope) + "/protocols/" + id;
  if (version != std::string::npos) name += "/versions/" + text.substr(version + 1);
  return name;
}

void ReadAnswers(Suite& suite, const std::vector<std::string>& texts,
                 regulation::TriageRecord& record) {
  const Protocol protocol = Get(suite, record.protocol());
  for (const std::string& text : texts) *record.add_answers() = AnswerOf(protocol, text);
}

void ShowResult(const regulation::TriageResult& result) {
  std::cout << "  au moins " << PriorityText(result.minimum_priority());
  if (result.booking_blocked())
    std::cout << ", pas de rendez-vous : proposer " << result.proposal();
  if (result.excluded()) std::cout << ", hors protocole " << result.orientation();
  std::cout << "\n";
  for (const regulation::TriageReason& reason : result.reasons()) {
    std::cout << "    " << reason.rule() << " : " << reason.explanation() << "\n";
  }
  for (const std::string& missing : result.missing())
    std::cout << "    à demander : " << missing << "\n";
}

void AddProtocolCommands(CLI::App& app, Suite& suite) {
  auto* group = app.add_subcommand("protocol", "Triage protocols: library, signature, questions");
  group->require_subcommand(1);
  AddList(*group, suite);
  AddShow(*group, suite);
  AddCheck(*group, suite);
  AddSimulate(*group, suite);
  AddSign(*group, suite);
  AddAck(*group, suite);
  AddAsk(*group, suite);
}

void AddTriageCommand(CLI::App& call, Suite& suite) {
  auto* triage = call.add_subcommand("triage", "Keeps the answers to a protocol on a dossier");
  auto o = std::make_shared<TriageOptions>();
  triage->add_option("case", o->dossier, "Dossier: its id or its whole name")->required();
  triage->add_option("--protocol", o->protocol, "SCOPE/PROTOCOL[/VERSION]")->required();
  AddQuestionOptions(*triage, o);
  triage->add_option("--lift", o->lift, "A regulator lifts the severity signs: why");
  triage->callback([&suite, o] {
    regulation::RecordTriageRequest request;
    request.set_name(suite.CaseName(o->dossier));
    request.set_request_id(suite.RequestId());
    auto& record = *request.mutable_triage();
    record.set_protocol(ProtocolName(suite, o->protocol));
    ReadAnswers(suite, o->answers, record);
    if (!o->pregnant.empty()) record.mutable_facts()->set_pregnant(SignOf(o->pregnant));
    record.set_override_reason(o->lift);
    const auto dossier = suite.Ask<regulation::RegulationCase>(base::Role::kArm, Protocols(suite),
                                                               &Stub::RecordTriage, request);
    ShowDossier(suite, dossier);
    if (suite.json() || dossier.triages().empty()) return;
    ShowResult(dossier.triages(dossier.triages_size() - 1).result());
  });
}

}  // namespace sasctl
