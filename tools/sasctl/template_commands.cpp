#include "tools/sasctl/template_commands.h"

#include <google/protobuf/util/json_util.h>

#include <fstream>
#include <iostream>
#include <sstream>

#include "sas/booking/v1/worklist_service.grpc.pb.h"
#include "sas/slots/v1/template_service.grpc.pb.h"
#include "tools/sasctl/print.h"

// sasctl csnp …: one template makes a CSNP's agenda and its worklist.
namespace sasctl {
namespace {

using booking::WorklistService;
using slots::TemplateService;

constexpr char kStandardList[] = "soins-non-programmes";

slots::CsnpTemplate ReadTemplate(const std::string& path) {
  std::ifstream file(path);
  if (!file) Suite::Usage("cannot read " + path);
  std::stringstream text;
  text << file.rdbuf();
  slots::CsnpTemplate read;
  const auto status = google::protobuf::util::JsonStringToMessage(text.str(), &read);
  if (!status.ok()) Suite::Usage(path + " is no template: " + std::string(status.message()));
  return read;
}

std::string Below(const Suite& suite, const std::string& collection, const std::string& text) {
  return text.find('/') == std::string::npos ? suite.Parent() + "/" + collection + "/" + text
                                             : text;
}

/// `SITE`, `SITE/LIST` or the whole name.
std::string WorklistName(const Suite& suite, const std::string& text) {
  if (text.rfind("regions/", 0) == 0) return text;
  const std::size_t slash = text.find('/');
  const std::string list =
      slash == std::string::npos ? std::string(kStandardList) : text.substr(slash + 1);
  return suite.Parent() + "/sites/" + text.substr(0, slash) + "/worklists/" + list;
}

std::unique_ptr<TemplateService::Stub> Templates(const Suite& suite) {
  return TemplateService::NewStub(suite.ChannelTo(suite.endpoints().slots));
}

struct OpenOptions {
  std::string site, file, practitioner, from;
};

void AddOpen(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("open",
                                   "Makes the agenda and the worklist of a CSNP: both or "
                                   "neither");
  auto options = std::make_shared<OpenOptions>();
  sub->add_option("site", options->site, "Site, a CSNP")->required();
  sub->add_option("--template", options->file, "JSON as in deploy/demo/templates")->required();
  sub->add_option("--practitioner", options->practitioner,
                  "Who holds the sessions; without: à pourvoir");
  sub->add_option("--from", options->from, "First day, YYYY-MM-DD; without: today");
  sub->callback([&suite, options] {
    slots::ApplyTemplateRequest request;
    request.set_parent(Below(suite, "sites", options->site));
    *request.mutable_csnp_template() = ReadTemplate(options->file);
    request.set_effective_start_date(options->from);
    if (!options->practitioner.empty()) {
      request.set_practitioner(Below(suite, "practitioners", options->practitioner));
    }
    request.set_request_id(suite.RequestId());
    const auto made = suite.Ask<slots::ApplyTemplateResponse>(
        base::Role::kPlanner, Templates(suite), &TemplateService::Stub::ApplyTemplate, request);
    if (suite.json()) return PrintJson(made);
    std::cout << made.agenda().display_name() << "\n  " << made.agenda().name() << "\n  "
              << made.session_plans_size() << " plages, " << made.bookable_slot_count()
              << " créneaux à réserver\n"
              << made.worklist().display_name() << "\n  " << made.worklist().name() << "\n";
    for (const std::string& code : made.notice_codes()) std::cout << "  ! " << code << "\n";
    PrintPilotWeeks(made.full_pilot_weeks());
  });
}

void AddList(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("list", "Named worklists and their agendas");
  auto request = std::make_shared<slots::ListWorklistsRequest>();
  auto all = std::make_shared<bool>(false);
  sub->add_flag("--all", *all, "All territories of the region, not only --territory");
  sub->callback([&suite, request, all] {
    request->set_parent(suite.Parent() + "/sites/-");
    request->set_page_size(200);
    if (!*all) request->set_territory(suite.territory());
    const auto page = suite.Ask<slots::ListWorklistsResponse>(
        base::Role::kPlanner, Templates(suite), &TemplateService::Stub::ListWorklists, *request);
    if (suite.json()) return PrintJson(page);
    Table table({"FILE ACTIVE", "NOM", "AGENDA", "MODÈLE"});
    for (const slots::Worklist& each : page.worklists()) {
      table.Row({each.name(), each.display_name(), each.agenda(),
                 each.template_id() + "/" + std::to_string(each.template_version())});
    }
    table.Print();
  });
}

void PrintWaiting(const Suite& suite, const booking::ListWorklistOrdersResponse& page) {
  std::cout << page.display_name() << ": " << page.waiting_count() << "\n";
  Table table({"COMMANDE", "ÉCHÉANCE", "MOTIF", "ÂGE", "COMMUNE", "KM", "PRISE", "ON DEMANDE À"});
  for (const booking::WorklistOrder& each : page.worklist_orders()) {
    table.Row({each.care_order(), Span(Until(suite, each.due_time())), each.motif_code(),
               AgeText(each.age()), each.insee_code(),
               std::to_string(each.distance_meters() / 1000), each.claimed() ? "oui" : "",
               each.community_asked()         ? "communauté"
               : each.treating_doctor_asked() ? "médecin traitant"
                                              : ""});
  }
  if (!table.empty()) table.Print();
  for (const booking::WorklistLeftOut& each : page.left_out()) {
    std::cout << "  écartées, " << each.reason_code() << ": " << each.order_count() << "\n";
  }
  if (page.truncated()) std::cout << "  ! liste tronquée : voir toutes les commandes\n";
}

void AddWaiting(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("waiting",
                                   "Who waits on a worklist, in the order of the file "
                                   "active");
  auto list = std::make_shared<std::string>();
  sub->add_option("worklist", *list, "SITE, SITE/LIST or the whole name")->required();
  sub->callback([&suite, list] {
    booking::ListWorklistOrdersRequest request;
    request.set_parent(WorklistName(suite, *list));
    request.set_page_size(200);
    const auto stub = WorklistService::NewStub(suite.ChannelTo(suite.endpoints().booking));
    const auto page = suite.Ask<booking::ListWorklistOrdersResponse>(
        base::Role::kOsnp, stub, &WorklistService::Stub::ListWorklistOrders, request);
    if (suite.json()) return PrintJson(page);
    PrintWaiting(suite, page);
  });
}

}  // namespace

void AddTemplateCommands(CLI::App& app, Suite& suite) {
  auto* group = app.add_subcommand("csnp", "A CSNP's named agenda and worklist");
  group->require_subcommand(1);
  AddOpen(*group, suite);
  AddList(*group, suite);
  AddWaiting(*group, suite);
}

}  // namespace sasctl
