#pragma once

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/booking/v1/booking_service.pb.h"
#include "services/booking/store.h"

namespace sas::booking {

/// What the audit record tells of an appointment that the caller sees (S2-56).
absl::StatusOr<v1::ListAppointmentHistoryResponse> ListHistory(
    BookingStore& store, const base::Call& call, const v1::ListAppointmentHistoryRequest& request);

}  // namespace sas::booking
