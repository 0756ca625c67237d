#pragma once

#include "tools/sasctl/suite.h"

namespace sasctl {

/// `task …`: tasks between the CRRA and the practices, and the secretary's checklist.
void AddTaskCommands(CLI::App& app, Suite& suite);

}  // namespace sasctl
