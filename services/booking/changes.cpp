#include "services/booking/changes.h"

#include <string>
#include <utility>

#include "common/base/crash_point.h"
#include "common/base/status.h"
#include "common/care/nomenclature.h"
#include "common/ledger/write_once.h"
#include "common/rpc/request_shape.h"
#include "services/booking/convert.h"
#include "services/booking/parse.h"
#include "services/booking/records.h"
#include "services/booking/refill_records.h"
#include "services/booking/visibility.h"

namespace sas::booking {
namespace {

constexpr std::int64_t kConsultationSecondsMax = 24 * 3600;

absl::Status CheckEtag(const AppointmentRecord& record, const std::string& etag) {
  if (record.appointment.etag() == etag) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                    "the appointment has changed since it was read: read it again first",
                    {{"etag", record.appointment.etag()}});
}

absl::Status EtagRequired(const std::string& etag) {
  if (!etag.empty()) return absl::OkStatus();
  return base::InvalidField("etag", "ETAG_REQUIRED",
                            "give the version on the screen, so that the right one is changed");
}

// Reads an appointment that the caller sees.
absl::StatusOr<AppointmentRecord> Seen(BookingTransaction& transaction, const base::Call& call,
                                       const std::string& name) {
  SAS_ASSIGN_OR_RETURN(AppointmentRecord record, transaction.Get(name));
  SAS_RETURN_IF_ERROR(CheckSees(call.actor, record.appointment));
  return record;
}

// Writes the next version with its audit record and event.
absl::StatusOr<v1::Appointment> Put(BookingTransaction& transaction, AppointmentRecord record,
                                    base::Instant now, std::string_view action,
                                    std::string_view event_type, const std::string& codes) {
  ++record.version;
  record.appointment.set_etag(EtagOf(record.version));
  *record.appointment.mutable_update_time() = ToTimestamp(now);
  SAS_RETURN_IF_ERROR(transaction.Update(record));
  SAS_RETURN_IF_ERROR(Record(transaction.journal(), action, event_type, record.appointment, codes));
  return std::move(record.appointment);
}

absl::Status CheckOutcome(const v1::ResolveAppointmentRequest& request) {
  SAS_RETURN_IF_ERROR(rpc::CheckKnownEnums(request));
  if (!request.has_outcome() || request.resolution() != v1::Appointment::STATE_FULFILLED) {
    return absl::OkStatus();
  }
  const v1::Outcome& outcome = request.outcome();
  SAS_RETURN_IF_ERROR(care::CheckMotif(outcome.final_motif_code(), "outcome.final_motif_code"));
  const std::int64_t seconds = outcome.consultation_duration().seconds();
  if (seconds < 0 || seconds > kConsultationSecondsMax ||
      outcome.consultation_duration().nanos() < 0) {
    return base::InvalidField("outcome.consultation_duration", "INVALID_DURATION",
                              "from 0 to 24 h");
  }
  return absl::OkStatus();
}

v1::Outcome OutcomeOf(const v1::ResolveAppointmentRequest& request, const AppointmentRecord& record,
                      base::Instant now) {
  v1::Outcome outcome = request.outcome();
  *outcome.mutable_record_time() = ToTimestamp(now);
  if (outcome.has_consultation_duration()) return outcome;
  if (const auto time = ConsultationTime(record.consultation_start, record.left, now)) {
    outcome.mutable_consultation_duration()->set_seconds(time->count());
  }
  return outcome;
}

}  // namespace

absl::StatusOr<v1::Appointment> Cancel(const BookingParts& parts, const base::Call& call,
                                       const v1::CancelAppointmentRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, request.name()));
  SAS_RETURN_IF_ERROR(CheckCancelReason(request.reason_code(), "reason_code"));
  SAS_RETURN_IF_ERROR(EtagRequired(request.etag()));
  auto cancelled = ledger::WriteOnce<v1::Appointment>(
      parts.store, call, request,
      [&](BookingTransaction& transaction) -> absl::StatusOr<v1::Appointment> {
        SAS_ASSIGN_OR_RETURN(AppointmentRecord record, Seen(transaction, call, request.name()));
        v1::Appointment& appointment = record.appointment;
        SAS_RETURN_IF_ERROR(CheckEtag(record, request.etag()));
        SAS_RETURN_IF_ERROR(
            CheckCancel(ToValue(appointment.state()), ToValue(appointment.arrival())));
        base::AtCrashPoint("booking.cancel.read");
        const base::Instant now = parts.clock.Now();
        appointment.set_state(v1::Appointment::STATE_CANCELLED);
        appointment.set_cancel_reason_code(request.reason_code());
        SeatMark mark;
        mark.slot = appointment.slot();
        mark.seat = appointment.seat();
        mark.appointment = appointment.name();
        mark.time = now;
        SAS_RETURN_IF_ERROR(transaction.MarkSeat(mark));
        base::AtCrashPoint("booking.cancel.marked");
        SAS_RETURN_IF_ERROR(NoteFreedSeat(transaction, record, "CANCELLED", now));
        return Put(transaction, std::move(record), now, "CancelAppointment",
                   "appointment.cancelled", "reason=" + request.reason_code());
      });
  base::AtCrashPoint("booking.cancel.done");
  return cancelled;
}

absl::StatusOr<v1::Appointment> RecordArrival(const BookingParts& parts, const base::Call& call,
                                              const v1::RecordArrivalRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, request.name()));
  if (request.arrival() == v1::Appointment::ARRIVAL_UNSPECIFIED) {
    return base::InvalidField("arrival", "FIELD_REQUIRED", "say where the patient is");
  }
  SAS_RETURN_IF_ERROR(rpc::CheckKnownEnums(request));
  return ledger::WriteOnce<v1::Appointment>(
      parts.store, call, request,
      [&](BookingTransaction& transaction) -> absl::StatusOr<v1::Appointment> {
        SAS_ASSIGN_OR_RETURN(AppointmentRecord record, Seen(transaction, call, request.name()));
        v1::Appointment& appointment = record.appointment;
        SAS_RETURN_IF_ERROR(CheckArrival(ToValue(appointment.state()),
                                         ToValue(appointment.arrival()),
                                         ToValue(request.arrival())));
        const base::Instant now = parts.clock.Now();
        appointment.set_arrival(request.arrival());
        if (request.arrival() == v1::Appointment::ARRIVAL_IN_CONSULTATION) {
          record.consultation_start = now;
        }
        if (request.arrival() == v1::Appointment::ARRIVAL_LEFT) record.left = now;
        const std::string step = v1::Appointment::Arrival_Name(request.arrival());
        return Put(transaction, std::move(record), now, "RecordArrival", "appointment.updated",
                   "arrival=" + step.substr(std::string("ARRIVAL_").size()));
      });
}

absl::StatusOr<v1::Appointment> Resolve(const BookingParts& parts, const base::Call& call,
                                        const v1::ResolveAppointmentRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, request.name()));
  SAS_RETURN_IF_ERROR(CheckOutcome(request));
  SAS_RETURN_IF_ERROR(EtagRequired(request.etag()));
  return ledger::WriteOnce<v1::Appointment>(
      parts.store, call, request,
      [&](BookingTransaction& transaction) -> absl::StatusOr<v1::Appointment> {
        SAS_ASSIGN_OR_RETURN(AppointmentRecord record, Seen(transaction, call, request.name()));
        v1::Appointment& appointment = record.appointment;
        SAS_RETURN_IF_ERROR(CheckEtag(record, request.etag()));
        const base::Instant now = parts.clock.Now();
        SAS_RETURN_IF_ERROR(CheckResolve(ToValue(appointment.state()),
                                         ToValue(appointment.arrival()),
                                         ToInstant(appointment.start_time()), now,
                                         {ToValue(request.resolution()), request.has_outcome(),
                                          static_cast<FollowUp>(request.outcome().follow_up())}));
        appointment.set_state(request.resolution());
        std::string codes;
        if (request.resolution() == v1::Appointment::STATE_FULFILLED) {
          *appointment.mutable_outcome() = OutcomeOf(request, record, now);
          codes = "final_motif=" + request.outcome().final_motif_code();
        }
        return Put(transaction, std::move(record), now, "ResolveAppointment", "appointment.updated",
                   codes);
      });
}

}  // namespace sas::booking
