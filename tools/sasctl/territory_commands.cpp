#include <google/protobuf/util/json_util.h>

#include <fstream>
#include <iostream>
#include <sstream>

#include "common/base/resource_name.h"
#include "tools/sasctl/print.h"

// sasctl territory …: what a territory offers.
namespace sasctl {
namespace {

using Stub = slots::DirectoryService::Stub;

slots::Territory ReadTerritory(const std::string& path) {
  std::ifstream file(path);
  if (!file) Suite::Usage("cannot read " + path);
  std::stringstream text;
  text << file.rdbuf();
  slots::Territory territory;
  const auto status = google::protobuf::util::JsonStringToMessage(text.str(), &territory);
  if (!status.ok()) Suite::Usage(path + " is no territory: " + std::string(status.message()));
  return territory;
}

void AddLoad(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("load", "Loads a territory file, all or nothing");
  auto path = std::make_shared<std::string>();
  auto check = std::make_shared<bool>(false);
  sub->add_option("file", *path, "JSON as in deploy/demo")->required();
  sub->add_flag("--check", *check, "Only check: nothing is written");
  sub->callback([&suite, path, check] {
    slots::ImportTerritoryRequest request;
    request.set_parent(suite.Parent());
    *request.mutable_territory() = ReadTerritory(*path);
    request.set_validate_only(*check);
    request.set_request_id(suite.RequestId());
    const auto done = suite.Ask<slots::ImportTerritoryResponse>(
        base::Role::kPlanner, suite.Directory(), &Stub::ImportTerritory, request);
    if (suite.json()) return PrintJson(done);
    std::cout << request.territory().display_name() << ": " << done.site_count() << " sites, "
              << done.practitioner_count() << " practitioners, " << done.session_plan_count()
              << " plans, " << done.slot_count() << " slots, " << done.commune_count()
              << " communes\n";
    for (const std::string& warning : done.warnings()) std::cout << "  ! " << warning << "\n";
  });
}

void AddSites(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("sites", "Lists the sites");
  sub->callback([&suite] {
    slots::ListSitesRequest request;
    request.set_parent(suite.Parent());
    request.set_page_size(200);
    const auto page = suite.Ask<slots::ListSitesResponse>(base::Role::kPlanner, suite.Directory(),
                                                          &Stub::ListSites, request);
    if (suite.json()) return PrintJson(page);
    Table table({"SITE", "GENRE", "COMMUNE", "TERRITOIRES", "NOM"});
    for (const slots::Site& site : page.sites()) {
      std::string territories;
      for (const std::string& code : site.territories()) territories += code + " ";
      table.Row({std::string(base::LastId(site.name())),
                 Short(slots::Structure::Kind_Name(site.kind()), "KIND_"), site.place().commune(),
                 territories, site.display_name()});
    }
    table.Print();
  });
}

}  // namespace

void AddTerritoryCommands(CLI::App& app, Suite& suite) {
  auto* group = app.add_subcommand("territory", "Sites, practitioners and plans");
  group->require_subcommand(1);
  AddLoad(*group, suite);
  AddSites(*group, suite);
}

}  // namespace sasctl
