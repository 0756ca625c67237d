#include "services/slots/store_memory_log.h"

namespace sas::slots {

void MemorySiteLog::Add(std::string_view region, std::int64_t version, std::string_view site) {
  const std::string key(region);
  sites_[{key, version}].emplace(site);
  sites_.erase(sites_.lower_bound({key, 0}),
               sites_.upper_bound({key, version - kSiteChangesVersions}));
}

SiteChanges MemorySiteLog::Since(std::string_view region, std::int64_t after,
                                 std::int64_t directory) const {
  std::set<std::string> changed;
  for (std::int64_t version = after + 1; version <= directory; ++version) {
    const auto logged = sites_.find({std::string(region), version});
    if (logged == sites_.end()) return {};
    changed.insert(logged->second.begin(), logged->second.end());
    if (changed.count("") != 0 || changed.size() > kSiteChangesMax) return {};
  }
  return {directory < after, {changed.begin(), changed.end()}};
}

}  // namespace sas::slots
