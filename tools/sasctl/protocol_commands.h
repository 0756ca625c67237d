#pragma once

#include "tools/sasctl/suite.h"

namespace sasctl {

/// `protocol …`: the library of triage protocols.
void AddProtocolCommands(CLI::App& app, Suite& suite);
/// `call triage`.
void AddTriageCommand(CLI::App& call, Suite& suite);

}  // namespace sasctl
