#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "sas/booking/v1/displaced_service.pb.h"
#include "services/booking/booking_steps.h"
#include "services/booking/domain/displacement.h"
#include "services/booking/store.h"

/// Appointments whose slot was withdrawn (hazard H-27), in the transaction of what is found or
/// done: entry, audit record and event. The appointment itself does not change, so that nobody's
/// etag and no message on its way is touched.
namespace sas::booking {

/// Opens the entry, or gives it another reason.
absl::Status Displace(BookingTransaction& transaction, const v1::Appointment& appointment,
                      Displaced reason, base::Instant now);

/// Ends the entry, if there is one: true then. `end` is SERVED, MOVED, CANCELLED or OVER.
absl::StatusOr<bool> SettleDisplacement(BookingTransaction& transaction,
                                        const v1::Appointment& appointment, std::string_view end);

/// Ends the entry of an appointment that waits for nobody any more; nothing while it does.
absl::Status SettleIfOver(BookingTransaction& transaction, const v1::Appointment& appointment);

/// Shows the entry on the appointment.
absl::Status ShowDisplacement(BookingTransaction& transaction, v1::Appointment& appointment);

/// KeepDisplacedAppointment. FAILED_PRECONDITION `NOT_DISPLACED`; idempotent by request_id.
absl::StatusOr<v1::Appointment> KeepDisplaced(const BookingParts& parts, const base::Call& call,
                                              const v1::KeepDisplacedAppointmentRequest& request);

}  // namespace sas::booking
