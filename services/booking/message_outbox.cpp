#include "services/booking/message_outbox.h"

#include <algorithm>
#include <string>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "sas/events/v1/event.pb.h"
#include "services/booking/convert.h"
#include "services/booking/convert_messages.h"

namespace sas::booking {
namespace {

using v1::Message;

// A word of the name of a message: which way it goes.
std::string_view WordOf(Message::Kind kind) {
  switch (kind) {
    case Message::KIND_PATIENT_SMS:
      return "sms";
    case Message::KIND_PATIENT_EMAIL:
      return "email";
    case Message::KIND_PRACTICE:
      return "practice";
    case Message::KIND_SOURCE:
      return "source";
    default:
      return "doctor";
  }
}

// Its id follows from the version of the appointment: written twice, it is the same message.
Message NewMessage(const AppointmentRecord& record, Message::Kind kind, Message::Occasion occasion,
                   base::Instant now, std::string_view suffix) {
  const v1::Appointment& appointment = record.appointment;
  Message message;
  message.set_name(appointment.name() + "/messages/v" + std::to_string(record.version) + "-" +
                   std::string(WordOf(kind)) + std::string(suffix));
  message.set_kind(kind);
  message.set_occasion(occasion);
  message.set_appointment_version(record.version);
  message.set_site(appointment.site());
  message.set_territory(appointment.territory());
  *message.mutable_create_time() = ToTimestamp(now);
  Touch(message, now);
  return message;
}

absl::Status AddWaiting(BookingTransaction& transaction, Message message,
                        base::Instant not_before) {
  message.set_state(Message::STATE_WAITING);
  *message.mutable_not_before_time() = ToTimestamp(not_before);
  *message.mutable_next_attempt_time() = ToTimestamp(not_before);
  return transaction.messages().Add(message);
}

// What waits tells of a version that is no more, and who was to be called is called about the new
// one. A message that an attempt may have sent keeps what it told.
absl::Status VoidOlder(BookingTransaction& transaction, const AppointmentRecord& record,
                       base::Instant now, std::string_view reason) {
  SAS_ASSIGN_OR_RETURN(std::vector<Message> messages,
                       transaction.messages().OfAppointment(record.appointment.name()));
  for (Message& message : messages) {
    const bool letter = message.kind() == Message::KIND_TREATING_DOCTOR;
    if (letter ||
        (!IsPending(message) && !message.task_open() && !message.has_next_attempt_time())) {
      continue;
    }
    if (IsPending(message)) {
      message.set_state(Message::STATE_VOID);
      message.set_reason_code(std::string(reason));
    }
    if (message.task_open()) {
      message.set_task_open(false);
      message.set_task_resolution_code(std::string(reason));
    }
    // The receipt of an SMS is still worth asking for; nobody is called about it any more.
    message.clear_task_due_time();
    if (message.state() != Message::STATE_SENT) message.clear_next_attempt_time();
    Touch(message, now);
    SAS_RETURN_IF_ERROR(transaction.messages().Update(message));
  }
  return absl::OkStatus();
}

absl::Status AddPractice(BookingTransaction& transaction, const AppointmentRecord& record,
                         Message::Occasion occasion, base::Instant now) {
  const base::Instant not_before = now + kUndo;
  Message message = NewMessage(record, Message::KIND_PRACTICE, occasion, now, "");
  *message.mutable_task_due_time() =
      ToTimestamp(PracticeCallTime(not_before, ToInstant(record.appointment.start_time())));
  return AddWaiting(transaction, std::move(message), not_before);
}

absl::Status AddReminders(BookingTransaction& transaction, const AppointmentRecord& record,
                          Message::Kind kind, base::Instant now, const MessagePolicy& policy) {
  const base::Instant start = ToInstant(record.appointment.start_time());
  for (const base::Instant time : ReminderTimes(now, start, policy.reminders)) {
    const auto before = std::chrono::duration_cast<std::chrono::minutes>(start - time);
    SAS_RETURN_IF_ERROR(AddWaiting(transaction,
                                   NewMessage(record, kind, Message::OCCASION_REMINDER, now,
                                              "-reminder-" + std::to_string(before.count())),
                                   time));
  }
  return absl::OkStatus();
}

}  // namespace

bool MessagePolicy::Has(Message::Kind kind) const {
  switch (kind) {
    case Message::KIND_PATIENT_SMS:
      return sms;
    case Message::KIND_PATIENT_EMAIL:
      return email;
    default:
      return secure_mail;
  }
}

absl::Status QueueMessages(BookingTransaction& transaction, const AppointmentRecord& record,
                           Occasion occasion, base::Instant now, const MessagePolicy& policy) {
  const v1::Appointment& appointment = record.appointment;
  const bool live = appointment.state() == v1::Appointment::STATE_BOOKED;
  if (!live && appointment.state() != v1::Appointment::STATE_CANCELLED) return absl::OkStatus();
  if (occasion != Occasion::kBooked) {  // Nothing is older than a new one: no look for it.
    SAS_RETURN_IF_ERROR(VoidOlder(transaction, record, now, "SUPERSEDED"));
  }
  for (const Message::Kind kind : {Message::KIND_PATIENT_SMS, Message::KIND_PATIENT_EMAIL}) {
    if (!policy.Has(kind)) continue;
    SAS_RETURN_IF_ERROR(
        AddWaiting(transaction, NewMessage(record, kind, ToProto(occasion), now, ""), now + kUndo));
    if (live) SAS_RETURN_IF_ERROR(AddReminders(transaction, record, kind, now, policy));
  }
  if (!policy.secure_mail) return absl::OkStatus();
  return AddPractice(transaction, record, ToProto(occasion), now);
}

absl::Status QueueLetter(BookingTransaction& transaction, const AppointmentRecord& record,
                         base::Instant now, const MessagePolicy& policy) {
  SAS_RETURN_IF_ERROR(VoidOlder(transaction, record, now, "APPOINTMENT_ENDED"));
  const bool seen = record.appointment.state() == v1::Appointment::STATE_FULFILLED;
  if (!seen || !policy.secure_mail) return absl::OkStatus();
  Message letter =
      NewMessage(record, Message::KIND_TREATING_DOCTOR, Message::OCCASION_OUTCOME, now, "");
  letter.set_state(Message::STATE_PROPOSED);
  SAS_RETURN_IF_ERROR(transaction.messages().Add(letter));
  return RecordMessage(transaction.journal(), "ProposeLetter", letter);
}

absl::Status RecordMessage(ledger::Journal& journal, std::string_view action,
                           const Message& message) {
  const std::string region(base::RegionOf(message.name()));
  std::string detail = "kind=" + std::string(WordOf(message.kind())) +
                       " state=" + Message::State_Name(message.state()).substr(6);
  if (!message.reason_code().empty()) detail += " reason=" + message.reason_code();
  if (message.task_open()) detail += " task=" + Message::Task_Name(message.task()).substr(5);
  SAS_RETURN_IF_ERROR(journal.Audit({std::string(action), message.name(), region, detail}));
  events::v1::Event event;
  event.set_type("message.updated");
  event.set_subject(message.name());
  event.set_region(region);
  event.set_territory(message.territory());
  events::v1::MessageChange& change = *event.mutable_message();
  change.set_appointment(AppointmentOf(message.name()));
  change.set_kind(message.kind());
  change.set_occasion(message.occasion());
  change.set_state(message.state());
  change.set_reason_code(message.reason_code());
  change.set_task(message.task());
  change.set_task_open(message.task_open());
  return journal.Publish({region, event.type(), message.name(), event.SerializeAsString()});
}

}  // namespace sas::booking
