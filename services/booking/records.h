#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/ledger/journal.h"
#include "sas/booking/v1/appointment.pb.h"
#include "sas/booking/v1/booking_service.pb.h"

namespace sas::booking {

/// What a change leaves behind in its transaction: one audit record (codes only, `codes` goes on
/// after the state) and one event for those who follow. Neither holds a text that somebody wrote.
absl::Status Record(ledger::Journal& journal, std::string_view action, std::string_view event_type,
                    const v1::Appointment& appointment, std::string_view codes);

/// The same for an appointment that has left `from`.
absl::Status RecordMove(ledger::Journal& journal, const v1::Appointment& appointment,
                        const v1::Move& from, std::string_view codes);

/// A closed session.
absl::Status RecordClosure(ledger::Journal& journal, const v1::SessionClosure& closure);

}  // namespace sas::booking
