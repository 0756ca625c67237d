#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/booking/v1/booking_service.pb.h"
#include "services/booking/booking_steps.h"
#include "services/booking/domain/seat_drift.h"

namespace sas::booking {

/// Holds what the slots believe of seats against the ledger, and tells them the truth of each seat
/// on which they are wrong. The relay tells them of every change already; this finds what a
/// restored copy, a parked mark or a fault of ours has left behind, in their ledger or in what hot
/// availability shows. Thread-safe.
class Reconciliation {
 public:
  explicit Reconciliation(const BookingParts& parts) : parts_(parts) {}

  /// One region's seats from now to the farthest that slots can be open. Looks twice: what was on
  /// its way is no drift. With `repair` a mark for each wrong seat goes to the relay; the ledger
  /// itself never changes.
  absl::StatusOr<v1::ReconcileSeatsResponse> Run(const base::Call& call,
                                                 const v1::ReconcileSeatsRequest& request) const;

  /// Every region of the ledger, repaired, and the figures of the metrics.
  absl::Status RunAll(const base::Call& call) const;

 private:
  struct Look {
    std::vector<SeatDrift> drifts;
    std::size_t compared = 0;
  };

  struct Drifts {
    std::vector<SeatDrift> ledger;  ///< Of the slots.
    std::vector<SeatDrift> shown;   ///< By hot availability, where that ledger is right.

    bool empty() const { return ledger.empty() && shown.empty(); }
  };

  absl::StatusOr<Look> LookAt(const base::Call& call, const std::string& region, base::Instant from,
                              bool shown) const;
  /// What both of two looks see.
  absl::StatusOr<Look> LookTwice(const base::Call& call, const std::string& region,
                                 bool shown) const;
  absl::StatusOr<v1::ReconcileSeatsResponse> Compare(const base::Call& call,
                                                     const std::string& region,
                                                     Drifts& drifts) const;
  absl::Status Repair(BookingTransaction& transaction, const std::string& region,
                      const Drifts& drifts) const;

  const BookingParts& parts_;
};

}  // namespace sas::booking
