#include "services/slots/hold_release.h"

#include <string>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/slots/slot_answers.h"

namespace sas::slots {
namespace {

// A region that the ledger does not have has no book either.
bool IsGone(const Projection& projection, const absl::Status& found, std::string_view region) {
  return base::ReasonOf(found) == "SLOT_NOT_FOUND" && projection.Find(region) != nullptr;
}

}  // namespace

absl::StatusOr<v1::Slot> GiveBack(const Projection& projection, SeatBook& book,
                                  const base::Call& call, std::string_view field, HoldKey hold) {
  const auto found = FindSlot(projection, call, hold.slot, field);
  hold.region = base::RegionOf(hold.slot);
  const bool gone = IsGone(projection, found.status(), hold.region);
  if (!gone) SAS_RETURN_IF_ERROR(found.status());
  // Also of a slot that is gone: the book may have it still.
  SAS_RETURN_IF_ERROR(book.ReleaseHold(call, hold));
  if (gone) {
    v1::Slot named;
    named.set_name(hold.slot);
    return named;
  }
  SAS_ASSIGN_OR_RETURN(const auto counts, book.Count(call, hold.region, {hold.slot}));
  return ToSlot(*found->view, found->slot, counts[0]);
}

absl::Status LostWithSlot(std::string_view slot) {
  return base::Fail(absl::StatusCode::kFailedPrecondition, "HOLD_LOST",
                    "the slot was withdrawn, and your hold with it; search again",
                    {{"slot", std::string(slot)}});
}

absl::StatusOr<SlotInView> FindHeld(const Projection& projection, SeatBook& book,
                                    const base::Call& call, std::string_view field, HoldKey hold) {
  auto found = FindSlot(projection, call, hold.slot, field);
  hold.region = base::RegionOf(hold.slot);
  const bool unmade = found.ok() && found->slot.origin() == Origin::kUnspecified;
  if (!unmade && !IsGone(projection, found.status(), hold.region)) return found;
  SAS_RETURN_IF_ERROR(book.ReleaseHold(call, hold));
  return LostWithSlot(hold.slot);
}

}  // namespace sas::slots
