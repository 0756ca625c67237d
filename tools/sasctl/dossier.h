#pragma once

#include <string>
#include <vector>

#include "tools/sasctl/suite.h"

namespace sasctl {

/// How a dossier is fetched and shown, for every command about one.
regulation::RegulationCase GetDossier(Suite& suite, const std::string& text);
void ShowDossier(const Suite& suite, const regulation::RegulationCase& dossier);

/// How an order is shown.
void ShowOrder(const Suite& suite, const regulation::CareOrder& order);

/// Options that describe a new dossier, for every command that opens one.
struct OpenOptions {
  std::string motif = "M07.00", age, sex, commune, address, entry = "line_15", caller = "SUJET";
  std::string phone, callback, mobility, family, given, treating_rpps, treating_address, email;
  std::string dialled, ringing;
  std::vector<double> address_point, telephone;
  bool no_treating_doctor = false, protected_contact = false, no_messages = false;
  std::string starts_in;
  bool outside = false;

  void AddTo(CLI::App& app);
  regulation::RegulationCase Opened(Suite& suite) const;
};

/// "F 34 ans": never a name.
std::string Who(const regulation::RegulationCase& dossier);
/// "P2", or "à fixer" while nobody has set it.
std::string PriorityText(regulation::Priority priority);
/// Code and label.
std::string MotifText(const std::string& code);

/// `call show` and `call history`.
void AddCaseHistoryCommands(CLI::App& call, Suite& suite);

/// `call candidates`, `call detach`, `call link` and `call unlink`.
void AddRepeatCommands(CLI::App& call, Suite& suite);

/// `call reflex`, `call reflex-seen`, `call mission` and `call bilan`.
void AddMissionCommands(CLI::App& call, Suite& suite);

/// `call announce`, `call ringing`, `call pickup` and `call hangup`.
void AddPickupCommands(CLI::App& call, Suite& suite);
/// A ringing call by its id or its whole name.
std::string WaitingName(const Suite& suite, const std::string& text);

/// `call decide` and `call order`.
void AddDecisionCommands(CLI::App& call, Suite& suite);

}  // namespace sasctl
