#pragma once

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/booking/v1/booking_service.pb.h"
#include "services/booking/booking_steps.h"

namespace sas::booking {

/// From a hold to an appointment:
///
///   1. the regulation says whether the order may still be booked;
///   2. the slots turn the hold into a seat prepared for this appointment, whose name follows from
///      the request_id;
///   3. one transaction writes appointment, seat mark, audit, event and answer: here, and only
///      here, the seat is taken;
///   4. the relay tells the slots.
///
/// An answer that is stored is given again, by the transaction or, when a step before refuses what
/// is booked already, after a look at the ledger: the first run need not look twice.
///
/// A seat that was prepared for nothing is marked, so that the relay gives it back; the slots free
/// it by themselves if that is lost too.
class Confirmation {
 public:
  explicit Confirmation(const BookingParts& parts) : parts_(parts), steps_(parts) {}

  absl::StatusOr<v1::Appointment> Run(const base::Call& call,
                                      const v1::CreateAppointmentRequest& request);

 private:
  absl::StatusOr<v1::Appointment> Book(const base::Call& call,
                                       const v1::CreateAppointmentRequest& request,
                                       Passage& passage);
  absl::StatusOr<v1::Appointment> CheckAndWrite(const base::Call& call,
                                                const v1::CreateAppointmentRequest& request,
                                                Passage& passage);

  const BookingParts parts_;
  const BookingSteps steps_;
};

/// A booked appointment, its seat mark, whom to tell, audit record and event, in `transaction`.
absl::StatusOr<v1::Appointment> InsertBooked(BookingTransaction& transaction,
                                             const Passage& passage, base::Instant now,
                                             std::string_view action,
                                             const MessagePolicy& messages);

/// What the regulation's order says to a booking on it.
absl::Status CheckOrderOf(const v1::Appointment& draft, const regulation::v1::CareOrder& order);

}  // namespace sas::booking
