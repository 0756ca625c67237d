#include "services/booking/refill_records.h"

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/booking/convert.h"
#include "services/booking/domain/refill.h"
#include "services/booking/domain/session.h"
#include "services/booking/parse.h"

namespace sas::booking {
namespace {

constexpr std::string_view kQueueHolder = "refill-";

std::string_view WhatEnded(v1::SeatOffer::State state) {
  switch (state) {
    case v1::SeatOffer::STATE_DECLINED:
      return "declined";
    case v1::SeatOffer::STATE_TAKEN:
      return "taken";
    default:
      return "expired";
  }
}

events::v1::SeatOfferChange ChangeOf(const v1::SeatOffer& offer) {
  events::v1::SeatOfferChange change;
  change.set_state(offer.state());
  change.set_care_order(offer.care_order());
  change.set_slot(offer.slot());
  *change.mutable_start_time() = offer.start_time();
  change.set_operator_(offer.operator_());
  *change.mutable_due_time() = offer.due_time();
  change.set_round(offer.round());
  change.set_end_reason_code(offer.end_reason_code());
  return change;
}

}  // namespace

std::string HolderOf(const v1::SeatOffer& offer) {
  if (!offer.operator_().empty()) return offer.operator_();
  return std::string(kQueueHolder).append(base::LastId(offer.name()));
}

absl::Status NoteFreedSeat(BookingTransaction& transaction, const AppointmentRecord& record,
                           std::string_view cause, base::Instant now) {
  const v1::Appointment& appointment = record.appointment;
  FreedSeat seat;
  seat.id = std::string(base::LastId(appointment.name())) + "-" + std::to_string(record.version);
  seat.region = std::string(base::RegionOf(appointment.name()));
  seat.slot = appointment.slot();
  seat.care_order = appointment.care_order();
  seat.cause = std::string(cause);
  seat.start = ToInstant(appointment.start_time());
  seat.freed = now;
  // A seat beyond those of the slot is gone with its patient.
  if (!appointment.supernumerary_reason_code().empty()) return absl::OkStatus();
  if (!WorthOffering(seat.start, now)) return absl::OkStatus();
  return transaction.offers().AddFreed(seat);
}

absl::StatusOr<int> NoteReopenedSeats(BookingTransaction& transaction,
                                      const events::v1::Event& event, base::Instant now) {
  int noted = 0;
  for (const events::v1::SeatsChange::Seat& reopened : event.seats().seats()) {
    const auto start = StartOfSlot(reopened.slot());
    if (!start || !WorthOffering(*start, now)) continue;
    FreedSeat seat;
    // Of this event and seat: who reads it again finds its row.
    seat.id = AppointmentId("slots", event.cursor(),
                            reopened.slot() + "|" + std::to_string(reopened.seat()));
    seat.region = event.region();
    seat.slot = reopened.slot();
    seat.cause = kReopenedCause;
    seat.start = *start;
    seat.freed = now;
    SAS_RETURN_IF_ERROR(transaction.offers().AddFreed(seat));
    ++noted;
  }
  return noted;
}

absl::Status PutOffer(BookingTransaction& transaction, OfferRecord& record, std::string_view what,
                      base::Instant now) {
  v1::SeatOffer& offer = record.offer;
  *offer.mutable_update_time() = ToTimestamp(now);
  SAS_RETURN_IF_ERROR(transaction.offers().PutOffer(record));
  const std::string region(base::RegionOf(offer.name()));
  std::string codes = "what=" + std::string(what) + " round=" + std::to_string(offer.round()) +
                      " care_order=" + offer.care_order();
  if (!offer.end_reason_code().empty()) codes += " reason=" + offer.end_reason_code();
  SAS_RETURN_IF_ERROR(transaction.journal().Audit({"SeatOffer", offer.name(), region, codes}));
  events::v1::Event event;
  event.set_type("seat_offer." + std::string(what));
  event.set_subject(offer.name());
  event.set_region(region);
  event.set_territory(offer.territory());
  *event.mutable_seat_offer() = ChangeOf(offer);
  return transaction.journal().Publish(
      {region, event.type(), offer.name(), event.SerializeAsString()});
}

absl::StatusOr<bool> EndOffer(BookingTransaction& transaction, const std::string& name,
                              v1::SeatOffer::State state, std::string_view reason,
                              base::Instant now) {
  SAS_ASSIGN_OR_RETURN(OfferRecord record, transaction.offers().GetOffer(name));
  if (record.offer.state() != v1::SeatOffer::STATE_MADE) return false;
  record.offer.set_state(state);
  record.offer.set_end_reason_code(std::string(reason));
  SAS_RETURN_IF_ERROR(PutOffer(transaction, record, WhatEnded(state), now));
  return true;
}

}  // namespace sas::booking
