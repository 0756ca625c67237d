#pragma once

#include <functional>
#include <memory>
#include <string>

#include "tools/sasctl/dossier.h"

namespace sasctl {

/// A command on one dossier: its name, then what `options` put into the request.
template <typename Request>
void AddAct(CLI::App& call, Suite& suite, const std::string& command, const std::string& help,
            base::Role role,
            grpc::Status (regulation::RegulationService::Stub::*method)(
                grpc::ClientContext*, const Request&, regulation::RegulationCase*),
            std::function<void(CLI::App&, std::shared_ptr<Request>)> options = {}) {
  auto* sub = call.add_subcommand(command, help);
  auto name = std::make_shared<std::string>();
  auto request = std::make_shared<Request>();
  sub->add_option("case", *name, "Dossier: its id or its whole name")->required();
  if (options) options(*sub, request);
  sub->callback([&suite, name, request, role, method] {
    request->set_name(suite.CaseName(*name));
    request->set_request_id(suite.RequestId());
    ShowDossier(suite,
                suite.Ask<regulation::RegulationCase>(role, suite.Regulation(), method, *request));
  });
}

}  // namespace sasctl
