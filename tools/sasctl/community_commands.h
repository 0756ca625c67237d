#pragma once

#include "tools/sasctl/suite.h"

namespace sasctl {

/// `order ask-community` and `order withdraw-demand`.
void AddDemandCommands(CLI::App& orders, Suite& suite);

/// `community …`: what communities are asked, and their answers.
void AddCommunityCommands(CLI::App& app, Suite& suite);

}  // namespace sasctl
