#include "services/slots/planning_site.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/slots/domain/unmade_slot.h"

namespace sas::slots {
namespace {

const std::vector<IndexedSlot>& SlotsOf(const SitePicture& picture) {
  static const std::vector<IndexedSlot> none;
  return picture.site == nullptr ? none : picture.site->slots;
}

/// Slots that somebody holds.
std::set<std::string_view> Served(const SitePicture& picture) {
  std::set<std::string_view> served;
  for (const IndexedSlot& slot : SlotsOf(picture)) {
    if (slot.slot.staffed) served.insert(slot.slot.name);
  }
  return served;
}

bool IsOffered(const PlannedSlot& slot, base::Instant now) {
  return slot.staffed && !IsGivenBack(slot, now);
}

}  // namespace

absl::StatusOr<SiteStanding> SiteStanding::Read(SlotsTransaction& transaction,
                                                const std::string& site, base::Instant now,
                                                int horizon_days) {
  SiteStanding standing;
  standing.now_ = now;
  SAS_ASSIGN_OR_RETURN(const RegionLedger ledger,
                       ReadSites(transaction, base::RegionOf(site), {site}, now));
  if (ledger.sites.empty()) return standing;
  SAS_ASSIGN_OR_RETURN(standing.picture_,
                       MakeSitePicture(ledger.sites[0], ledger.practitioners, now, horizon_days));
  return standing;
}

std::vector<std::string> SiteStanding::Stranded(const SiteStanding& after) const {
  const std::set<std::string_view> served = Served(after.picture_);
  const std::set<std::string_view> served_before = Served(picture_);
  std::vector<std::pair<base::Instant, std::string>> stranded;
  for (const OpenSlot& slot : picture_.open) {
    const bool lost =
        slot.start >= now_ && served_before.count(slot.slot) != 0 && served.count(slot.slot) == 0;
    for (std::size_t i = 0; lost && i < slot.taken.size(); ++i) {
      stranded.emplace_back(slot.start, slot.slot);
    }
  }
  std::stable_sort(stranded.begin(), stranded.end());
  std::vector<std::string> names;
  names.reserve(stranded.size());
  for (auto& [start, name] : stranded) names.push_back(std::move(name));
  return names;
}

std::vector<FreeSeat> SiteStanding::Reopened(const SiteStanding& after,
                                             std::string_view opened) const {
  std::set<std::string_view> closed;
  for (const IndexedSlot& each : SlotsOf(picture_)) {
    const bool kept_back = each.slot.withdrawn || IsGivenBack(each.slot, now_);
    if (kept_back && !IsUnmade(each.slot)) closed.insert(each.slot.name);
  }
  std::set<std::string_view> reopened;
  for (const IndexedSlot& each : SlotsOf(after.picture_)) {
    const PlannedSlot& slot = each.slot;
    const bool again = closed.count(slot.name) != 0 || (!opened.empty() && slot.plan == opened);
    const bool soon = slot.start > now_ && slot.start <= now_ + kReopenedAhead;
    if (again && soon && IsOffered(slot, now_)) reopened.insert(slot.name);
  }
  std::vector<std::pair<base::Instant, FreeSeat>> free;
  for (const OpenSlot& slot : after.picture_.open) {
    if (reopened.count(slot.slot) == 0) continue;
    for (int seat = 0; seat < slot.seats; ++seat) {
      const bool taken = std::any_of(slot.taken.begin(), slot.taken.end(),
                                     [&](const SeatFact& fact) { return fact.seat == seat; });
      if (!taken) free.push_back({slot.start, {slot.slot, seat}});
    }
  }
  std::stable_sort(free.begin(), free.end(),
                   [](const auto& left, const auto& right) { return left.first < right.first; });
  if (free.size() > kReopenedMax) free.resize(kReopenedMax);
  std::vector<FreeSeat> seats;
  for (auto& [start, seat] : free) seats.push_back(std::move(seat));
  return seats;
}

}  // namespace sas::slots
