#include "services/slots/slot_lookup.h"

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/rpc/auth.h"
#include "services/slots/domain/slot_name.h"
#include "services/slots/seat_failures.h"

namespace sas::slots {
namespace {

std::shared_ptr<const RegionView> Nowhere() {
  auto view = std::make_shared<RegionView>();
  view->index = *RegionIndex::Build({});
  view->communes = std::make_shared<const CommuneTable>(std::vector<type::v1::Commune>());
  view->border = MakeBorder(*view);
  return view;
}

}  // namespace

absl::StatusOr<SlotInView> FindSlot(const Projection& projection, const base::Call& call,
                                    std::string_view name, std::string_view field) {
  SAS_ASSIGN_OR_RETURN(const SlotIdentity identity, ParseSlotName(name, field));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, identity.region));
  SlotInView found;
  found.region = identity.region;
  const bool complete = projection.complete();  // Before the look: what is missing after it is.
  found.view = projection.Find(identity.region);
  if (found.view == nullptr && !complete) return Rebuilding(identity.region);
  if (found.view != nullptr) {
    found.slot = found.view->index->FindSlot(name);
  }
  if (found.slot) {
    found.card = &CardOf(found.slot);
    return found;
  }
  return base::Fail(absl::StatusCode::kNotFound, "SLOT_NOT_FOUND",
                    "no such slot between today and the horizon; its site may have withdrawn it",
                    {{"slot", std::string(name)}});
}

absl::StatusOr<SlotRef> FindMovingSlot(const RegionView& view, std::string_view parent,
                                       std::string_view name, std::string_view field) {
  SAS_ASSIGN_OR_RETURN(const SlotIdentity identity, ParseSlotName(name, field));
  if (identity.region != base::RegionOf(parent)) {
    return base::InvalidField(field, "REGION_MISMATCH", "not a slot of this region");
  }
  return view.index->FindSlot(name);
}

absl::StatusOr<std::shared_ptr<const RegionView>> FindRegion(const Projection& projection,
                                                             const base::Call& call,
                                                             std::string_view parent) {
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName("regions/*", parent, "parent"));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
  const bool complete = projection.complete();
  auto view = projection.Find(ids[0]);
  if (view == nullptr && !complete) return Rebuilding(ids[0]);
  return view != nullptr ? view : Nowhere();
}

}  // namespace sas::slots
