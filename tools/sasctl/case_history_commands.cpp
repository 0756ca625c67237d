#include <iostream>

#include "tools/sasctl/dossier.h"
#include "tools/sasctl/print.h"

// sasctl call show, call history: a dossier, and what was done on it.
namespace sasctl {
namespace {

using Stub = regulation::RegulationService::Stub;
using regulation::CaseHistoryEntry;
using regulation::FieldChange;
using regulation::ReadReason;

// A command on a dossier whose contact may be protected.
template <typename Request>
CLI::App* AddReader(CLI::App& call, const std::string& command, const std::string& help,
                    std::shared_ptr<std::string> dossier, std::shared_ptr<Request> request) {
  auto* sub = call.add_subcommand(command, help);
  sub->add_option("case", *dossier, "Dossier: its id or its whole name")->required();
  sub->add_option_function<std::string>(
      "--why",
      [request](const std::string& text) {
        request->set_read_reason(ParseEnum<ReadReason>("READ_REASON_", text));
      },
      "Why a protected contact is read: on_the_line, care, review or legal");
  return sub;
}

std::string ChangeText(const FieldChange& change) {
  if (change.sealed()) return change.field() + ": (contact protégé)";
  const auto shown = [](const std::string& value) { return value.empty() ? "–" : value; };
  return change.field() + ": " + shown(change.before()) + " → " + shown(change.after());
}

std::string ActText(const CaseHistoryEntry& entry) {
  if (entry.read_reason() == regulation::READ_REASON_UNSPECIFIED) return entry.act();
  return entry.act() + " (" + Short(ReadReason_Name(entry.read_reason()), "READ_REASON_") + ")";
}

void ShowHistory(Suite& suite, regulation::ListCaseHistoryRequest request) {
  request.set_page_size(200);
  Table table({"QUAND", "QUI", "ACTE", "DÉTAIL"});
  do {
    const auto page = suite.Ask<regulation::ListCaseHistoryResponse>(
        base::Role::kSupervisor, suite.Regulation(), &Stub::ListCaseHistory, request);
    for (const CaseHistoryEntry& entry : page.entries()) {
      if (suite.json()) PrintJson(entry);
      table.Row({LocalTime(entry.record_time()), entry.actor().subject(), ActText(entry),
                 entry.detail()});
      for (const FieldChange& change : entry.changes()) {
        table.Row({"", "", "", ChangeText(change)});
      }
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  if (!suite.json()) table.Print();
}

}  // namespace

void AddCaseHistoryCommands(CLI::App& call, Suite& suite) {
  auto dossier = std::make_shared<std::string>();
  auto get = std::make_shared<regulation::GetRegulationCaseRequest>();
  AddReader(call, "show", "Shows a dossier", dossier, get)->callback([&suite, dossier, get] {
    get->set_name(suite.CaseName(*dossier));
    ShowDossier(suite, suite.Ask<regulation::RegulationCase>(base::Role::kArm, suite.Regulation(),
                                                             &Stub::GetRegulationCase, *get));
  });
  auto list = std::make_shared<regulation::ListCaseHistoryRequest>();
  AddReader(call, "history",
            "Who changed what of a dossier, and who read a protected contact; with --json one line "
            "for each entry",
            dossier, list)
      ->callback([&suite, dossier, list] {
        list->set_parent(suite.CaseName(*dossier));
        ShowHistory(suite, *list);
      });
}

}  // namespace sasctl
