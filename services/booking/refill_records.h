#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "sas/events/v1/event.pb.h"
#include "services/booking/store.h"

/// What refill writes down: seats that became free, offers with their audit record and event.
namespace sas::booking {

/// Call it in the transaction that frees the seat of `record` (the version after the change), with
/// why: CANCELLED, MOVED, NOT_CONFIRMED. A seat that begins too soon to be offered is left alone.
absl::Status NoteFreedSeat(BookingTransaction& transaction, const AppointmentRecord& record,
                           std::string_view cause, base::Instant now);

/// Cause of a seat that a practice offers again.
inline constexpr char kReopenedCause[] = "REOPENED";

/// Seats that a practice offers again (the slots' event `seats.reopened`), as if their appointments
/// had been cancelled. The same event twice notes nothing twice; a seat that begins too soon, or
/// whose slot has no readable name, is left alone. Gives how many were noted.
absl::StatusOr<int> NoteReopenedSeats(BookingTransaction& transaction,
                                      const events::v1::Event& event, base::Instant now);

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
