#include "services/slots/hold_release.h"

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/slots/slot_answers.h"
#include "services/slots/slot_lookup.h"

namespace sas::slots {

absl::StatusOr<v1::Slot> GiveBack(const Projection& projection, SeatBook& book,
                                  const base::Call& call, std::string_view field, HoldKey hold) {
  const auto found = FindSlot(projection, call, hold.slot, field);
  hold.region = base::RegionOf(hold.slot);
  // A region that the ledger does not have has no book either.
  const bool gone =
      base::ReasonOf(found.status()) == "SLOT_NOT_FOUND" && projection.Find(hold.region) != nullptr;
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

}  // namespace sas::slots
