#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "services/slots/store_rows.h"

namespace sas::slots {

/// The log of changed sites of the store in memory: table site_changes. It grows with the sites of
/// a region, not with its versions: of each site only the last one is kept.
class MemorySiteLog {
 public:
  /// `site` has changed in this version of the directory.
  void Add(std::string_view region, std::int64_t version, std::string_view site);
  /// What has changed after version `after` until `directory`.
  SiteChanges Since(std::string_view region, std::int64_t after, std::int64_t directory) const;

 private:
  struct Log {
    std::map<std::string, std::int64_t, std::less<>>
        sites;                ///< The version that changed each last.
    std::int64_t since = 0;   ///< Every version after this one has said what it changed.
    std::int64_t logged = 0;  ///< The last that has.
  };

  std::map<std::string, Log, std::less<>> regions_;
};

}  // namespace sas::slots
