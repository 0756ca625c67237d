#include "services/slots/store_memory_log.h"

namespace sas::slots {

void MemorySiteLog::Add(std::string_view region, std::int64_t version, std::string_view site) {
  Log& log = regions_[std::string(region)];
  const bool gapless = log.logged == version || log.logged == version - 1;
  if (!gapless) log.since = version - 1;
  log.logged = version;
  log.sites[std::string(site)] = version;
}

SiteChanges MemorySiteLog::Since(std::string_view region, std::int64_t after,
                                 std::int64_t directory) const {
  if (directory < after) return {};
  SiteChanges changes{false, {}};
  if (directory == after) return changes;
  const auto found = regions_.find(region);
  if (found == regions_.end()) return {};
  const Log& log = found->second;
  if (log.logged != directory || after < log.since) return {};
  for (const auto& [site, version] : log.sites) {
    if (version <= after) continue;
    if (site.empty()) return {};
    changes.sites.push_back(site);
    if (changes.sites.size() > kRefreshedSitesMax) break;
  }
  return changes;
}

}  // namespace sas::slots
