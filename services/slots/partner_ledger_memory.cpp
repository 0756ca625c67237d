#include "services/slots/partner_ledger_memory.h"

#include <algorithm>
#include <set>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/base/timestamp.h"

namespace sas::slots {
namespace {

int CountIf(const PartnerRows& rows, std::string_view agenda, base::Instant since) {
  return static_cast<int>(std::count_if(
      rows.phantoms.begin(), rows.phantoms.end(),
      [&](const auto& phantom) { return phantom.agenda == agenda && phantom.at >= since; }));
}

}  // namespace

absl::Status MemoryPartnerLedger::MayWrite() const {
  if (writes_) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kInternal, "LEDGER_ERROR",
                    "a reading transaction may not write");
}

absl::StatusOr<std::optional<FedAgenda>> MemoryPartnerLedger::GetAgenda(std::string_view name) {
  const auto found = rows_.agendas.find(name);
  return found == rows_.agendas.end() ? std::optional<FedAgenda>() : found->second;
}

absl::Status MemoryPartnerLedger::PutAgenda(const FedAgenda& agenda) {
  SAS_RETURN_IF_ERROR(MayWrite());
  rows_.agendas[agenda.name] = agenda;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<FedAgendaRow>> MemoryPartnerLedger::ListAgendas(
    std::string_view region, std::string_view partner, std::string_view after, int limit,
    base::Instant now, base::Instant phantoms_since) {
  std::vector<FedAgendaRow> found;
  for (auto row = rows_.agendas.upper_bound(after);
       row != rows_.agendas.end() && found.size() < static_cast<std::size_t>(limit); ++row) {
    const FedAgenda& agenda = row->second;
    if (base::RegionOf(agenda.name) != region) continue;
    if (!partner.empty() && agenda.partner != partner) continue;
    int slots = 0;
    for (auto slot = rows_.slots.upper_bound({agenda.name, now});
         slot != rows_.slots.end() && slot->first.first == agenda.name; ++slot) {
      slots += slot->second->slot.free_seats() > 0 ? 1 : 0;
    }
    found.push_back({agenda, slots, CountIf(rows_, agenda.name, phantoms_since)});
  }
  return found;
}

absl::StatusOr<int> MemoryPartnerLedger::CountAgendas(std::string_view region,
                                                      std::string_view partner) {
  return static_cast<int>(
      std::count_if(rows_.agendas.begin(), rows_.agendas.end(), [&](const auto& each) {
        return base::RegionOf(each.first) == region && each.second.partner == partner;
      }));
}

absl::StatusOr<std::optional<v1::Partner>> MemoryPartnerLedger::GetPartner(std::string_view name) {
  const auto found = rows_.records.find(name);
  return found == rows_.records.end() ? std::optional<v1::Partner>() : *found->second;
}

absl::Status MemoryPartnerLedger::PutPartner(const v1::Partner& partner) {
  SAS_RETURN_IF_ERROR(MayWrite());
  rows_.records[partner.name()] = std::make_shared<const v1::Partner>(partner);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<PartnerRow>> MemoryPartnerLedger::ListPartners(std::string_view region,
                                                                          std::string_view after,
                                                                          int limit) {
  std::map<std::string, PartnerRow, std::less<>> known;
  for (const auto& [name, agenda] : rows_.agendas) {
    if (base::RegionOf(name) == region) ++known[agenda.partner].agendas;
  }
  for (const auto& [name, record] : rows_.records) {
    if (base::RegionOf(name) == region) known[std::string(base::LastId(name))].record = *record;
  }
  std::vector<PartnerRow> found;
  for (auto row = known.upper_bound(after);
       row != known.end() && found.size() < static_cast<std::size_t>(limit); ++row) {
    found.push_back(std::move(row->second));
    found.back().partner = row->first;
  }
  return found;
}

absl::StatusOr<std::vector<FedSlot>> MemoryPartnerLedger::ListSlots(std::string_view agenda,
                                                                    base::Instant from,
                                                                    base::Instant to) {
  std::vector<FedSlot> found;
  for (auto row = rows_.slots.lower_bound({std::string(agenda), from});
       row != rows_.slots.end() && row->first.first == agenda && row->first.second < to; ++row) {
    found.push_back(*row->second);
  }
  return found;
}

absl::StatusOr<std::vector<FedTime>> MemoryPartnerLedger::ListTimes(std::string_view agenda,
                                                                    base::Instant now) {
  std::vector<FedTime> found;
  for (auto row = rows_.slots.upper_bound({std::string(agenda), now});
       row != rows_.slots.end() && row->first.first == agenda; ++row) {
    const FedSlot& fed = *row->second;
    if (fed.slot.free_seats() == 0) continue;
    found.push_back({row->first.second, base::ToInstant(fed.slot.end_time()), fed.practitioner});
  }
  return found;
}

absl::StatusOr<std::vector<FedSlotOf>> MemoryPartnerLedger::ListSlotsOf(std::string_view parent,
                                                                        base::Instant from) {
  const std::string prefix = std::string(parent) + "/";
  std::vector<FedSlotOf> found;
  for (auto row = rows_.slots.lower_bound({prefix, base::Instant()});
       row != rows_.slots.end() && row->first.first.compare(0, prefix.size(), prefix) == 0; ++row) {
    if (row->first.second >= from) found.push_back({row->first.first, *row->second});
  }
  return found;
}

absl::StatusOr<std::vector<std::string>> MemoryPartnerLedger::ListSitesOf(
    std::string_view practitioner, base::Instant from) {
  std::set<std::string> sites;
  for (const auto& [key, fed] : rows_.slots) {
    if (key.second >= from && fed->practitioner == practitioner) {
      sites.emplace(SiteOfAgenda(key.first));
    }
  }
  return std::vector<std::string>(sites.begin(), sites.end());
}

absl::Status MemoryPartnerLedger::PutSlot(std::string_view agenda, const FedSlot& slot) {
  SAS_RETURN_IF_ERROR(MayWrite());
  const base::Instant start = base::ToInstant(slot.slot.start_time());
  rows_.slots[{std::string(agenda), start}] = std::make_shared<const FedSlot>(slot);
  return absl::OkStatus();
}

absl::Status MemoryPartnerLedger::DeleteSlot(std::string_view agenda, base::Instant start) {
  SAS_RETURN_IF_ERROR(MayWrite());
  rows_.slots.erase({std::string(agenda), start});
  return absl::OkStatus();
}

absl::StatusOr<int> MemoryPartnerLedger::PurgeSlots(base::Instant before, int limit) {
  SAS_RETURN_IF_ERROR(MayWrite());
  int purged = 0;
  for (auto row = rows_.slots.begin(); row != rows_.slots.end() && purged < limit;) {
    const bool old = row->first.second < before;
    row = old ? rows_.slots.erase(row) : std::next(row);
    purged += old ? 1 : 0;
  }
  return purged;
}

absl::Status MemoryPartnerLedger::AddPhantom(std::string_view agenda, base::Instant start,
                                             base::Instant at, std::string_view source_code) {
  SAS_RETURN_IF_ERROR(MayWrite());
  const auto found = rows_.agendas.find(agenda);
  if (found == rows_.agendas.end()) return absl::OkStatus();
  const bool known =
      std::any_of(rows_.phantoms.begin(), rows_.phantoms.end(), [&](const auto& each) {
        return each.agenda == agenda && each.start == start && each.at == at;
      });
  if (!known) {
    rows_.phantoms.push_back(
        {std::string(agenda), found->second.partner, std::string(source_code), start, at});
  }
  return absl::OkStatus();
}

absl::StatusOr<std::int64_t> MemoryPartnerLedger::CountPhantoms(std::string_view region,
                                                                std::string_view partner,
                                                                base::Instant since) {
  return std::count_if(rows_.phantoms.begin(), rows_.phantoms.end(), [&](const auto& each) {
    return base::RegionOf(each.agenda) == region && each.partner == partner && each.at >= since;
  });
}

absl::StatusOr<std::map<std::string, std::string>> MemoryPartnerLedger::FindPractitioners(
    std::string_view region, const std::vector<std::string>& rpps) {
  std::map<std::string, std::string> found;
  for (const auto& [name, practitioner] : practitioners_) {
    if (base::RegionOf(name) != region) continue;
    const std::string& number = practitioner->rpps();
    if (std::find(rpps.begin(), rpps.end(), number) != rpps.end()) found.emplace(number, name);
  }
  return found;
}

}  // namespace sas::slots
