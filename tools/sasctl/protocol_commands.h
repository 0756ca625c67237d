#pragma once

#include <string>
#include <vector>

#include "tools/sasctl/suite.h"

namespace sasctl {

/// `protocol …`: the library of triage protocols.
void AddProtocolCommands(CLI::App& app, Suite& suite);
/// `call triage`.
void AddTriageCommand(CLI::App& call, Suite& suite);

/// Name of `85/fievre`, `85/fievre/1.0`, or of a whole name.
std::string ProtocolName(const Suite& suite, const std::string& text);
/// `QUESTION=ANSWER` of each: what the value is follows from the question.
void ReadAnswers(Suite& suite, const std::vector<std::string>& texts,
                 regulation::TriageRecord& record);
void ShowResult(const regulation::TriageResult& result);

}  // namespace sasctl
