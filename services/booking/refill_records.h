#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/base/clock.h"
#include "services/booking/store.h"

/// What refill writes down: seats that became free, offers with their audit record and event.
namespace sas::booking {

/// Call it in the transaction that frees the seat of `record` (the version after the change), with
/// why: CANCELLED, MOVED, NOT_CONFIRMED. A seat that begins too soon to be offered is left alone.
absl::Status NoteFreedSeat(BookingTransaction& transaction, const AppointmentRecord& record,
                           std::string_view cause, base::Instant now);

/// Writes the offer, with audit record and event `seat_offer.<what>`. The event carries no token.
absl::Status PutOffer(BookingTransaction& transaction, OfferRecord& record, std::string_view what,
                      base::Instant now);

/// Ends an open offer; OK without effect when it has ended already. Gives whether it did.
absl::StatusOr<bool> EndOffer(BookingTransaction& transaction, const std::string& name,
                              v1::SeatOffer::State state, std::string_view reason,
                              base::Instant now);

/// Who has the hold of the offer: its operator, or the queue.
std::string HolderOf(const v1::SeatOffer& offer);

}  // namespace sas::booking
