#include "tools/sasctl/entry_commands.h"

#include <iostream>

#include "common/base/resource_name.h"
#include "sas/regulation/v1/entry_service.grpc.pb.h"
#include "tools/sasctl/dossier.h"
#include "tools/sasctl/print.h"
#include "tools/sasctl/protocol_commands.h"
#include "tools/sasctl/slot_commands.h"

// sasctl entry …: what practices, pharmacists, nurses and emergency departments enter themselves.
namespace sasctl {
namespace {

using Stub = regulation::EntryService::Stub;

std::unique_ptr<Stub> Entries(const Suite& suite) {
  return regulation::EntryService::NewStub(suite.ChannelTo(suite.endpoints().regulation));
}

struct Elsewhere {
  std::string destination, structure, reason;

  void AddTo(CLI::App& app, bool required) {
    auto* to = app.add_option("--to", destination,
                              "urgences, sos, samu, medecin_traitant or other_structure");
    if (required) to->required();
    app.add_option("--structure", structure, "Structure that takes the patient");
    app.add_option("--why", reason, "Why he is sent there");
  }

  // Whoever types this has told the patient: sasctl has no form to tick.
  regulation::Reorientation Asked() const {
    regulation::Reorientation asked;
    asked.set_destination(
        ParseEnum<regulation::Reorientation::Destination>("DESTINATION_", destination));
    asked.set_structure(structure);
    asked.set_reason(reason);
    asked.set_patient_informed(true);
    return asked;
  }
};

struct SubmitOptions {
  OpenOptions dossier;
  Elsewhere elsewhere;
  std::string protocol, line, constraints, access, orienting, call_back;
  std::vector<std::string> answers, tried, modes{"amb"};
  int within = 48;
};

// "cabinet du MT: pas de place": whom, and what came of it; just now.
type::CareAttempt AttemptOf(const Suite& suite, const std::string& text) {
  type::CareAttempt attempt;
  const std::size_t colon = text.find(':');
  attempt.set_target(text.substr(0, colon));
  if (colon != std::string::npos) {
    attempt.set_outcome(text.substr(text.find_first_not_of(' ', colon + 1)));
  }
  *attempt.mutable_attempt_time() = ToProto(suite.clock().Now());
  return attempt;
}

regulation::SubmitEntryRequest RequestOf(Suite& suite, const SubmitOptions& o) {
  regulation::SubmitEntryRequest request;
  request.set_parent(suite.Parent());
  request.set_request_id(suite.RequestId());
  *request.mutable_regulation_case() = o.dossier.Opened(suite);
  for (const std::string& each : o.tried) {
    *request.mutable_regulation_case()->add_previous_attempts() = AttemptOf(suite, each);
  }
  request.mutable_triage()->set_protocol(ProtocolName(suite, o.protocol));
  ReadAnswers(suite, o.answers, *request.mutable_triage());
  regulation::CareOrder& order = *request.mutable_care_order();
  order.mutable_delay()->set_seconds(o.within * 3600LL);
  for (const std::string& mode : o.modes) {
    order.add_modes(ParseEnum<type::ConsultationMode>("CONSULTATION_MODE_", mode));
  }
  order.set_clinical_line(o.line);
  order.set_constraints(o.constraints);
  if (!o.access.empty()) {
    order.set_access_reason(ParseEnum<type::AccessReason>("ACCESS_REASON_", o.access));
  }
  request.set_orienting_professional_rpps(o.orienting);
  request.set_wish(regulation::ENTRY_WISH_BOOK);
  if (!o.call_back.empty()) {
    request.set_wish(regulation::ENTRY_WISH_CALL_BACK);
    *request.mutable_callback_time() = ToProto(suite.clock().Now() + ParseSpan(o.call_back));
  }
  if (!o.elsewhere.destination.empty()) {
    request.set_wish(regulation::ENTRY_WISH_REORIENT);
    *request.mutable_reorientation() = o.elsewhere.Asked();
  }
  return request;
}

void AddSubmit(CLI::App& group, Suite& suite) {
  auto* submit = group.add_subcommand(
      "submit", "Enters a patient: a slot at once, --call-back for the file active, or --to");
  auto o = std::make_shared<SubmitOptions>();
  o->dossier.AddTo(*submit);
  o->elsewhere.AddTo(*submit, false);
  submit->add_option("--protocol", o->protocol, "Questionnaire: SCOPE/PROTOCOL[/VERSION]")
      ->required();
  submit->add_option("--answer", o->answers, "QUESTION=yes, no, unknown, a choice or words");
  submit->add_option("--tried", o->tried, "Parcours antérieur: WHOM: WHAT CAME OF IT");
  submit->add_option("--line", o->line, "Line for whoever receives the patient")->required();
  submit->add_option("--constraints", o->constraints, "What matters at the door");
  submit->add_option("--access-reason", o->access, "sans_mt, mt_indisponible…");
  submit->add_option("--orienting-rpps", o->orienting, "RPPS of the doctor who orients");
  submit->add_option("--within", o->within, "Hours: 4, 8, 12, 24 or 48");
  submit->add_option("--mode", o->modes, "amb, hh, vr");
  submit->add_option("--call-back", o->call_back,
                     "File active: called back within, for example 2h");
  submit->callback([&suite, o] {
    const regulation::SubmitEntryRequest request = RequestOf(suite, *o);
    const auto answer = suite.Ask<regulation::SubmitEntryResponse>(
        RoleFor(request.regulation_case().origin().entry_point()), Entries(suite),
        &Stub::SubmitEntry, request);
    if (suite.json()) return PrintJson(answer);
    if (answer.outcome() == regulation::ENTRY_OUTCOME_REGULATOR) {
      std::cout << "signe de gravité : proposer " << answer.proposal()
                << ", le dossier attend un régulateur\n";
    }
    ShowDossier(suite, answer.regulation_case());
    if (answer.has_care_order()) ShowOrder(suite, answer.care_order());
  });
}

void AddList(CLI::App& group, Suite& suite) {
  auto* list = group.add_subcommand("list", "The file active: P2 before P3, oldest first");
  auto request = std::make_shared<regulation::ListEntriesRequest>();
  list->add_flag_callback(
      "--all", [request] { request->set_include_ended(true); }, "Also those that have ended");
  list->callback([&suite, request] {
    request->set_parent(suite.Parent());
    const auto page = suite.Ask<regulation::ListEntriesResponse>(base::Role::kOsnp, Entries(suite),
                                                                 &Stub::ListEntries, *request);
    if (suite.json()) return PrintJson(page);
    Table table({"PRIO", "ÂGE", "ÉTAT", "ENTRÉE", "MOTIF", "RAPPEL", "APPELS", "CHEZ", "COMMANDE"});
    for (const regulation::CareOrder& order : page.care_orders()) {
      table.Row({PriorityText(order.entry().priority()), Span(-Until(suite, order.create_time())),
                 Short(regulation::CareOrder::State_Name(order.state()), "STATE_"),
                 Short(type::EntryPoint_Name(order.entry().entry_point()), "ENTRY_POINT_") +
                     (order.entry().local() ? " (local)" : ""),
                 order.motif_code(),
                 order.has_callback_time() ? LocalTime(order.callback_time()) : "",
                 std::to_string(order.unanswered_count()),
                 order.has_claim() ? order.claim().owner().subject() : "à prendre",
                 std::string(base::LastId(order.name()))});
    }
    if (table.empty())
      std::cout << "nobody waits\n";
    else
      table.Print();
  });
}

void AddReorient(CLI::App& group, Suite& suite) {
  auto* reorient =
      group.add_subcommand("reorient", "Sends a patient elsewhere and ends his dossier");
  auto name = std::make_shared<std::string>();
  auto elsewhere = std::make_shared<Elsewhere>();
  auto order = std::make_shared<bool>(false);
  reorient->add_option("case", *name, "Dossier, or with --order an order")->required();
  reorient->add_flag("--order", *order, "The name is an order's");
  elsewhere->AddTo(*reorient, true);
  reorient->callback([&suite, name, elsewhere, order] {
    regulation::ReorientRequest request;
    request.set_name(*order ? suite.OrderName(*name) : suite.CaseName(*name));
    *request.mutable_reorientation() = elsewhere->Asked();
    request.set_request_id(suite.RequestId());
    const auto answer = suite.Ask<regulation::ReorientResponse>(
        base::Role::kRegulatorMg, Entries(suite), &Stub::Reorient, request);
    if (suite.json()) return PrintJson(answer);
    ShowDossier(suite, answer.regulation_case());
    for (const regulation::CareOrder& each : answer.care_orders()) ShowOrder(suite, each);
  });
}

}  // namespace

void AddEntryCommands(CLI::App& app, Suite& suite) {
  auto* group =
      app.add_subcommand("entry", "Entries without regulation, and patients sent elsewhere");
  group->require_subcommand(1);
  AddSubmit(*group, suite);
  AddList(*group, suite);
  AddReorient(*group, suite);
}

}  // namespace sasctl
