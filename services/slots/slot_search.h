#pragma once

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "sas/slots/v1/slot_service.pb.h"
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

/// One search, from memory alone; `view` null answers like a region without sites.
///
/// Pages: a token pins the hour of the first page, so that the order stays, and names the last
/// match that was shown. What was taken meanwhile is ranked once more to find its place and then
/// left out: no page repeats or skips a match that is still free.
absl::StatusOr<v1::SearchSlotsResponse> AnswerSearch(const base::Call& call,
                                                     const v1::SearchSlotsRequest& request,
                                                     const RegionView& view, base::Instant now);

}  // namespace sas::slots
