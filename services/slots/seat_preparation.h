#pragma once

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "sas/slots/v1/seat_service.pb.h"
#include "services/slots/metrics.h"
#include "services/slots/projection.h"
#include "services/slots/seats.h"
#include "services/slots/slot_lookup.h"
#include "services/slots/store.h"

namespace sas::slots {

/// Turns holds into seats that are prepared for appointments: finds the holds, judges each site's
/// rules and caps once more (hazard H-21), and prepares what passed, in two exchanges with the book
/// however many there are. Thread-safe.
class SeatPreparation {
 public:
  SeatPreparation(const Projection& projection, SeatBook& book, SlotsStore& store,
                  SlotsMetrics& metrics, const base::Clock& clock)
      : projection_(projection), book_(book), store_(store), metrics_(metrics), clock_(clock) {}

  absl::StatusOr<v1::PreparedSeat> Run(const base::Call& call,
                                       const v1::PrepareSeatRequest& request) const;

  /// INVALID_ARGUMENT `INVALID_SEAT_COUNT` for none or more than 64.
  absl::StatusOr<v1::PrepareSeatsResponse> RunAll(const base::Call& call,
                                                  const v1::PrepareSeatsRequest& request) const;

 private:
  /// One confirmation on its way: `refusal` once it has left it.
  struct Seat;

  std::vector<absl::StatusOr<v1::PreparedSeat>> Prepare(
      const base::Call& call, const std::vector<const v1::PrepareSeatRequest*>& requests) const;
  absl::Status Find(const base::Call& call, Seat& seat) const;
  absl::Status Judge(const base::Call& call, const Hold& held, Seat& seat) const;
  /// Counts leave out the seats of the appointment itself: one that is moved has a seat elsewhere.
  absl::StatusOr<int> BookedWithin(const base::Call& call, const Seat& seat,
                                   const DaySpan& span) const;
  absl::Status CheckDay(const base::Call& call, const Seat& seat) const;
  /// Appointments of who receives in the slot's week; 0 when they cannot be too many.
  absl::StatusOr<int> BookedThatWeek(const base::Call& call, const Seat& seat) const;
  absl::Status CheckBeyond(const base::Call& call, const Hold& held, const Seat& seat) const;
  void TellSoftCap(const SlotRef& slot) const;
  absl::Status Lost(const base::Call& call, const absl::Status& refusal, const Seat& seat) const;

  const Projection& projection_;
  SeatBook& book_;
  SlotsStore& store_;
  SlotsMetrics& metrics_;
  const base::Clock& clock_;
};

}  // namespace sas::slots
