#include <iostream>

#include "common/base/resource_name.h"
#include "tools/sasctl/commune.h"
#include "tools/sasctl/dossier_act.h"
#include "tools/sasctl/print.h"

// sasctl call candidates, detach, link, unlink: calls of one dossier, dossiers of one event.
namespace sasctl {
namespace {

using Stub = regulation::RegulationService::Stub;
using regulation::RepeatCandidate;

// A server may be newer than this: an unknown value is said as such.
std::string WordsOf(RepeatCandidate::Match match) {
  switch (match) {
    case RepeatCandidate::MATCH_SAME_NUMBER:
      return "même numéro";
    case RepeatCandidate::MATCH_NEAR:
      return "tout près, à l'instant";
    case RepeatCandidate::MATCH_SAME_COMMUNE:
      return "même commune, à l'instant";
    case RepeatCandidate::MATCH_SAME_MOTIF:
      return "même motif";
    default:
      return Short(RepeatCandidate::Match_Name(match), "MATCH_");
  }
}

std::string MatchText(const RepeatCandidate& candidate) {
  std::string text;
  for (const int match : candidate.matches()) {
    text += (text.empty() ? "" : ", ") + WordsOf(static_cast<RepeatCandidate::Match>(match));
  }
  if (candidate.distance_meters() > 0) {
    text += " (" + std::to_string(candidate.distance_meters()) + " m)";
  }
  return text;
}

// Who works the order: a call makes it worth a second look.
std::string OrderText(const RepeatCandidate& candidate) {
  if (!candidate.has_open_order()) return "";
  const regulation::CareOrder& order = candidate.open_order();
  const std::string state = Short(regulation::CareOrder::State_Name(order.state()), "STATE_");
  return order.has_claim() ? state + ", " + order.claim().owner().subject() : state;
}

void AddCandidates(CLI::App& call, Suite& suite) {
  auto* sub = call.add_subcommand("candidates", "Dossiers to which a call may belong");
  auto request = std::make_shared<regulation::SearchRepeatCandidatesRequest>();
  auto commune = std::make_shared<std::string>();
  auto except = std::make_shared<std::string>();
  sub->add_option_function<std::string>(
      "--phone", [request](const std::string& text) { request->set_phone_number(text); },
      "Number that calls, +33…");
  sub->add_option("--commune", *commune, "Where the patient is, by name or INSEE code");
  sub->add_option_function<std::vector<double>>(
         "--point",
         [request](const std::vector<double>& degrees) {
           request->mutable_point()->set_latitude_degrees(degrees[0]);
           request->mutable_point()->set_longitude_degrees(degrees[1]);
         },
         "Latitude and longitude")
      ->expected(2);
  sub->add_option_function<std::string>(
      "--motif", [request](const std::string& text) { request->set_motif_code(text); },
      "Ranks; proposes nothing by itself");
  sub->add_option("--except", *except, "Dossier on the screen, which is left out");
  sub->callback([&suite, request, commune, except] {
    request->set_parent(suite.Parent());
    if (!commune->empty()) request->set_insee_code(FindCommune(suite, *commune).insee_code());
    if (!except->empty()) request->set_except(suite.CaseName(*except));
    const auto found = suite.Ask<regulation::SearchRepeatCandidatesResponse>(
        base::Role::kArm, suite.Regulation(), &Stub::SearchRepeatCandidates, *request);
    if (suite.json()) return PrintJson(found);
    Table table({"PRIO", "DERNIER APPEL", "APPELS", "MOTIF", "POURQUOI", "COMMANDE", "DOSSIER"});
    for (const RepeatCandidate& each : found.candidates()) {
      table.Row({PriorityText(each.priority()), LocalTime(each.last_call_time()),
                 std::to_string(each.call_count()), MotifText(each.motif_code()), MatchText(each),
                 OrderText(each), std::string(base::LastId(each.regulation_case()))});
    }
    if (table.empty()) {
      std::cout << "no dossier is like this call\n";
    } else {
      table.Print();
    }
  });
}

void AddDetach(CLI::App& call, Suite& suite) {
  auto* sub =
      call.add_subcommand("detach", "A call was attached by mistake: opens its own dossier");
  auto name = std::make_shared<std::string>();
  auto request = std::make_shared<regulation::DetachCallRequest>();
  sub->add_option("case", *name, "Dossier: its id or its whole name")->required();
  sub->add_option_function<std::string>(
         "call", [request](const std::string& text) { request->set_call_id(text); },
         "call_id of one of its further calls")
      ->required();
  sub->add_option_function<std::string>(
         "reason", [request](const std::string& text) { request->set_reason(text); }, "Why")
      ->required();
  sub->add_option_function<std::string>(
      "--etag", [request](const std::string& text) { request->set_etag(text); },
      "Version on your screen");
  sub->callback([&suite, name, request] {
    request->set_name(suite.CaseName(*name));
    request->set_request_id(suite.RequestId());
    const auto detached = suite.Ask<regulation::DetachCallResponse>(
        base::Role::kArm, suite.Regulation(), &Stub::DetachCall, *request);
    if (suite.json()) return PrintJson(detached);
    ShowDossier(suite, detached.regulation_case());
    ShowDossier(suite, detached.detached_case());
  });
}

}  // namespace

void AddRepeatCommands(CLI::App& call, Suite& suite) {
  AddAct<regulation::LinkRegulationCasesRequest>(
      call, suite, "link", "Two dossiers are of one event", base::Role::kArm,
      &Stub::LinkRegulationCases, [&suite](CLI::App& sub, auto request) {
        sub.add_option_function<std::string>(
               "other",
               [&suite, request](const std::string& id) { request->set_other(suite.CaseName(id)); },
               "The other dossier")
            ->required();
        sub.add_option_function<std::string>(
            "--reason", [request](const std::string& why) { request->set_reason(why); }, "Why");
      });
  AddAct<regulation::UnlinkRegulationCaseRequest>(
      call, suite, "unlink", "The dossier is of another event", base::Role::kArm,
      &Stub::UnlinkRegulationCase, [](CLI::App& sub, auto request) {
        sub.add_option_function<std::string>(
               "reason", [request](const std::string& why) { request->set_reason(why); }, "Why")
            ->required();
      });
  AddCandidates(call, suite);
  AddDetach(call, suite);
}

}  // namespace sasctl
