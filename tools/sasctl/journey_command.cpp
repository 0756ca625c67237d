#include <iostream>

#include "common/base/resource_name.h"
#include "sas/regulation/v1/exchange_service.grpc.pb.h"
#include "tools/sasctl/exchange_commands.h"
#include "tools/sasctl/print.h"

// sasctl case journey: what was done, where it stands, and who is responsible now.
namespace sasctl {
namespace {

using regulation::Journey;
using regulation::JourneyStep;
using Stub = regulation::ExchangeService::Stub;

std::string WhoText(const type::Actor& actor) {
  return Short(type::Role_Name(actor.role()), "ROLE_") + " " + actor.subject();
}

const char* SignOf(JourneyStep::State state) {
  if (state == JourneyStep::STATE_DONE) return "✔";
  return state == JourneyStep::STATE_NOW ? "▶" : "○";
}

void ShowSteps(const Journey& journey) {
  const JourneyStep* before = nullptr;
  for (const JourneyStep& step : journey.steps()) {
    if (before != nullptr) {
      const bool timed = before->has_time() && step.has_time();
      std::cout << "  │"
                << (timed ? "  " + Span(std::chrono::seconds(step.time().seconds() -
                                                             before->time().seconds()))
                          : "")
                << "\n";
    }
    std::cout << "  " << SignOf(step.state()) << " " << step.text();
    if (step.has_time()) std::cout << "  " << LocalTime(step.time());
    if (step.has_actor()) std::cout << "  " << WhoText(step.actor());
    std::cout << "\n";
    before = &step;
  }
}

void ShowResponsible(const Journey& journey) {
  if (!journey.has_responsible()) {
    std::cout << "  personne n’a plus rien à faire\n";
    return;
  }
  const auto& who = journey.responsible();
  std::cout << "  responsable : ";
  if (who.role() != type::ROLE_UNSPECIFIED) {
    std::cout << Short(type::Role_Name(who.role()), "ROLE_") << " ";
  }
  if (!who.subject().empty()) std::cout << who.subject() << " ";
  if (!who.structure().empty()) std::cout << "(" << who.structure() << ") ";
  std::cout << "depuis " << LocalTime(who.since_time());
  if (who.has_until_time()) std::cout << ", jusqu’à " << LocalTime(who.until_time());
  std::cout << "\n  à faire     : " << who.task() << "\n";
}

void Show(const Suite& suite, const Journey& journey) {
  if (suite.json()) return PrintJson(journey);
  std::cout << base::LastId(journey.regulation_case()) << "\n";
  ShowSteps(journey);
  ShowResponsible(journey);
  for (const auto& delay : journey.delays()) {
    std::cout << "  ! " << delay.text() << " (depuis " << LocalTime(delay.since_time()) << ")\n";
  }
  for (const auto& missing : journey.missing_information()) {
    std::cout << "  ? " << missing.text() << "\n";
  }
}

}  // namespace

void AddJourneyCommand(CLI::App& app, Suite& suite) {
  auto* group = app.add_subcommand("case", "A dossier: its way");
  group->require_subcommand(1);
  auto* journey = group->add_subcommand("journey", "Which step, and who is responsible now");
  auto dossier = std::make_shared<std::string>();
  journey->add_option("case", *dossier, "Dossier: its id or its whole name")->required();
  journey->callback([&suite, dossier] {
    regulation::GetJourneyRequest request;
    request.set_name(suite.CaseName(*dossier));
    Show(suite, suite.Ask<Journey>(base::Role::kRegulatorMg,
                                   regulation::ExchangeService::NewStub(
                                       suite.ChannelTo(suite.endpoints().regulation)),
                                   &Stub::GetJourney, request));
  });
}

}  // namespace sasctl
