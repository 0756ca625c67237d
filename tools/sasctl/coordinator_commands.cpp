#include <iostream>

#include "common/base/resource_name.h"
#include "sas/regulation/v1/coordinator_service.grpc.pb.h"
#include "tools/sasctl/commands.h"
#include "tools/sasctl/print.h"

// sasctl coordinator …: whom to call. Telephone and e-mail are private.
namespace sasctl {
namespace {

using regulation::Coordinator;
using Stub = regulation::CoordinatorService::Stub;

std::unique_ptr<Stub> Coordinators(const Suite& suite) {
  return regulation::CoordinatorService::NewStub(suite.ChannelTo(suite.endpoints().regulation));
}

std::string NameOf(const Suite& suite, const std::string& text) {
  return text.find('/') != std::string::npos ? text : suite.Parent() + "/coordinators/" + text;
}

void Show(const Suite& suite, const Coordinator& row) {
  if (suite.json()) return PrintJson(row);
  std::cout << row.display_name() << "  "
            << Short(Coordinator::Function_Name(row.function()), "FUNCTION_") << "  "
            << row.territory() << " " << base::LastId(row.structure()) << "\n  "
            << (row.private_withheld() ? std::string("coordonnées réservées")
                                       : row.phone_number() + "  " + row.email_address())
            << (row.availability().empty() ? "" : "  (" + row.availability() + ")") << "\n  "
            << row.name() << "  " << row.etag() << "\n";
}

void AddPut(CLI::App& group, Suite& suite) {
  struct Options {
    std::string id;
    std::string function = "sas";
    std::string structure;
    Coordinator row;
  };

  auto* sub = group.add_subcommand("put", "Writes an entry");
  auto options = std::make_shared<Options>();
  const auto text = [&](const char* option, const char* help, auto set) {
    return sub->add_option_function<std::string>(
        option, [options, set](const std::string& value) { set(options->row, value); }, help);
  };
  sub->add_option("coordinator", options->id, "Its id, for example sas-85")->required();
  sub->add_option("--function", options->function, "sas, cpts, structure, pdsa or authority");
  sub->add_option("--structure", options->structure, "Structure: its id or its whole name");
  text("--name", "How people call the person or the office", [](auto& row, const auto& value) {
    row.set_display_name(value);
  })->required();
  text("--phone", "E.164; private",
       [](auto& row, const auto& value) { row.set_phone_number(value); });
  text("--email", "Private", [](auto& row, const auto& value) { row.set_email_address(value); });
  text("--when", "When to call", [](auto& row, const auto& value) { row.set_availability(value); });
  text("--etag", "Version that it replaces",
       [](auto& row, const auto& value) { row.set_etag(value); });
  sub->callback([&suite, options] {
    regulation::PutCoordinatorRequest request;
    Coordinator& row = *request.mutable_coordinator();
    row = options->row;
    row.set_name(NameOf(suite, options->id));
    row.set_territory(suite.territory());
    row.set_function(ParseEnum<Coordinator::Function>("FUNCTION_", options->function));
    if (!options->structure.empty()) {
      const bool whole = options->structure.find('/') != std::string::npos;
      row.set_structure(whole ? options->structure
                              : suite.Parent() + "/structures/" + options->structure);
    }
    request.set_request_id(suite.RequestId());
    Show(suite, suite.Ask<Coordinator>(base::Role::kPlanner, Coordinators(suite),
                                       &Stub::PutCoordinator, request));
  });
}

void AddRemove(CLI::App& group, Suite& suite) {
  auto* sub = group.add_subcommand("remove", "Takes an entry out");
  auto id = std::make_shared<std::string>();
  auto etag = std::make_shared<std::string>();
  sub->add_option("coordinator", *id, "Its id")->required();
  sub->add_option("--etag", *etag, "Version")->required();
  sub->callback([&suite, id, etag] {
    regulation::RemoveCoordinatorRequest request;
    request.set_name(NameOf(suite, *id));
    request.set_etag(*etag);
    request.set_request_id(suite.RequestId());
    Show(suite, suite.Ask<Coordinator>(base::Role::kPlanner, Coordinators(suite),
                                       &Stub::RemoveCoordinator, request));
  });
}

void AddReads(CLI::App& group, Suite& suite) {
  auto* show = group.add_subcommand("show", "One entry");
  auto id = std::make_shared<std::string>();
  show->add_option("coordinator", *id, "Its id")->required();
  show->callback([&suite, id] {
    regulation::GetCoordinatorRequest request;
    request.set_name(NameOf(suite, *id));
    Show(suite, suite.Ask<Coordinator>(base::Role::kRegulatorMg, Coordinators(suite),
                                       &Stub::GetCoordinator, request));
  });
  auto* list = group.add_subcommand("list", "The directory of --territory");
  list->callback([&suite] {
    regulation::ListCoordinatorsRequest request;
    request.set_parent(suite.Parent());
    request.set_territory(suite.territory());
    request.set_page_size(200);
    const auto page = suite.Ask<regulation::ListCoordinatorsResponse>(
        base::Role::kRegulatorMg, Coordinators(suite), &Stub::ListCoordinators, request);
    if (suite.json()) return PrintJson(page);
    for (const Coordinator& row : page.coordinators()) Show(suite, row);
  });
}

}  // namespace

void AddCoordinatorCommands(CLI::App& app, Suite& suite) {
  auto* group = app.add_subcommand("coordinator", "Whom to call");
  group->require_subcommand(1);
  AddPut(*group, suite);
  AddRemove(*group, suite);
  AddReads(*group, suite);
}

}  // namespace sasctl
