#include "services/slots/template_ledger_sql.h"

#include "common/base/resource_name.h"

namespace sas::slots {
namespace {

constexpr char kAgendas[] = "named_agendas";
constexpr char kWorklists[] = "worklists";

}  // namespace

SqlQuery SqlTemplateLedger::Below(const char* table, std::string_view parent,
                                  const Page& page) const {
  const bool of_site = parent.find("/sites/") != std::string_view::npos;
  return PageOf(table, of_site ? "site" : "region", of_site ? parent : base::RegionOf(parent),
                page);
}

absl::Status SqlTemplateLedger::PutAgenda(const v1::Agenda& agenda) {
  const std::string site = agenda.name().substr(0, agenda.name().find("/agendas/"));
  return PutRow(kAgendas, agenda.name(), ledger::ToDocument(agenda), "site", site);
}

absl::StatusOr<std::optional<v1::Agenda>> SqlTemplateLedger::GetAgenda(std::string_view name) {
  return FetchMessage<v1::Agenda>(kAgendas, name);
}

absl::StatusOr<std::vector<v1::Agenda>> SqlTemplateLedger::ListAgendas(std::string_view parent,
                                                                       const Page& page) {
  return FetchMessages<v1::Agenda>(Below(kAgendas, parent, page));
}

absl::Status SqlTemplateLedger::PutWorklist(const v1::Worklist& worklist) {
  const std::string site = worklist.name().substr(0, worklist.name().find("/worklists/"));
  return PutRow(kWorklists, worklist.name(), ledger::ToDocument(worklist), "site", site);
}

absl::StatusOr<std::optional<v1::Worklist>> SqlTemplateLedger::GetWorklist(std::string_view name) {
  return FetchMessage<v1::Worklist>(kWorklists, name);
}

absl::StatusOr<std::vector<v1::Worklist>> SqlTemplateLedger::ListWorklists(std::string_view parent,
                                                                           const Page& page) {
  return FetchMessages<v1::Worklist>(Below(kWorklists, parent, page));
}

}  // namespace sas::slots
