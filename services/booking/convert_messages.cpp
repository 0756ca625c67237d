#include "services/booking/convert_messages.h"

#include <algorithm>

#include "common/base/etag.h"
#include "common/base/status.h"
#include "common/base/timestamp.h"

namespace sas::booking {
namespace {

template <typename A, typename B>
constexpr bool Same(A a, B b) {
  return static_cast<int>(a) == static_cast<int>(b);
}

static_assert(Same(MessageKind::kPatientSms, v1::Message::KIND_PATIENT_SMS) &&
              Same(MessageKind::kTreatingDoctor, v1::Message::KIND_TREATING_DOCTOR) &&
              Same(MessageKind::kSource, v1::Message::KIND_SOURCE));
static_assert(v1::Message::Kind_ARRAYSIZE == 6);
static_assert(Same(Occasion::kBooked, v1::Message::OCCASION_BOOKED) &&
              Same(Occasion::kOutcome, v1::Message::OCCASION_OUTCOME));
static_assert(v1::Message::Occasion_ARRAYSIZE == 6);

}  // namespace

std::string AppointmentOf(const std::string& message) {
  return message.substr(0, message.find("/messages/"));
}

bool IsPending(const v1::Message& message) {
  return message.state() == v1::Message::STATE_WAITING ||
         message.state() == v1::Message::STATE_SENDING;
}

std::int64_t DueMicros(const v1::Message& message) {
  if (!message.has_next_attempt_time()) return 0;
  return base::ToInstant(message.next_attempt_time()).time_since_epoch().count();
}

std::int64_t VersionOf(const v1::Message& message) {
  return base::VersionOf(message.etag());
}

void Touch(v1::Message& message, base::Instant now) {
  message.set_etag(base::EtagOf(VersionOf(message) + 1));
  *message.mutable_update_time() = base::ToTimestamp(now);
}

absl::Status MessageNotFound(const std::string& name) {
  return base::Fail(absl::StatusCode::kNotFound, "MESSAGE_NOT_FOUND",
                    "the appointment has no such message; list its messages", {{"name", name}});
}

absl::Status MessageExists(const std::string& name) {
  return base::Fail(absl::StatusCode::kAlreadyExists, "MESSAGE_EXISTS",
                    "this version of the appointment has that message already", {{"name", name}});
}

absl::Status MessageChanged(const std::string& name) {
  return base::FailRetryable(absl::StatusCode::kAborted, "CONCURRENT_CHANGE",
                             "somebody else changed it in the same instant; repeat",
                             std::chrono::milliseconds(50), {{"name", name}});
}

}  // namespace sas::booking
