#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sas::slots {

/// Counters of a region. All zero for a region that the ledger does not know.
struct RegionState {
  std::int64_t epoch = 0;          ///< Of availability in Redis; never goes back.
  std::int64_t seat_sequence = 0;  ///< Of the last change of a seat.
  std::int64_t directory = 0;      ///< Version of the directory; grows with each import.
};

/// Sites that one part of a refresh takes at most; an import that touches more says that all has
/// changed.
inline constexpr int kSiteChangesMax = 200;

/// To refresh so many sites, one after the other, takes about as long as a load of a large region.
inline constexpr std::size_t kRefreshedSitesMax = 20'000;

/// What has changed in a directory since a version.
struct SiteChanges {
  bool whole = true;  ///< Everything, or more than the log can tell.
  /// By name; empty when `whole`. At most kRefreshedSitesMax + 1, which says that there are more.
  std::vector<std::string> sites;
};

/// Which part of a list: names after `after` (exclusive, empty for the first), at most `limit`.
struct Page {
  std::string after;
  int limit = 1000;
};

/// How a person looks for a commune; exactly one is set.
struct CommuneQuery {
  std::string insee_code;
  std::string postal_code;
  std::string folded_prefix;  ///< Of FoldPlaceName (domain/place_name.h).
};

}  // namespace sas::slots
