#include "services/slots/partner_compare.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/base/timestamp.h"
#include "common/observe/log.h"
#include "services/slots/domain/slot_name.h"
#include "services/slots/region_ledger.h"

namespace sas::slots {

absl::Status PartnerCompare::Look(SlotsTransaction& transaction, const std::string& region,
                                  base::Instant now, BySlot& unknown) const {
  SAS_ASSIGN_OR_RETURN(const auto rows,
                       transaction.partners().ListSlotsOf("regions/" + region, now));
  if (rows.empty()) return absl::OkStatus();
  std::map<std::string, int> taken;
  SAS_ASSIGN_OR_RETURN(const auto seats, transaction.ListSeats(region, now, now + kAhead));
  for (const SeatFact& seat : seats) ++taken[seat.slot];
  std::map<std::string, std::string> partners;  // By agenda.
  for (const FedSlotOf& row : rows) {
    const std::string slot = SlotName(SiteOfAgenda(row.agenda), base::LastId(row.agenda),
                                      base::ToInstant(row.fed.slot.start_time()));
    const auto found = taken.find(slot);
    const int ours = found == taken.end() ? 0 : found->second;
    // More than the source may have counted, and it still offers seats there.
    const int missing = std::min(ours - row.fed.known, row.fed.slot.free_seats());
    if (missing <= 0) continue;
    if (partners.count(row.agenda) == 0) {
      SAS_ASSIGN_OR_RETURN(const auto agenda, transaction.partners().GetAgenda(row.agenda));
      partners[row.agenda] = agenda ? agenda->partner : std::string();
    }
    unknown[slot] = {partners[row.agenda], missing};
  }
  return absl::OkStatus();
}

absl::Status PartnerCompare::Run(const base::Call& call) {
  const base::Instant now = clock_.Now();
  BySlot unknown;
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](SlotsTransaction& transaction) -> absl::Status {
    unknown.clear();
    SAS_ASSIGN_OR_RETURN(const auto regions, transaction.ListRegions());
    for (const std::string& region : regions) {
      SAS_RETURN_IF_ERROR(Look(transaction, region, now, unknown));
    }
    return absl::OkStatus();
  }));
  std::map<std::string, int> counts;
  std::set<std::string> still;
  int named = 0;
  for (const auto& [slot, each] : unknown) {
    const auto before = last_.find(slot);
    if (before == last_.end()) continue;  // The source may hear of it in this moment.
    counts[each.partner] += std::min(each.seats, before->second.seats);
    still.insert(slot);
    if (told_.count(slot) != 0 || named++ >= kNamedMax) continue;
    observe::Log(observe::Level::kWarn, "source_unknown_seat",
                 {{"slot", std::string_view(slot)}, {"partner", std::string_view(each.partner)}});
  }
  for (const auto& [partner, count] : counts) partners_.insert(partner);
  for (const std::string& partner : partners_) {
    const auto found = counts.find(partner);
    metrics_.UnknownSeats(partner, found == counts.end() ? 0 : found->second);
  }
  last_ = std::move(unknown);
  told_ = std::move(still);
  return absl::OkStatus();
}

}  // namespace sas::slots
