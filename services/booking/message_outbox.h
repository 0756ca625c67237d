#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/base/clock.h"
#include "services/booking/domain/message_plan.h"
#include "services/booking/store.h"

namespace sas::booking {

/// Which ways of telling are set up; only for these a message is written.
struct MessagePolicy {
  bool sms = false;
  bool email = false;
  bool secure_mail = false;
  bool quiet_hours = true;                      ///< No message to a patient from 22 to 8 h.
  std::vector<std::chrono::minutes> reminders;  ///< Before the start.
  /// Secure mailboxes by the name of the site, of practices whose site in the directory has none.
  std::map<std::string, std::string, std::less<>> practices = {};

  bool Any() const { return sms || email || secure_mail; }

  bool Has(v1::Message::Kind kind) const;
};

/// Writes whom to tell that the appointment was booked, moved or cancelled, in the transaction that
/// does it, and voids what waits from before: a message is never older than its appointment.
/// `record` is the appointment after the change. An appointment that is not booked yet tells
/// nobody.
absl::Status QueueMessages(BookingTransaction& transaction, const AppointmentRecord& record,
                           Occasion occasion, base::Instant now, const MessagePolicy& policy);

/// The passage is closed: what waits is void, and a letter to the treating doctor is proposed when
/// the patient was seen.
absl::Status QueueLetter(BookingTransaction& transaction, const AppointmentRecord& record,
                         base::Instant now, const MessagePolicy& policy);

/// Leaves an audit record (codes only) and an event of what became of a message.
absl::Status RecordMessage(ledger::Journal& journal, std::string_view action,
                           const v1::Message& message);

}  // namespace sas::booking
