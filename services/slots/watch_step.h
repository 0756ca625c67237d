#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/base/clock.h"
#include "sas/slots/v1/watch_service.pb.h"
#include "services/slots/domain/search.h"
#include "services/slots/domain/watch_diff.h"

/// What one step of a watch is made of.
namespace sas::slots {

/// Between steps that tell of nothing in the list: of the total alone, or whole answers because of
/// what stands beside it. Each seat that is taken far away would be one.
inline constexpr std::chrono::milliseconds kBesidePause{1000};

/// From now on the search is about these times, whenever it is asked.
void PinWindow(const Query& query, v1::SearchSlotsRequest& search);

/// The same search at a later `now`: what has begun is left out. OUT_OF_RANGE `WINDOW_PASSED` at
/// its end.
absl::Status MoveWindow(v1::SearchSlotsRequest& search, base::Instant now);

/// What a watcher has been told of his search. Whoever holds the last whole answer and has followed
/// all changes since then has the search's answer, but for what moves all the time: ages, scores,
/// their terms DELAY and ROTATION, and the `verify_time` of our own slots are of when they were
/// told; `fresh_time` is each message's.
struct Told {
  std::vector<WatchedSlot> shown;
  int total = 0;
  std::string beside;                ///< What stands beside the list, as bytes.
  std::vector<std::string> missing;  ///< Sources.
  std::chrono::nanoseconds at{};     ///< When the last message went out.
  std::chrono::nanoseconds beside_at{};
};

/// From what was told to `answer`, in order: nothing when that is the same; changes, so that he
/// hears what was taken; the whole answer when what changes do not carry differs: sites left out,
/// widenings, départements without cover, the centre, whether there is another page. Both when both
/// differ. `whole`: the whole answer in any case.
std::vector<v1::WatchAvailabilityResponse> StepsTo(v1::SearchSlotsResponse answer, bool whole,
                                                   std::chrono::nanoseconds now, Told& told);

}  // namespace sas::slots
