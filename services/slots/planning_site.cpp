#include "services/slots/planning_site.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"

namespace sas::slots {
namespace {

/// Slots that somebody holds.
std::set<std::string_view> Served(const SitePicture& picture) {
  std::set<std::string_view> served;
  if (picture.site == nullptr) return served;
  for (const IndexedSlot& slot : picture.site->slots) {
    if (slot.slot.staffed) served.insert(slot.slot.name);
  }
  return served;
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

}  // namespace sas::slots
