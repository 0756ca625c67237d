#include "services/booking/source_acts.h"

#include <utility>

#include "common/base/crash_point.h"
#include "common/base/status.h"
#include "services/booking/booking_steps.h"
#include "services/booking/changed.h"
#include "services/booking/convert.h"
#include "services/booking/convert_messages.h"

namespace sas::booking {
namespace {

using v1::Message;
using v1::SourceSide;

SourceTask TaskOf(const v1::Appointment& appointment) {
  return appointment.source().way() == SourceSide::WAY_STREAM ? SourceTask::kConfirm
                                                              : SourceTask::kAwait;
}

// A person is asked about a cancellation that the platform has not heard of by then.
base::Instant CancelOverdue(const v1::Appointment& appointment, base::Instant now) {
  return AnswerDue(now, ToInstant(appointment.start_time()));
}

// What a report leaves on the appointment, whatever else it does; true when it is new.
bool Note(v1::Appointment& appointment, const SourceWord& word) {
  SourceSide& side = *appointment.mutable_source();
  const bool number = side.external_appointment_id() != word.external_appointment_id &&
                      !word.external_appointment_id.empty();
  const bool version = word.version > side.version();
  if (number) side.set_external_appointment_id(word.external_appointment_id);
  if (version) side.set_version(word.version);
  if (!word.source_code.empty()) side.set_source_code(word.source_code);
  return number || version;
}

// The codes of an audit record: a number and codes, nobody's datum.
std::string CodesOf(const v1::Appointment& appointment, const SourceWord& word) {
  std::string codes = "partner=" + appointment.source().partner();
  if (!word.external_appointment_id.empty()) codes += " number=" + word.external_appointment_id;
  if (word.version > 0) codes += " version=" + std::to_string(word.version);
  if (!word.source_code.empty()) codes += " source_code=" + word.source_code;
  return codes;
}

// As Put will write it: the version that messages are about.
AppointmentRecord Next(AppointmentRecord record) {
  ++record.version;
  return record;
}

absl::StatusOr<v1::Appointment> Confirm(BookingTransaction& transaction, AppointmentRecord record,
                                        const SourceWord& word, base::Instant now,
                                        const MessagePolicy& policy) {
  v1::Appointment& appointment = record.appointment;
  appointment.set_state(v1::Appointment::STATE_BOOKED);
  appointment.mutable_source()->set_answer_overdue(false);
  appointment.mutable_source()->clear_source_code();
  SAS_RETURN_IF_ERROR(transaction.sources().RemoveWork(appointment.name()));
  SAS_RETURN_IF_ERROR(CloseSourceTasks(transaction, appointment.name(), "RECEIVED", now));
  SAS_RETURN_IF_ERROR(QueueMessages(transaction, Next(record), Occasion::kBooked, now, policy));
  const std::string codes = CodesOf(appointment, word);
  return Put(transaction, std::move(record), now, word.action, "appointment.booked", codes);
}

// Who was told of nothing is told of nothing: a patient hears of an end only of what he had.
absl::StatusOr<v1::Appointment> End(BookingTransaction& transaction, AppointmentRecord record,
                                    const SourceWord& word, base::Instant now,
                                    const MessagePolicy& policy) {
  v1::Appointment& appointment = record.appointment;
  const bool was_booked = appointment.state() == v1::Appointment::STATE_BOOKED;
  appointment.set_state(v1::Appointment::STATE_CANCELLED);
  appointment.set_cancel_reason_code(was_booked ? "SOURCE_CANCELLED" : "SOURCE_REFUSED");
  appointment.mutable_source()->set_answer_overdue(false);
  SAS_RETURN_IF_ERROR(transaction.MarkSeat(MarkOf(appointment, /*taken=*/false, now)));
  SAS_RETURN_IF_ERROR(transaction.sources().RemoveWork(appointment.name()));
  SAS_RETURN_IF_ERROR(CloseSourceTasks(transaction, appointment.name(), "RECEIVED", now));
  if (was_booked) {
    SAS_RETURN_IF_ERROR(
        QueueMessages(transaction, Next(record), Occasion::kCancelled, now, policy));
  }
  const std::string codes =
      "reason=" + appointment.cancel_reason_code() + " " + CodesOf(appointment, word);
  return Put(transaction, std::move(record), now, word.action, "appointment.cancelled", codes);
}

// The two sides do not say the same, and software does not choose.
absl::StatusOr<v1::Appointment> Contradict(BookingTransaction& transaction,
                                           AppointmentRecord record, const SourceWord& word,
                                           std::string_view reason, base::Instant now) {
  SAS_RETURN_IF_ERROR(OpenSourceTask(transaction, Next(record), reason, now));
  const std::string codes = "asks=" + std::string(reason) + " " + CodesOf(record.appointment, word);
  return Put(transaction, std::move(record), now, word.action, "appointment.updated", codes);
}

}  // namespace

bool IsAtSource(const slots::v1::PreparedSeat& seat) {
  return seat.master() == slots::v1::AGENDA_MASTER_SOURCE_STREAM ||
         seat.master() == slots::v1::AGENDA_MASTER_SOURCE_REDIRECT;
}

absl::Status CheckOurs(bool at_source, std::string_view partner) {
  if (!at_source) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kFailedPrecondition, "AGENDA_ELSEWHERE",
                    "the platform " + std::string(partner) +
                        " is the master of this agenda: book there one by one, and cancel instead "
                        "of moving",
                    {{"partner", std::string(partner)}});
}

void FillSource(const slots::v1::PreparedSeat& seat, v1::Appointment& draft) {
  draft.clear_source();
  if (!IsAtSource(seat)) return;
  const bool redirect = seat.master() == slots::v1::AGENDA_MASTER_SOURCE_REDIRECT;
  draft.set_state(v1::Appointment::STATE_PENDING);
  SourceSide& side = *draft.mutable_source();
  side.set_way(redirect ? SourceSide::WAY_REDIRECT : SourceSide::WAY_STREAM);
  side.set_partner(seat.partner());
  if (redirect) side.set_booking_url(RedirectUrl(seat.booking_url(), draft.name()));
}

void SetAnswerDue(v1::Appointment& draft, base::Instant now) {
  if (!draft.has_source()) return;
  *draft.mutable_source()->mutable_answer_due_time() =
      ToTimestamp(AnswerDue(now, ToInstant(draft.start_time())));
}

absl::Status QueueConfirm(BookingTransaction& transaction, const v1::Appointment& appointment,
                          base::Instant now) {
  if (!appointment.has_source()) return absl::OkStatus();
  SourceWork work;
  work.appointment = appointment.name();
  work.task = TaskOf(appointment);
  work.overdue = ToInstant(appointment.source().answer_due_time());
  work.due = work.task == SourceTask::kConfirm ? now : work.overdue;
  return transaction.sources().PutWork(work);
}

absl::Status QueueCancel(BookingTransaction& transaction, v1::Appointment& appointment,
                         base::Instant now) {
  appointment.mutable_source()->set_cancel_untold(true);
  appointment.mutable_source()->set_answer_overdue(false);
  SAS_RETURN_IF_ERROR(CloseSourceTasks(transaction, appointment.name(), "SUPERSEDED", now));
  SourceWork work;
  work.appointment = appointment.name();
  work.task = SourceTask::kCancel;
  work.due = now;
  work.overdue = CancelOverdue(appointment, now);
  return transaction.sources().PutWork(work);
}

absl::StatusOr<v1::Appointment> HearSource(BookingTransaction& transaction,
                                           AppointmentRecord record, const SourceWord& word,
                                           base::Instant now, const MessagePolicy& policy,
                                           Effect* done) {
  v1::Appointment& appointment = record.appointment;
  *done = Effect::kNothing;
  const SourceSide& side = appointment.source();
  const bool other = !side.external_appointment_id().empty() &&
                     !word.external_appointment_id.empty() &&
                     side.external_appointment_id() != word.external_appointment_id;
  if (other) {  // One booking id, two bookings there.
    *done = Effect::kAsk;
    return Contradict(transaction, std::move(record), word, "OTHER_NUMBER", now);
  }
  const bool old = word.version > 0 && word.version <= side.version();
  if (old) return std::move(appointment);
  *done = JudgeSource(ToValue(appointment.state()), ToValue(appointment.arrival()), word.state);
  const bool news = Note(appointment, word);
  absl::StatusOr<v1::Appointment> after;
  switch (*done) {
    case Effect::kConfirm:
      after = Confirm(transaction, std::move(record), word, now, policy);
      break;
    case Effect::kRefuse:
    case Effect::kCancel:
      after = End(transaction, std::move(record), word, now, policy);
      break;
    case Effect::kCancelAt:
      SAS_RETURN_IF_ERROR(QueueCancel(transaction, appointment, now));
      after = Contradict(transaction, std::move(record), word, "BOOKED_AFTER_CANCEL", now);
      break;
    case Effect::kAsk:
      after = Contradict(transaction, std::move(record), word, "SOURCE_CANCELLED", now);
      break;
    case Effect::kNothing: {
      if (!news) return std::move(appointment);
      const std::string codes = CodesOf(appointment, word);
      after = Put(transaction, std::move(record), now, word.action, "appointment.updated", codes);
      break;
    }
  }
  base::AtCrashPoint("booking.source.written");
  return after;
}

absl::Status OpenSourceTask(BookingTransaction& transaction, const AppointmentRecord& record,
                            std::string_view reason, base::Instant now) {
  const v1::Appointment& appointment = record.appointment;
  SAS_ASSIGN_OR_RETURN(const std::vector<Message> known,
                       transaction.messages().OfAppointment(appointment.name()));
  for (const Message& message : known) {
    const bool same = message.kind() == Message::KIND_SOURCE && message.task_open() &&
                      message.reason_code() == reason;
    if (same) return absl::OkStatus();
  }
  Message task;
  task.set_name(appointment.name() + "/messages/v" + std::to_string(record.version) + "-source");
  task.set_kind(Message::KIND_SOURCE);
  task.set_occasion(Message::OCCASION_BOOKED);
  task.set_state(Message::STATE_FAILED);
  task.set_reason_code(std::string(reason));
  task.set_appointment_version(record.version);
  task.set_task(Message::TASK_CALL_SOURCE);
  task.set_task_open(true);
  task.set_site(appointment.site());
  task.set_territory(appointment.territory());
  *task.mutable_create_time() = ToTimestamp(now);
  Touch(task, now);
  SAS_RETURN_IF_ERROR(transaction.messages().Add(task));
  return RecordMessage(transaction.journal(), "AskPersonAboutSource", task);
}

absl::Status CloseSourceTasks(BookingTransaction& transaction, const std::string& appointment,
                              std::string_view resolution, base::Instant now) {
  SAS_ASSIGN_OR_RETURN(std::vector<Message> known,
                       transaction.messages().OfAppointment(appointment));
  for (Message& message : known) {
    if (message.kind() != Message::KIND_SOURCE || !message.task_open()) continue;
    message.set_task_open(false);
    message.set_task_resolution_code(std::string(resolution));
    Touch(message, now);
    SAS_RETURN_IF_ERROR(transaction.messages().Update(message));
    SAS_RETURN_IF_ERROR(RecordMessage(transaction.journal(), "CloseSourceTask", message));
  }
  return absl::OkStatus();
}

}  // namespace sas::booking
