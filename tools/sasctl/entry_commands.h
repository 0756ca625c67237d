#pragma once

#include "tools/sasctl/suite.h"

namespace sasctl {

/// `entry …`: requests without regulation, the file active, and patients sent elsewhere.
void AddEntryCommands(CLI::App& app, Suite& suite);

}  // namespace sasctl
