#pragma once

#include "tools/sasctl/suite.h"

namespace sasctl {

/// `sasctl kpi`: the figures of a period, each with its definition.
void AddKpiCommands(CLI::App& app, Suite& suite);

}  // namespace sasctl
