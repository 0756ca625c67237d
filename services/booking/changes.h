#pragma once

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/booking/v1/booking_service.pb.h"
#include "services/booking/confirmation.h"

/// What happens to an appointment after it was booked; each once for a request_id.
namespace sas::booking {

absl::StatusOr<v1::Appointment> Cancel(const BookingParts& parts, const base::Call& call,
                                       const v1::CancelAppointmentRequest& request);
absl::StatusOr<v1::Appointment> RecordArrival(const BookingParts& parts, const base::Call& call,
                                              const v1::RecordArrivalRequest& request);
absl::StatusOr<v1::Appointment> Resolve(const BookingParts& parts, const base::Call& call,
                                        const v1::ResolveAppointmentRequest& request);

}  // namespace sas::booking
