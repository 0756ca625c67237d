#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "services/slots/store_rows.h"

namespace sas::slots {

/// The log of changed sites of the store in memory: table site_changes.
class MemorySiteLog {
 public:
  /// `site` has changed in this version of the directory; what is too old is forgotten.
  void Add(std::string_view region, std::int64_t version, std::string_view site);
  /// What has changed after version `after` until `directory`.
  SiteChanges Since(std::string_view region, std::int64_t after, std::int64_t directory) const;

 private:
  /// By region and version.
  std::map<std::pair<std::string, std::int64_t>, std::set<std::string, std::less<>>> sites_;
};

}  // namespace sas::slots
