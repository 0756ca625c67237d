#include "services/booking/confirmation.h"

#include <string>
#include <utility>

#include "common/base/crash_point.h"
#include "common/base/status.h"
#include "common/ledger/write_once.h"
#include "services/booking/convert.h"
#include "services/booking/convert_peers.h"
#include "services/booking/parse.h"
#include "services/booking/records.h"
#include "services/booking/source_acts.h"

namespace sas::booking {

absl::Status CheckOrderOf(const v1::Appointment& draft, const regulation::v1::CareOrder& order) {
  const auto role = static_cast<base::Role>(draft.booked_by().role());
  return CheckOrder(ToValue(order),
                    {draft.care_order_version(), draft.patient(), ToValue(draft.entry_point()),
                     role == base::Role::kOsnp || IsRegulator(role)});
}

absl::StatusOr<v1::Appointment> InsertBooked(BookingTransaction& transaction,
                                             const Passage& passage, base::Instant now,
                                             std::string_view action,
                                             const MessagePolicy& messages) {
  SAS_RETURN_IF_ERROR(BookingSteps::CheckNotExpired(passage, now));
  SAS_RETURN_IF_ERROR(BookingSteps::CheckDayCap(transaction, passage));
  AppointmentRecord record;
  record.appointment = passage.draft;
  *record.appointment.mutable_create_time() = ToTimestamp(now);
  *record.appointment.mutable_update_time() = ToTimestamp(now);
  record.appointment.set_etag(EtagOf(record.version));
  SetAnswerDue(record.appointment, now);
  SAS_RETURN_IF_ERROR(transaction.Insert(record));
  base::AtCrashPoint("booking.confirm.inserted");
  SAS_RETURN_IF_ERROR(transaction.MarkSeat(MarkOf(record.appointment, /*taken=*/true, now)));
  base::AtCrashPoint("booking.confirm.marked");
  SAS_RETURN_IF_ERROR(QueueMessages(transaction, record, Occasion::kBooked, now, messages));
  SAS_RETURN_IF_ERROR(QueueConfirm(transaction, record.appointment, now));
  std::string codes =
      "entry_point=" + std::string(EntryPointCode(record.appointment.entry_point()));
  if (const std::string more = BookingSteps::Codes(passage); !more.empty()) codes += " " + more;
  // What waits for a platform is no appointment yet, and has its own word (hazard H-28).
  const char* type = record.appointment.has_source() ? "appointment.pending" : "appointment.booked";
  SAS_RETURN_IF_ERROR(Record(transaction.journal(), action, type, record.appointment, codes));
  return std::move(record.appointment);
}

absl::StatusOr<v1::Appointment> Confirmation::Run(const base::Call& call,
                                                  const v1::CreateAppointmentRequest& request) {
  Passage passage;
  SAS_ASSIGN_OR_RETURN(passage.draft, ParseDraft(call, request, parts_.test_identities));
  passage.hold_token = request.hold_token();
  passage.request_id = request.request_id();
  base::AtCrashPoint("booking.confirm.read");
  absl::StatusOr<v1::Appointment> booked = Book(call, request, passage);
  base::AtCrashPoint("booking.confirm.done");
  if (booked.ok()) {
    const bool pending = booked->state() == v1::Appointment::STATE_PENDING;
    parts_.metrics.Counted(passage.repeated ? "repeated" : pending ? "pending" : "booked");
    const bool beyond = !booked->supernumerary_reason_code().empty();
    if (beyond && !passage.repeated) parts_.metrics.Supernumerary();
    return booked;
  }
  // A repeat meets an order that is booked and a hold that is spent, by itself.
  SAS_ASSIGN_OR_RETURN(auto known, StoredAnswer<v1::Appointment>(parts_.store, call, request));
  if (known) {
    parts_.metrics.Counted("repeated");
    return *std::move(known);
  }
  parts_.metrics.Counted(OutcomeOf(booked.status(), ""));
  return booked;
}

absl::StatusOr<v1::Appointment> Confirmation::Book(const base::Call& call,
                                                   const v1::CreateAppointmentRequest& request,
                                                   Passage& passage) {
  SAS_RETURN_IF_ERROR(BookingSteps::PassGate(call, passage));
  SAS_RETURN_IF_ERROR(steps_.AskRegulation(
      call, passage, [&](const auto& order) { return CheckOrderOf(passage.draft, order); }));
  base::AtCrashPoint("booking.confirm.order_checked");
  SAS_RETURN_IF_ERROR(steps_.Prepare(call, passage));
  base::AtCrashPoint("booking.confirm.prepared");
  absl::StatusOr<v1::Appointment> written = CheckAndWrite(call, request, passage);
  steps_.GiveBackIfRefused(call, passage, written.status());
  steps_.NoteBusy(call, written.status());
  return written;
}

absl::StatusOr<v1::Appointment> Confirmation::CheckAndWrite(
    const base::Call& call, const v1::CreateAppointmentRequest& request, Passage& passage) {
  SAS_RETURN_IF_ERROR(BookingSteps::CheckAndFill(call, passage));
  const Stage stage(parts_.metrics, parts_.clock, "ledger");
  passage.repeated = true;  // Unless the work below runs.
  return ledger::WriteOnce<v1::Appointment>(
      parts_.store, call, request, [&](BookingTransaction& transaction) {
        passage.repeated = false;
        return InsertBooked(transaction, passage, parts_.clock.Now(), "CreateAppointment",
                            parts_.messages);
      });
}

}  // namespace sas::booking
