#pragma once

#include <string>

#include "tools/sasctl/suite.h"

namespace sasctl {

/// How a dossier is fetched and shown, for every command about one.
regulation::RegulationCase GetDossier(Suite& suite, const std::string& text);
void ShowDossier(const Suite& suite, const regulation::RegulationCase& dossier);

/// "F 34 ans": never a name.
std::string Who(const regulation::RegulationCase& dossier);
/// "P2", or "à fixer" while nobody has set it.
std::string PriorityText(regulation::Priority priority);
/// Code and label.
std::string MotifText(const std::string& code);

/// `call decide` and `call order`.
void AddDecisionCommands(CLI::App& call, Suite& suite);

}  // namespace sasctl
