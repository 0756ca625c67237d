#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/booking/v1/booking_service.pb.h"
#include "services/booking/booking_steps.h"

namespace sas::booking {

/// Confirms the held seats of a group in one transaction, or none of them. Each member goes the
/// steps of a confirmation, all seats are prepared in one exchange; seats that were prepared for a
/// group that is refused are given back.
class BatchBooking {
 public:
  explicit BatchBooking(const BookingParts& parts) : parts_(parts), steps_(parts) {}

  absl::StatusOr<v1::BatchCreateAppointmentsResponse> Run(
      const base::Call& call, const v1::BatchCreateAppointmentsRequest& request);

 private:
  absl::StatusOr<std::vector<Passage>> Parse(
      const base::Call& call, const v1::BatchCreateAppointmentsRequest& request) const;
  absl::StatusOr<v1::BatchCreateAppointmentsResponse> Book(
      const base::Call& call, const v1::BatchCreateAppointmentsRequest& request,
      std::vector<Passage>& passages) const;
  absl::Status Ready(std::vector<Passage>& passages) const;
  /// OK when no earlier run of this request has made the group.
  absl::Status CheckNotCarriedOut(const base::Call& call,
                                  const std::vector<Passage>& passages) const;

  const BookingParts parts_;
  const BookingSteps steps_;
};

}  // namespace sas::booking
