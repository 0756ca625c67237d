#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "common/base/clock.h"
#include "sas/booking/v1/message.pb.h"
#include "services/booking/domain/message_plan.h"

/// Messages as the ledger keeps them, and the values of their rules; refusals that every store has.
namespace sas::booking {

inline MessageKind ToValue(v1::Message::Kind kind) {
  return static_cast<MessageKind>(kind);
}

inline Occasion ToValue(v1::Message::Occasion occasion) {
  return static_cast<Occasion>(occasion);
}

inline v1::Message::Occasion ToProto(Occasion occasion) {
  return static_cast<v1::Message::Occasion>(occasion);
}

/// regions/…/appointments/… of a message.
std::string AppointmentOf(const std::string& message);

/// Still to be sent.
bool IsPending(const v1::Message& message);

/// When the service looks at it next, in microseconds; 0 for never.
std::int64_t DueMicros(const v1::Message& message);

/// Number in the etag.
std::int64_t VersionOf(const v1::Message& message);

/// The next version of it.
void Touch(v1::Message& message, base::Instant now);

absl::Status MessageNotFound(const std::string& name);
absl::Status MessageExists(const std::string& name);
absl::Status MessageChanged(const std::string& name);

}  // namespace sas::booking
