#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/booking/v1/source_service.pb.h"
#include "sas/events/v1/event.pb.h"
#include "services/booking/source_acts.h"

/// Bookings as platforms report them: one row for each platform and number, whatever comes first
/// and however often. Inside a transaction of the store.
namespace sas::booking {

/// What became of a report, for the metrics.
enum class Heard { kJoined, kUnjoined, kKnown, kForeign };

/// A report of the slots' feed. It is joined by the booking id that it carries, or by the row of
/// its number, and by nothing else. A report about an appointment of another platform, or of
/// another agenda, changes no appointment.
absl::StatusOr<Heard> HearReport(BookingTransaction& transaction,
                                 const events::v1::SourceBookingChange& report, base::Instant now,
                                 const MessagePolicy& policy);

/// The number under which a platform has an appointment: its row, made if need be, is joined to it.
/// FAILED_PRECONDITION `SOURCE_BOOKING_JOINED` when another appointment has that number,
/// `JOIN_FACT_DIFFERS` when the platform reported another start or doctor under it.
absl::Status KeepNumber(BookingTransaction& transaction, const v1::Appointment& appointment,
                        v1::SourceBooking::Join join, const base::Call* by, base::Instant now);

/// Audit record and event of a row: `source_booking.recorded` or `.joined`.
absl::Status RecordSourceBooking(ledger::Journal& journal, std::string_view action,
                                 std::string_view type, const v1::SourceBooking& booking);

absl::Status SourceBookingJoined(const v1::SourceBooking& booking);

}  // namespace sas::booking
