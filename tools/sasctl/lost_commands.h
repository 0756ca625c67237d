#pragma once

#include "tools/sasctl/suite.h"

namespace sasctl {

/// lost list | claim | record | hang-up | called | end
void AddLostCommands(CLI::App& app, Suite& suite);

}  // namespace sasctl
