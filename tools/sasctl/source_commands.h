#pragma once

#include "tools/sasctl/suite.h"

namespace sasctl {

/// `partner connect` and `partner report`: a platform that is the master of its agendas.
void AddPartnerSideCommands(CLI::App& group, Suite& suite);

/// `partner platforms` and `partner limit`: what was agreed with platforms.
void AddPartnerRecordCommands(CLI::App& group, Suite& suite);

/// `source …`: what people do about appointments of such an agenda.
void AddSourceCommands(CLI::App& app, Suite& suite);

}  // namespace sasctl
