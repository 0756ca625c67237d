#pragma once

#include "tools/sasctl/suite.h"

namespace sasctl {

/// `exchange …`: what is exchanged about a dossier.
void AddExchangeCommands(CLI::App& app, Suite& suite);
/// `case journey`: the way of a request as a diagram.
void AddJourneyCommand(CLI::App& app, Suite& suite);

}  // namespace sasctl
