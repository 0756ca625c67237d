#include <iostream>

#include "common/base/resource_name.h"
#include "sas/regulation/v1/neighbour_service.grpc.pb.h"
#include "tools/sasctl/commands.h"
#include "tools/sasctl/dossier.h"
#include "tools/sasctl/print.h"

// sasctl neighbour …: dossiers between SAS territories, and conventions of help.
namespace sasctl {
namespace {

using regulation::CaseOffer;
using regulation::NeighbourConvention;
using regulation::RegulationCase;
using Stub = regulation::NeighbourService::Stub;

std::unique_ptr<Stub> Neighbours(const Suite& suite) {
  return regulation::NeighbourService::NewStub(suite.ChannelTo(suite.endpoints().regulation));
}

std::string ConventionName(const Suite& suite, const std::string& text) {
  return text.find('/') != std::string::npos ? text : suite.Parent() + "/conventions/" + text;
}

void AddOffer(CLI::App& group, Suite& suite) {
  struct Options {
    std::string dossier;
    std::string to;
    std::string reason;
    bool unstaffed = false;
  };

  auto* sub = group.add_subcommand("offer", "Offers a dossier to another territory");
  auto options = std::make_shared<Options>();
  sub->add_option("dossier", options->dossier, "Dossier")->required();
  sub->add_option("to", options->to, "SAS territory that is asked, for example 44")->required();
  sub->add_option("--reason", options->reason, "Why")->required();
  sub->add_flag("--unstaffed", options->unstaffed, "Nobody is on shift there; they were called");
  sub->callback([&suite, options] {
    regulation::OfferCaseRequest request;
    request.set_name(suite.CaseName(options->dossier));
    request.set_to_territory(options->to);
    request.set_reason(options->reason);
    request.set_unstaffed_confirmed(options->unstaffed);
    request.set_request_id(suite.RequestId());
    ShowDossier(suite, suite.Ask<RegulationCase>(base::Role::kRegulatorMg, Neighbours(suite),
                                                 &Stub::OfferCase, request));
  });
}

void AddAnswers(CLI::App& group, Suite& suite) {
  auto dossier = std::make_shared<std::string>();
  auto reason = std::make_shared<std::string>();
  auto take = std::make_shared<bool>(false);
  auto* accept = group.add_subcommand("accept", "Takes a dossier over");
  accept->add_option("dossier", *dossier, "Dossier")->required();
  accept->add_flag("--claim", *take, "Also takes it in hand");
  accept->callback([&suite, dossier, take] {
    regulation::AcceptCaseRequest request;
    request.set_name(suite.CaseName(*dossier));
    request.set_claim(*take);
    request.set_request_id(suite.RequestId());
    ShowDossier(suite, suite.Ask<RegulationCase>(base::Role::kRegulatorMg, Neighbours(suite),
                                                 &Stub::AcceptCase, request));
  });
  auto* decline = group.add_subcommand("decline", "Says no");
  decline->add_option("dossier", *dossier, "Dossier")->required();
  decline->add_option("--reason", *reason, "Why; required for P0, P1 and without priority");
  decline->callback([&suite, dossier, reason] {
    regulation::DeclineCaseRequest request;
    request.set_name(suite.CaseName(*dossier));
    request.set_reason(*reason);
    request.set_request_id(suite.RequestId());
    const auto offer = suite.Ask<CaseOffer>(base::Role::kRegulatorMg, Neighbours(suite),
                                            &Stub::DeclineCase, request);
    if (suite.json()) return PrintJson(offer);
    std::cout << "refusé ; le dossier reste au SAS " << offer.handover().from_territory() << "\n";
  });
  auto* withdraw = group.add_subcommand("withdraw", "Takes an offer back");
  withdraw->add_option("dossier", *dossier, "Dossier")->required();
  withdraw->callback([&suite, dossier] {
    regulation::WithdrawOfferRequest request;
    request.set_name(suite.CaseName(*dossier));
    request.set_request_id(suite.RequestId());
    ShowDossier(suite, suite.Ask<RegulationCase>(base::Role::kRegulatorMg, Neighbours(suite),
                                                 &Stub::WithdrawOffer, request));
  });
}

void AddOffers(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("offers", "Offers without an answer, soonest alarm first");
  sub->callback([&suite] {
    regulation::ListOffersRequest request;
    request.set_parent(suite.Parent());
    request.set_territory(suite.territory());
    request.set_page_size(200);
    const auto page = suite.Ask<regulation::ListOffersResponse>(
        base::Role::kRegulatorMg, Neighbours(suite), &Stub::ListOffers, request);
    if (suite.json()) return PrintJson(page);
    Table table({"ALARME", "PRIORITÉ", "DE", "À", "MOTIF", "DOSSIER"});
    for (const CaseOffer& offer : page.offers()) {
      table.Row({Span(Until(suite, offer.handover().alarm_time())), PriorityText(offer.priority()),
                 offer.handover().from_territory(), offer.handover().to_territory(),
                 MotifText(offer.motif_code()),
                 std::string(base::LastId(offer.regulation_case()))});
    }
    table.Print();
  });
}

void ShowConvention(const Suite& suite, const NeighbourConvention& convention) {
  if (suite.json()) return PrintJson(convention);
  std::cout << convention.helping_territory() << " aide " << convention.host_territory() << "  "
            << Short(NeighbourConvention::Hours_Name(convention.hours()), "HOURS_") << "  "
            << (convention.in_force() ? "en vigueur maintenant" : "pas maintenant") << ", du "
            << LocalTime(convention.start_time()) << " au " << LocalTime(convention.end_time())
            << "\n  " << convention.name() << "  " << convention.etag() << "\n";
}

void AddConvention(CLI::App& group, Suite& suite) {
  struct Options {
    std::string id;
    std::string helper;
    std::string hours = "pdsa";
    std::string from;
    std::string to;
    std::string reference;
    std::string etag;
  };

  auto* sub = group.add_subcommand("agree", "Writes a convention: who may help in --territory");
  auto options = std::make_shared<Options>();
  sub->add_option("convention", options->id, "Its id, for example pdsa-85-44")->required();
  sub->add_option("helper", options->helper, "SAS territory that helps")->required();
  sub->add_option("--hours", options->hours, "always, pdsa or sas");
  sub->add_option("--from", options->from, "YYYY-MM-DDTHH:MM in Paris")->required();
  sub->add_option("--to", options->to, "YYYY-MM-DDTHH:MM in Paris")->required();
  sub->add_option("--reference", options->reference, "What was signed")->required();
  sub->add_option("--etag", options->etag, "Version that it replaces");
  sub->callback([&suite, options] {
    regulation::PutConventionRequest request;
    NeighbourConvention& row = *request.mutable_convention();
    row.set_name(ConventionName(suite, options->id));
    row.set_host_territory(suite.territory());
    row.set_helping_territory(options->helper);
    row.set_hours(ParseEnum<NeighbourConvention::Hours>("HOURS_", options->hours));
    *row.mutable_start_time() = ParseLocal(options->from);
    *row.mutable_end_time() = ParseLocal(options->to);
    row.set_reference(options->reference);
    row.set_etag(options->etag);
    request.set_request_id(suite.RequestId());
    ShowConvention(suite, suite.Ask<NeighbourConvention>(base::Role::kSupervisor, Neighbours(suite),
                                                         &Stub::PutConvention, request));
  });
}

void AddConventions(CLI::App& group, Suite& suite) {
  auto* list = group.add_subcommand("conventions", "Who may help whom");
  list->callback([&suite] {
    regulation::ListConventionsRequest request;
    request.set_parent(suite.Parent());
    request.set_page_size(200);
    const auto page = suite.Ask<regulation::ListConventionsResponse>(
        base::Role::kSupervisor, Neighbours(suite), &Stub::ListConventions, request);
    if (suite.json()) return PrintJson(page);
    for (const auto& convention : page.conventions()) ShowConvention(suite, convention);
  });
  auto* end = group.add_subcommand("end", "Ends a convention now");
  auto id = std::make_shared<std::string>();
  auto etag = std::make_shared<std::string>();
  end->add_option("convention", *id, "Its id")->required();
  end->add_option("--etag", *etag, "Version")->required();
  end->callback([&suite, id, etag] {
    regulation::EndConventionRequest request;
    request.set_name(ConventionName(suite, *id));
    request.set_etag(*etag);
    request.set_request_id(suite.RequestId());
    ShowConvention(suite, suite.Ask<NeighbourConvention>(base::Role::kSupervisor, Neighbours(suite),
                                                         &Stub::EndConvention, request));
  });
}

}  // namespace

void AddNeighbourCommands(CLI::App& app, Suite& suite) {
  auto* group = app.add_subcommand("neighbour", "Dossiers and help between SAS territories");
  group->require_subcommand(1);
  AddOffer(*group, suite);
  AddAnswers(*group, suite);
  AddOffers(*group, suite);
  AddConvention(*group, suite);
  AddConventions(*group, suite);
}

}  // namespace sasctl
