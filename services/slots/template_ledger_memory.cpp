#include "services/slots/template_ledger_memory.h"

#include "common/base/status.h"
#include "services/slots/store_rows.h"

namespace sas::slots {
namespace {

template <typename Row>
using Table = std::map<std::string, std::shared_ptr<const Row>, std::less<>>;

template <typename Row>
absl::Status Put(Table<Row>& table, const Row& row, bool writes) {
  if (!writes) {
    return base::Fail(absl::StatusCode::kInternal, "LEDGER_ERROR",
                      "a reading transaction may not write");
  }
  table[row.name()] = std::make_shared<const Row>(row);
  return absl::OkStatus();
}

template <typename Row>
std::optional<Row> Find(const Table<Row>& table, std::string_view name) {
  const auto found = table.find(name);
  return found == table.end() ? std::optional<Row>() : *found->second;
}

template <typename Row>
std::vector<Row> List(const Table<Row>& table, std::string_view parent, const Page& page) {
  const std::string prefix = std::string(parent) + "/";
  std::vector<Row> rows;
  for (auto row = page.after < prefix ? table.lower_bound(prefix) : table.upper_bound(page.after);
       row != table.end() && row->first.compare(0, prefix.size(), prefix) == 0 &&
       rows.size() < static_cast<std::size_t>(page.limit);
       ++row) {
    rows.push_back(*row->second);
  }
  return rows;
}

}  // namespace

absl::Status MemoryTemplateLedger::PutAgenda(const v1::Agenda& agenda) {
  return Put(rows_.agendas, agenda, writes_);
}

absl::StatusOr<std::optional<v1::Agenda>> MemoryTemplateLedger::GetAgenda(std::string_view name) {
  return Find(rows_.agendas, name);
}

absl::StatusOr<std::vector<v1::Agenda>> MemoryTemplateLedger::ListAgendas(std::string_view parent,
                                                                          const Page& page) {
  return List(rows_.agendas, parent, page);
}

absl::Status MemoryTemplateLedger::PutWorklist(const v1::Worklist& worklist) {
  return Put(rows_.worklists, worklist, writes_);
}

absl::StatusOr<std::optional<v1::Worklist>> MemoryTemplateLedger::GetWorklist(
    std::string_view name) {
  return Find(rows_.worklists, name);
}

absl::StatusOr<std::vector<v1::Worklist>> MemoryTemplateLedger::ListWorklists(
    std::string_view parent, const Page& page) {
  return List(rows_.worklists, parent, page);
}

}  // namespace sas::slots
