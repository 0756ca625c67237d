#pragma once

#include "absl/status/status.h"
#include "sas/slots/v1/seat_service.pb.h"
#include "services/slots/domain/hours_cap.h"
#include "services/slots/seats.h"
#include "services/slots/slot_lookup.h"

/// Caps of a site's hours, and all caps of a seat for booking.
namespace sas::slots {

/// The cap of hours that the slot is under; null: none.
const HoursCap* HoursCapOf(const SlotRef& slot);

/// One more beside `used` in its hours? FAILED_PRECONDITION `SITE_DAILY_CAP`, with the hours.
absl::Status CheckHoursCap(const SlotRef& slot, int used);

/// One more on the slot's day, in its hours and in the week of who receives, beside the seats that
/// are held or booked there as the view knows, without one in `leaving`, which may be null? As
/// CheckDailyCap, CheckHoursCap and CheckWeeklyCap. A hold that lives counts too, so its repeat
/// must be known before this refuses it (HoldRequest::refusal).
absl::Status CheckCaps(const SlotInView& found, const SlotRef& leaving = {});

/// Those that booking counts once more in the transaction that writes: of the site's day and of its
/// hours, of the week of who receives, of a session beyond its seats.
void FillCaps(const SlotInView& found, const Hold& hold, v1::PreparedSeat& seat);

}  // namespace sas::slots
