#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "sas/slots/v1/slot_service.pb.h"
#include "services/slots/domain/search_kernel.h"
#include "services/slots/region_view.h"

namespace sas::slots {

inline constexpr int kRadiusStandardMeters = 30000;
inline constexpr int kRadiusMaxMeters = 150000;
inline constexpr std::chrono::hours kWindowStandard{48};
inline constexpr std::chrono::hours kWindowMax{14 * 24};
inline constexpr std::chrono::minutes kStartInPastMax{1};
inline constexpr int kExcludedMax = 50;
/// An answer with fewer matches also says what widening would bring.
inline constexpr std::size_t kThinAnswer = 10;

/// In `missing_sources` of an answer from a view that is not fresh.
inline constexpr char kAvailabilitySource[] = "disponibilites";

/// What one page of a search shows, before it becomes a message or bytes.
struct SearchPage {
  std::shared_ptr<const RegionIndex> kept;  ///< What the matches point into.
  Query query;
  Found found;  ///< What is shown; sites left out on the first page only.
  std::vector<v1::Widening> widenings;
  std::vector<Uncovered> uncovered;          ///< Within reach; on the first page only.
  std::vector<std::string> silent_partners;  ///< Within reach, by name; for who asked to tell.
  std::string next_page_token;
};

/// One search, from memory alone.
///
/// Pages: a token pins the hour of the first page, which ranks them all, and says what was shown
/// (search_pages.h). A later page is the best of the rest that can be had now: no page repeats or
/// skips a match that is still free, whatever has turned meanwhile.
absl::StatusOr<SearchPage> FindPage(const base::Call& call, const v1::SearchSlotsRequest& request,
                                    const RegionView& view, base::Instant now);

/// The page as `reader` may see it; WriteAnswer (wire_answer.h) says the same in bytes.
v1::SearchSlotsResponse ToResponse(const RegionView& view, const SearchPage& page,
                                   base::Role reader, base::Instant now);

}  // namespace sas::slots
