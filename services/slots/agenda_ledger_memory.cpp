#include "services/slots/agenda_ledger_memory.h"

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/base/timestamp.h"
#include "services/slots/store.h"

namespace sas::slots {
namespace {

absl::Status ReadOnly() {
  return base::Fail(absl::StatusCode::kInternal, "LEDGER_ERROR",
                    "a reading transaction may not write");
}

/// Rows whose names begin with `prefix`, a page of them.
template <typename Row, typename Filter>
std::vector<Row> Select(const std::map<std::string, std::shared_ptr<const Row>, std::less<>>& table,
                        const std::string& prefix, const Page& page, Filter filter) {
  std::vector<Row> rows;
  for (auto row = page.after.empty() ? table.lower_bound(prefix) : table.upper_bound(page.after);
       row != table.end() && row->first.compare(0, prefix.size(), prefix) == 0 &&
       rows.size() < static_cast<std::size_t>(page.limit);
       ++row) {
    if (filter(*row->second)) rows.push_back(*row->second);
  }
  return rows;
}

template <typename Row>
std::optional<Row> Find(const std::map<std::string, std::shared_ptr<const Row>, std::less<>>& table,
                        std::string_view name) {
  const auto found = table.find(name);
  return found == table.end() ? std::optional<Row>() : *found->second;
}

template <typename Table>
void Erase(Table& table, std::string_view name) {
  const auto found = table.find(name);
  if (found != table.end()) table.erase(found);
}

std::string PrefixOfRegion(std::string_view name) {
  return base::JoinName({{"regions", base::RegionOf(name)}}) + "/";
}

}  // namespace

absl::StatusOr<std::optional<v1::SessionPlan>> MemoryAgendaLedger::GetPlan(std::string_view name) {
  return Find(rows_.plans, name);
}

absl::StatusOr<std::vector<v1::SessionPlan>> MemoryAgendaLedger::ListPlansOf(
    std::string_view practitioner) {
  return Select(rows_.plans, PrefixOfRegion(practitioner), Page{"", kOfPractitionerMax},
                [&](const v1::SessionPlan& each) { return each.practitioner() == practitioner; });
}

absl::Status MemoryAgendaLedger::DeletePlan(std::string_view name) {
  if (!writes_) return ReadOnly();
  Erase(rows_.plans, name);
  return absl::OkStatus();
}

absl::Status MemoryAgendaLedger::PutException(const v1::AgendaException& exception) {
  if (!writes_) return ReadOnly();
  rows_.exceptions[exception.name()] = std::make_shared<const v1::AgendaException>(exception);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<v1::AgendaException>> MemoryAgendaLedger::GetException(
    std::string_view name) {
  return Find(rows_.exceptions, name);
}

absl::Status MemoryAgendaLedger::DeleteException(std::string_view name) {
  if (!writes_) return ReadOnly();
  Erase(rows_.exceptions, name);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<v1::AgendaException>> MemoryAgendaLedger::ListExceptions(
    std::string_view parent, base::Instant ending_after, const Page& page) {
  return Select(rows_.exceptions, std::string(parent) + "/", page,
                [&](const v1::AgendaException& each) {
                  return base::ToInstant(each.end_time()) > ending_after;
                });
}

absl::StatusOr<std::vector<v1::AgendaException>> MemoryAgendaLedger::ListOpeningsOf(
    std::string_view practitioner, base::Instant ending_after) {
  return Select(rows_.exceptions, PrefixOfRegion(practitioner), Page{"", kOfPractitionerMax},
                [&](const v1::AgendaException& each) {
                  return each.practitioner() == practitioner &&
                         base::ToInstant(each.end_time()) > ending_after;
                });
}

absl::StatusOr<int> MemoryAgendaLedger::PurgeExceptions(base::Instant before, int limit) {
  if (!writes_) return ReadOnly();
  int purged = 0;
  for (auto row = rows_.exceptions.begin(); row != rows_.exceptions.end() && purged < limit;) {
    const bool old = base::ToInstant(row->second->end_time()) < before;
    row = old ? rows_.exceptions.erase(row) : std::next(row);
    purged += old ? 1 : 0;
  }
  return purged;
}

}  // namespace sas::slots
