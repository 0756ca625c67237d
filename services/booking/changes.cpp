#include "services/booking/changes.h"

#include <string>
#include <utility>
#include <vector>

#include "common/base/crash_point.h"
#include "common/base/status.h"
#include "common/care/nomenclature.h"
#include "common/ledger/write_once.h"
#include "common/rpc/request_shape.h"
#include "services/booking/changed.h"
#include "services/booking/convert.h"
#include "services/booking/parse.h"
#include "services/booking/records.h"
#include "services/booking/refill_records.h"
#include "services/booking/source_acts.h"
#include "services/booking/visibility.h"

namespace sas::booking {
namespace {

constexpr std::int64_t kPassageSecondsMax = 24 * 3600;

absl::Status CheckDuration(const google::protobuf::Duration& duration, std::string_view field) {
  const std::int64_t seconds = duration.seconds();
  if (seconds >= 0 && seconds <= kPassageSecondsMax && duration.nanos() >= 0) {
    return absl::OkStatus();
  }
  return base::InvalidField(field, "INVALID_DURATION", "from 0 to 24 h");
}

// As Put will write it: the version that messages are about.
AppointmentRecord Next(AppointmentRecord record) {
  ++record.version;
  return record;
}

absl::Status CheckOutcome(const v1::ResolveAppointmentRequest& request) {
  SAS_RETURN_IF_ERROR(rpc::CheckKnownEnums(request));
  if (!request.has_outcome() || request.resolution() != v1::Appointment::STATE_FULFILLED) {
    return absl::OkStatus();
  }
  const v1::Outcome& outcome = request.outcome();
  if (!outcome.final_motif_unknown()) {
    SAS_RETURN_IF_ERROR(care::CheckMotif(outcome.final_motif_code(), "outcome.final_motif_code"));
  } else if (!outcome.final_motif_code().empty()) {
    return base::InvalidField("outcome.final_motif_code", "FINAL_MOTIF_CONTRADICTS",
                              "a motif that is given is not unknown");
  }
  SAS_RETURN_IF_ERROR(
      CheckDuration(outcome.consultation_duration(), "outcome.consultation_duration"));
  return CheckDuration(outcome.passage_duration(), "outcome.passage_duration");
}

std::string FollowUpCode(v1::Outcome::FollowUp follow_up) {
  return v1::Outcome::FollowUp_Name(follow_up).substr(std::string("FOLLOW_UP_").size());
}

v1::Outcome OutcomeOf(const v1::ResolveAppointmentRequest& request, const AppointmentRecord& record,
                      base::Instant now) {
  v1::Outcome outcome = request.outcome();
  *outcome.mutable_record_time() = ToTimestamp(now);
  const auto time = TimeUntilLeft(record.consultation_start, record.left, now);
  if (!outcome.has_consultation_duration() && time) {
    outcome.mutable_consultation_duration()->set_seconds(time->count());
  }
  if (outcome.has_passage_duration() || !record.appointment.has_arrive_time()) return outcome;
  const auto passage = TimeUntilLeft(ToInstant(record.appointment.arrive_time()), record.left, now);
  outcome.mutable_passage_duration()->set_seconds(passage->count());
  return outcome;
}

}  // namespace

namespace {

// The others of the group still stand: their screens must show that this one does not.
absl::Status TellGroup(BookingTransaction& transaction, const v1::Appointment& cancelled,
                       base::Instant now) {
  // Two members may be cancelled at once, and each tells the other; a move takes what it moves
  // before its messages.
  std::vector<std::string> held = MembersOf(cancelled);
  if (held.empty()) held.push_back(cancelled.name());
  SAS_RETURN_IF_ERROR(transaction.HoldAppointments(held));
  for (const std::string& name : cancelled.group().appointments()) {
    if (name == cancelled.name()) continue;
    SAS_ASSIGN_OR_RETURN(AppointmentRecord other, transaction.Get(name));
    if (!IsLive(ToValue(other.appointment.state()))) continue;
    other.appointment.mutable_group()->add_cancelled_appointments(cancelled.name());
    SAS_RETURN_IF_ERROR(Put(transaction, std::move(other), now, "CancelAppointment",
                            "appointment.updated", "group_member_cancelled=" + cancelled.name())
                            .status());
  }
  return absl::OkStatus();
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
        SAS_ASSIGN_OR_RETURN(AppointmentRecord record,
                             SeenOrBooked(transaction, call, request.name()));
        v1::Appointment& appointment = record.appointment;
        SAS_RETURN_IF_ERROR(CheckEtag(record, request.etag()));
        SAS_RETURN_IF_ERROR(
            CheckCancel(ToValue(appointment.state()), ToValue(appointment.arrival())));
        base::AtCrashPoint("booking.cancel.read");
        const base::Instant now = parts.clock.Now();
        const bool was_booked = appointment.state() == v1::Appointment::STATE_BOOKED;
        appointment.set_state(v1::Appointment::STATE_CANCELLED);
        appointment.set_cancel_reason_code(request.reason_code());
        SAS_RETURN_IF_ERROR(transaction.MarkSeat(MarkOf(appointment, /*taken=*/false, now)));
        base::AtCrashPoint("booking.cancel.marked");
        SAS_RETURN_IF_ERROR(TellGroup(transaction, appointment, now));
        // A seat of a platform's agenda is not ours to offer, and who was told of nothing hears of
        // no cancellation.
        if (appointment.has_source()) {
          SAS_RETURN_IF_ERROR(QueueCancel(transaction, appointment, now));
        } else {
          SAS_RETURN_IF_ERROR(NoteFreedSeat(transaction, record, "CANCELLED", now));
        }
        if (was_booked) {
          SAS_RETURN_IF_ERROR(
              QueueMessages(transaction, Next(record), Occasion::kCancelled, now, parts.messages));
        }
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
        if (!appointment.has_arrive_time()) *appointment.mutable_arrive_time() = ToTimestamp(now);
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
        SAS_RETURN_IF_ERROR(CheckResolve(
            ToValue(appointment.state()), ToValue(appointment.arrival()),
            ToInstant(appointment.start_time()), now,
            {ToValue(request.resolution()), request.has_outcome(),
             static_cast<FollowUp>(request.outcome().follow_up()), request.abandon_reason_code()}));
        appointment.set_state(request.resolution());
        appointment.set_abandon_reason_code(request.abandon_reason_code());
        std::string codes;
        if (request.resolution() == v1::Appointment::STATE_FULFILLED) {
          *appointment.mutable_outcome() = OutcomeOf(request, record, now);
          const v1::Outcome& outcome = appointment.outcome();
          const std::string motif =
              outcome.final_motif_unknown() ? "unknown" : outcome.final_motif_code();
          codes = "final_motif=" + motif + " follow_up=" + FollowUpCode(outcome.follow_up());
        }
        if (request.resolution() == v1::Appointment::STATE_ABANDONED) {
          codes = "reason=" + request.abandon_reason_code();
        }
        SAS_RETURN_IF_ERROR(QueueLetter(transaction, Next(record), now, parts.messages));
        return Put(transaction, std::move(record), now, "ResolveAppointment", "appointment.updated",
                   codes);
      });
}

}  // namespace sas::booking
