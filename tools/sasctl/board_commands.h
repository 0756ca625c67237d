#pragma once

#include "tools/sasctl/suite.h"

namespace sasctl {

/// `sasctl board`: head counts of the room; `sasctl board watch`: its lines, live.
void AddBoardCommands(CLI::App& app, Suite& suite);

}  // namespace sasctl
