#pragma once

#include "tools/sasctl/suite.h"

namespace sasctl {

/// `sasctl csnp …`: a CSNP's named agenda and worklist, and who waits on it.
void AddTemplateCommands(CLI::App& app, Suite& suite);

}  // namespace sasctl
