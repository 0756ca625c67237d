#include "common/events/event_view.h"

#include <algorithm>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/base/timestamp.h"
#include "common/rpc/auth.h"

namespace sas::events {
namespace {

bool MaySeeAllRegions(const base::Actor& actor) {
  switch (actor.role) {
    case base::Role::kService:
    case base::Role::kOperations:
    case base::Role::kSupervisor:
      return base::MayActInRegion(actor, base::kAllRegions);
    default:
      return false;
  }
}

}  // namespace

absl::StatusOr<EventView> ViewOf(const base::Call& call, std::string_view parent) {
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName("regions/*-", parent, "parent"));
  EventView view;
  view.territories = call.actor.territories;
  if (ids[0] != base::kAllRegions) {
    SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
    view.region = ids[0];
    return view;
  }
  if (!MaySeeAllRegions(call.actor)) {
    return base::Fail(absl::StatusCode::kPermissionDenied, "ALL_REGIONS_FORBIDDEN",
                      "these credentials cover single regions; follow each by its own name");
  }
  return view;
}

bool Shows(const EventView& view, const v1::Event& event) {
  if (!view.region.empty() && event.region() != view.region) return false;
  if (view.territories.empty() || event.territory().empty()) return true;
  return std::find(view.territories.begin(), view.territories.end(), event.territory()) !=
         view.territories.end();
}

absl::StatusOr<v1::Event> ToEvent(const ledger::StoredEvent& stored) {
  v1::Event event;
  if (!event.ParseFromString(stored.payload)) {
    return base::Fail(absl::StatusCode::kDataLoss, "EVENT_UNREADABLE",
                      "an event of the feed cannot be read; report it",
                      {{"cursor", stored.cursor}});
  }
  event.set_cursor(stored.cursor);
  event.set_type(stored.type);
  event.set_subject(stored.subject);
  event.set_region(stored.region);
  *event.mutable_record_time() = base::ToTimestamp(stored.record_time);
  event.mutable_actor()->set_subject(stored.actor);
  event.mutable_actor()->set_role(
      static_cast<sas::type::v1::Role>(static_cast<int>(base::ParseRole(stored.role))));
  event.set_trace_id(stored.trace_id);
  return event;
}

}  // namespace sas::events
