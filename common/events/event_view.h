#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/ledger/journal.h"
#include "sas/events/v1/event.pb.h"

namespace sas::events {

/// What one caller sees of a feed.
struct EventView {
  std::string region;                    ///< Empty: all.
  std::vector<std::string> territories;  ///< Empty: all.
};

/// The view that the caller asks for by `parent`, if he may have it. `ALL_REGIONS_FORBIDDEN` for
/// `regions/-` by who is neither a service, operations nor a supervisor of all regions.
absl::StatusOr<EventView> ViewOf(const base::Call& call, std::string_view parent);

/// False for an event of another region or territory; an event without territory concerns all.
bool Shows(const EventView& view, const v1::Event& event);

/// DATA_LOSS `EVENT_UNREADABLE` when the payload was not written by Publish.
absl::StatusOr<v1::Event> ToEvent(const ledger::StoredEvent& stored);

}  // namespace sas::events
