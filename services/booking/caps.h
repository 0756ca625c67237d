#pragma once

#include "absl/status/status.h"
#include "services/booking/booking_steps.h"
#include "services/booking/store.h"

namespace sas::booking {

/// Adds what CheckCaps counts `passage` in: who writes several at once takes all of it first.
void AddCounted(const Passage& passage, CountedIn& counted);

/// The caps that came with the prepared seat, counted by the ledger in the transaction that writes:
/// the slots judged them before and hear of an appointment a moment after it is written, so of two
/// confirmations at once the second is refused here. FAILED_PRECONDITION `SITE_DAILY_CAP`,
/// `PRACTITIONER_WEEKLY_CAP`, `SUPERNUMERARY_EXHAUSTED`, as the slots say it.
absl::Status CheckCaps(BookingTransaction& transaction, const Passage& passage);

/// The same of an appointment that stands as `before` and takes no other place where it has one.
absl::Status CheckCapsOfMove(BookingTransaction& transaction, const v1::Appointment& before,
                             const Passage& passage);

}  // namespace sas::booking
