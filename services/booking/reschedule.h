#pragma once

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/booking/v1/booking_service.pb.h"
#include "services/booking/booking_steps.h"

namespace sas::booking {

/// Moves an appointment to a seat that the caller holds. The steps are those of a confirmation; the
/// new seat is taken and the old one freed in one transaction, and whatever fails before it leaves
/// the old one untouched (hazard H-26).
class Rescheduling {
 public:
  explicit Rescheduling(const BookingParts& parts) : parts_(parts), steps_(parts) {}

  absl::StatusOr<v1::Appointment> Run(const base::Call& call,
                                      const v1::RescheduleAppointmentRequest& request);

 private:
  absl::StatusOr<v1::Appointment> Move(const base::Call& call,
                                       const v1::RescheduleAppointmentRequest& request);
  absl::StatusOr<v1::Appointment> CheckAndWrite(const base::Call& call,
                                                const v1::RescheduleAppointmentRequest& request,
                                                Passage& passage);

  const BookingParts parts_;
  const BookingSteps steps_;
};

}  // namespace sas::booking
