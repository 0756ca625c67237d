#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/asked.h"
#include "sas/booking/v1/booking_service.pb.h"
#include "services/booking/booking_steps.h"

namespace sas::booking {

/// From holds to appointments, for all who come together:
///
///   1. the regulation says whether the orders may still be booked;
///   2. the slots turn the holds into seats prepared for these appointments, whose names follow
///      from the request_ids;
///   3. one transaction each, which share a commit, writes appointment, seat mark, audit, event and
///      answer: here, and only here, the seat is taken;
///   4. the relay tells the slots.
///
/// One who is refused on the way stops nobody else. An answer that is stored is given again, by the
/// transaction or, when a step before refuses what is booked already, after a look at the ledger:
/// the first run need not look twice.
///
/// A seat that was prepared for nothing is marked, so that the relay gives it back; the slots free
/// it by themselves if that is lost too.
class Confirmation {
 public:
  using Request = v1::CreateAppointmentRequest;
  using Calls = std::vector<base::Asked<Request>>;
  using Outcomes = std::vector<absl::StatusOr<v1::Appointment>>;

  explicit Confirmation(const BookingParts& parts) : parts_(parts), steps_(parts) {}

  /// At most 64 calls; one outcome for each, in their order.
  Outcomes Run(const Calls& calls);

 private:
  void Book(const Calls& calls, std::vector<Passage>& passages, Outcomes& outcomes);
  void Write(const Calls& calls, std::vector<Passage>& passages, Outcomes& outcomes);
  /// A repeat meets an order that is booked and a hold that is spent, by itself. One whose answer
  /// is kept no more is told which appointment it made.
  void GiveKnown(const Calls& calls, std::vector<Passage>& passages, Outcomes& outcomes);
  void Count(const Passage& passage, const absl::StatusOr<v1::Appointment>& outcome);

  const BookingParts parts_;
  const BookingSteps steps_;
};

/// A booked appointment, its seat mark, whom to tell, audit record and event, in `transaction`.
absl::StatusOr<v1::Appointment> InsertBooked(BookingTransaction& transaction,
                                             const Passage& passage, base::Instant now,
                                             std::string_view action,
                                             const MessagePolicy& messages);

/// Brings places in `passages` into the order in which those of one transaction are written:
/// doctors, hours and seats one way round, or two transactions would each have what the other waits
/// for. Who came first stays first where it matters: at one seat.
void OrderWrites(const std::vector<Passage>& passages, std::vector<std::size_t>& places);

/// What the regulation's order says to a booking on it.
absl::Status CheckOrderOf(const Passage& passage, const regulation::v1::CareOrder& order);

}  // namespace sas::booking
