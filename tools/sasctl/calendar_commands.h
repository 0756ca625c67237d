#pragma once

#include "tools/sasctl/suite.h"

namespace sasctl {

/// `calendar`, below `planning`.
void AddCalendarCommand(CLI::App& group, Suite& suite);

}  // namespace sasctl
