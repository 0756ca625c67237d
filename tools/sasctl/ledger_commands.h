#pragma once

#include "tools/sasctl/suite.h"

namespace sasctl {

/// `sasctl ledger …`: needs no running suite.
void AddLedgerCommands(CLI::App& app, Suite& suite);

}  // namespace sasctl
