#pragma once

#include "tools/sasctl/suite.h"

namespace sasctl {

/// `sasctl report month`: what became of a month's appointments.
void AddReportCommands(CLI::App& app, Suite& suite);

}  // namespace sasctl
