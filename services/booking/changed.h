#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "services/booking/store.h"

/// What every change of an appointment that stands begins and ends with.
namespace sas::booking {

/// INVALID_ARGUMENT `ETAG_REQUIRED`.
absl::Status EtagRequired(const std::string& etag);

/// ABORTED `ETAG_MISMATCH`.
absl::Status CheckEtag(const AppointmentRecord& record, const std::string& etag);

/// Reads an appointment that the caller sees.
absl::StatusOr<AppointmentRecord> Seen(BookingTransaction& transaction, const base::Call& call,
                                       const std::string& name);

/// Reads an appointment that the caller sees or has booked himself, at whatever site.
absl::StatusOr<AppointmentRecord> SeenOrBooked(BookingTransaction& transaction,
                                               const base::Call& call, const std::string& name);

/// Names of those of its group, its own among them; none of one alone.
std::vector<std::string> MembersOf(const v1::Appointment& appointment);

/// Gives the record its next version, before it is written.
void NextVersion(AppointmentRecord& record, base::Instant now);

/// Writes the next version with its audit record and event. What is over is displaced no more.
absl::StatusOr<v1::Appointment> Put(BookingTransaction& transaction, AppointmentRecord record,
                                    base::Instant now, std::string_view action,
                                    std::string_view event_type, const std::string& codes);

}  // namespace sas::booking
