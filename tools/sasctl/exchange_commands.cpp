#include "tools/sasctl/exchange_commands.h"

#include <iostream>

#include "common/base/resource_name.h"
#include "sas/regulation/v1/exchange_service.grpc.pb.h"
#include "tools/sasctl/print.h"

// sasctl exchange …: telephone, secure mail, internal messages, téléexpertise.
namespace sasctl {
namespace {

using regulation::CaseExchange;
using Stub = regulation::ExchangeService::Stub;

std::unique_ptr<Stub> Exchanges(const Suite& suite) {
  return regulation::ExchangeService::NewStub(suite.ChannelTo(suite.endpoints().regulation));
}

std::string KindText(const CaseExchange& exchange) {
  return Short(CaseExchange::Kind_Name(exchange.kind()), "KIND_");
}

std::string StateText(const CaseExchange& exchange) {
  return Short(CaseExchange::State_Name(exchange.state()), "STATE_");
}

std::string PartyText(const CaseExchange& exchange) {
  if (exchange.party() == CaseExchange::PARTY_UNSPECIFIED) return "";
  return Short(CaseExchange::Party_Name(exchange.party()), "PARTY_");
}

std::string AudienceText(const CaseExchange& exchange) {
  const auto& audience = exchange.audience();
  std::string text = audience.subject();
  if (audience.role() != type::ROLE_UNSPECIFIED) {
    text = Short(type::Role_Name(audience.role()), "ROLE_");
  }
  if (!audience.organization().empty()) text += (text.empty() ? "" : " ") + audience.organization();
  return text;
}

void Show(const Suite& suite, const CaseExchange& exchange) {
  if (suite.json()) return PrintJson(exchange);
  std::cout << KindText(exchange) << "  " << StateText(exchange) << "  "
            << LocalTime(exchange.occur_time()) << "  " << exchange.name() << "\n";
  if (!PartyText(exchange).empty()) std::cout << "  avec   : " << PartyText(exchange) << "\n";
  if (!AudienceText(exchange).empty()) std::cout << "  pour   : " << AudienceText(exchange) << "\n";
  if (!exchange.text().empty()) std::cout << "  " << exchange.text() << "\n";
  if (exchange.has_expertise()) std::cout << "  lien   : " << exchange.expertise().link() << "\n";
  for (const auto& result : exchange.expertise().results()) {
    std::cout << "  réponse " << LocalTime(result.attach_time()) << " : " << result.text() << "\n";
  }
  for (const auto& read : exchange.reads()) {
    std::cout << "  lu par " << read.reader().subject() << ", " << LocalTime(read.read_time())
              << "\n";
  }
}

template <typename Rows>
void ShowTable(const Rows& rows) {
  Table table({"", "NATURE", "ÉTAT", "HEURE", "AVEC", "POUR", "TEXTE", "ÉCHANGE"});
  for (const CaseExchange& row : rows) {
    table.Row({row.unread() ? "•" : "", KindText(row), StateText(row), LocalTime(row.occur_time()),
               PartyText(row), AudienceText(row), row.text(), row.name()});
  }
  if (table.empty()) {
    std::cout << "nothing exchanged\n";
  } else {
    table.Print();
  }
}

struct Options {
  std::string dossier, text, party, role, to, reply, reference, state, result = "reached";
  bool shared = false;
};

using OptionsPtr = std::shared_ptr<Options>;

// A command that keeps something on a dossier; `fill` says what.
void AddKept(CLI::App& group, Suite& suite, const std::string& command, const std::string& help,
             base::Role role, const std::function<void(CLI::App&, const OptionsPtr&)>& options,
             const std::function<void(const Options&, CaseExchange&)>& fill) {
  auto* sub = group.add_subcommand(command, help);
  auto o = std::make_shared<Options>();
  sub->add_option("case", o->dossier, "Dossier: its id or its whole name")->required();
  options(*sub, o);
  sub->add_option("--to-role", o->role, "Role that is to read it: osnp, arm, regulator_mg…");
  sub->add_option("--to", o->to, "Structure that is to read it");
  sub->add_option("--reply-to", o->reply, "Exchange that it answers");
  sub->add_flag("--shared", o->shared, "The OSNP may read it too");
  sub->callback([&suite, o, role, fill] {
    regulation::CreateCaseExchangeRequest request;
    request.set_parent(suite.CaseName(o->dossier));
    request.set_request_id(suite.RequestId());
    CaseExchange& exchange = *request.mutable_exchange();
    exchange.set_text(o->text);
    exchange.set_shared(o->shared);
    exchange.set_in_reply_to(o->reply);
    if (!o->role.empty()) {
      exchange.mutable_audience()->set_role(ParseEnum<type::Role>("ROLE_", o->role));
    }
    if (!o->to.empty()) exchange.mutable_audience()->set_organization(o->to);
    if (!o->party.empty()) {
      exchange.set_party(ParseEnum<CaseExchange::Party>("PARTY_", o->party));
    }
    fill(*o, exchange);
    Show(suite,
         suite.Ask<CaseExchange>(role, Exchanges(suite), &Stub::CreateCaseExchange, request));
  });
}

void AddWriting(CLI::App& group, Suite& suite) {
  AddKept(
      group, suite, "phone", "Keeps a telephone exchange as a note", base::Role::kRegulatorMg,
      [](CLI::App& sub, const OptionsPtr& o) {
        sub.add_option("party", o->party, "With whom: treating_doctor, pharmacist, nurse…")
            ->required();
        sub.add_option("text", o->text, "What was said")->required();
        sub.add_option("--result", o->result,
                       "reached, no_answer, voicemail, busy or wrong_number");
      },
      [](const Options& o, CaseExchange& exchange) {
        exchange.set_kind(CaseExchange::KIND_PHONE);
        exchange.set_result(ParseEnum<regulation::ContactAttempt::Result>("RESULT_", o.result));
      });
  AddKept(
      group, suite, "mss", "Keeps a secure message (MSSanté)", base::Role::kRegulatorMg,
      [](CLI::App& sub, const OptionsPtr& o) {
        sub.add_option("party", o->party, "With whom")->required();
        sub.add_option("state", o->state, "sent or received")->required();
        sub.add_option("reference", o->reference, "Its Message-ID")->required();
        sub.add_option("--text", o->text, "What it says, in short");
      },
      [](const Options& o, CaseExchange& exchange) {
        exchange.set_kind(CaseExchange::KIND_MSSANTE);
        exchange.set_state(ParseEnum<CaseExchange::State>("STATE_", o.state));
        exchange.set_mssante_reference(o.reference);
      });
  AddKept(
      group, suite, "message", "Writes to those who work on the dossier", base::Role::kRegulatorMg,
      [](CLI::App& sub, const OptionsPtr& o) {
        sub.add_option("text", o->text, "The message")->required();
      },
      [](const Options&, CaseExchange& exchange) {
        exchange.set_kind(CaseExchange::KIND_MESSAGE);
      });
}

void AddReading(CLI::App& group, Suite& suite) {
  auto* list = group.add_subcommand("list", "What was exchanged about a dossier");
  auto dossier = std::make_shared<std::string>();
  list->add_option("case", *dossier, "Dossier: its id or its whole name")->required();
  list->callback([&suite, dossier] {
    regulation::ListCaseExchangesRequest request;
    request.set_parent(suite.CaseName(*dossier));
    request.set_page_size(200);
    const auto page = suite.Ask<regulation::ListCaseExchangesResponse>(
        base::Role::kRegulatorMg, Exchanges(suite), &Stub::ListCaseExchanges, request);
    if (suite.json()) return PrintJson(page);
    ShowTable(page.exchanges());
  });
  auto* unread = group.add_subcommand("unread", "What is addressed to me and unread");
  unread->callback([&suite] {
    regulation::ListUnreadExchangesRequest request;
    request.set_parent(suite.Parent());
    request.set_page_size(200);
    const auto page = suite.Ask<regulation::ListUnreadExchangesResponse>(
        base::Role::kOsnp, Exchanges(suite), &Stub::ListUnreadExchanges, request);
    if (suite.json()) return PrintJson(page);
    ShowTable(page.exchanges());
  });
  auto* show = group.add_subcommand("show", "One exchange with its receipts");
  auto shown = std::make_shared<regulation::GetCaseExchangeRequest>();
  show->add_option_function<std::string>(
          "exchange", [shown](const std::string& name) { shown->set_name(name); }, "Its name")
      ->required();
  show->callback([&suite, shown] {
    Show(suite, suite.Ask<CaseExchange>(base::Role::kRegulatorMg, Exchanges(suite),
                                        &Stub::GetCaseExchange, *shown));
  });
  auto* read = group.add_subcommand("read", "I have read it");
  auto marked = std::make_shared<regulation::MarkExchangeReadRequest>();
  read->add_option_function<std::string>(
          "exchange", [marked](const std::string& name) { marked->set_name(name); }, "Its name")
      ->required();
  read->callback([&suite, marked] {
    marked->set_request_id(suite.RequestId());
    Show(suite, suite.Ask<CaseExchange>(base::Role::kOsnp, Exchanges(suite),
                                        &Stub::MarkExchangeRead, *marked));
  });
}

void AddCall(CLI::App& group, Suite& suite) {
  auto* call = group.add_subcommand("call", "Starts a call: answers the number to dial");
  auto dossier = std::make_shared<std::string>();
  auto request = std::make_shared<regulation::StartCallRequest>();
  call->add_option("case", *dossier, "Dossier: its id or its whole name")->required();
  call->add_option_function<std::string>(
          "party",
          [request](const std::string& text) {
            request->set_party(ParseEnum<CaseExchange::Party>("PARTY_", text));
          },
          "patient or caller")
      ->required();
  call->add_option_function<std::string>(
      "--reason", [request](const std::string& text) { request->set_reason(text); },
      "Why a protected contact is called all the same");
  call->callback([&suite, dossier, request] {
    request->set_parent(suite.CaseName(*dossier));
    request->set_request_id(suite.RequestId());
    const auto started = suite.Ask<regulation::StartCallResponse>(
        base::Role::kOsnp, Exchanges(suite), &Stub::StartCall, *request);
    if (suite.json()) return PrintJson(started);
    std::cout << "tel:" << started.phone_number() << "\n";
    Show(suite, started.exchange());
  });
}

void AddMssState(CLI::App& group, Suite& suite) {
  auto* state = group.add_subcommand("mss-state", "What became of a secure message");
  auto request = std::make_shared<regulation::RecordMssanteStateRequest>();
  state
      ->add_option_function<std::string>(
          "exchange", [request](const std::string& name) { request->set_name(name); }, "Its name")
      ->required();
  state
      ->add_option_function<std::string>(
          "state",
          [request](const std::string& text) {
            request->set_state(ParseEnum<CaseExchange::State>("STATE_", text));
          },
          "sent, read or failed")
      ->required();
  state->callback([&suite, request] {
    request->set_request_id(suite.RequestId());
    Show(suite, suite.Ask<CaseExchange>(base::Role::kRegulatorMg, Exchanges(suite),
                                        &Stub::RecordMssanteState, *request));
  });
}

void AddExpertise(CLI::App& group, Suite& suite) {
  auto* ask = group.add_subcommand("expertise", "Asks a specialist through the platform");
  auto dossier = std::make_shared<std::string>();
  auto request = std::make_shared<regulation::RequestExpertiseRequest>();
  ask->add_option("case", *dossier, "Dossier: its id or its whole name")->required();
  ask->add_option_function<std::string>(
         "specialty", [request](const std::string& code) { request->set_specialty(code); },
         "Code of the specialty, for example SM15")
      ->required();
  ask->add_option_function<std::string>(
         "text", [request](const std::string& text) { request->set_text(text); }, "The question")
      ->required();
  ask->callback([&suite, dossier, request] {
    request->set_parent(suite.CaseName(*dossier));
    request->set_request_id(suite.RequestId());
    Show(suite, suite.Ask<CaseExchange>(base::Role::kRegulatorMg, Exchanges(suite),
                                        &Stub::RequestExpertise, *request));
  });
  auto* answer = group.add_subcommand("answer", "As the platform: attaches a result");
  auto result = std::make_shared<regulation::AttachExpertiseResultRequest>();
  answer
      ->add_option_function<std::string>(
          "case-ref", [result](const std::string& ref) { result->set_case_ref(ref); },
          "Reference of the request")
      ->required();
  answer
      ->add_option_function<std::string>(
          "result-id",
          [result](const std::string& id) { result->mutable_result()->set_result_id(id); },
          "The platform's number of the result")
      ->required();
  answer
      ->add_option_function<std::string>(
          "text", [result](const std::string& text) { result->mutable_result()->set_text(text); },
          "The answer")
      ->required();
  answer->callback([&suite, result] {
    result->set_parent(suite.Parent());
    result->set_request_id(suite.RequestId());
    const auto attached = suite.Ask<regulation::AttachExpertiseResultResponse>(
        base::Role::kPartner, Exchanges(suite), &Stub::AttachExpertiseResult, *result);
    if (suite.json()) return PrintJson(attached);
    std::cout << attached.case_ref() << ": " << attached.result_count() << " réponse(s)\n";
  });
}

}  // namespace

void AddExchangeCommands(CLI::App& app, Suite& suite) {
  auto* group = app.add_subcommand("exchange", "What is exchanged about a dossier");
  group->require_subcommand(1);
  AddWriting(*group, suite);
  AddReading(*group, suite);
  AddCall(*group, suite);
  AddMssState(*group, suite);
  AddExpertise(*group, suite);
}

}  // namespace sasctl
