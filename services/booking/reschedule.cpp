#include "services/booking/reschedule.h"

#include <span>
#include <string>
#include <utility>

#include "common/base/crash_point.h"
#include "common/base/status.h"
#include "common/ledger/write_once.h"
#include "services/booking/caps.h"
#include "services/booking/changed.h"
#include "services/booking/convert.h"
#include "services/booking/displaced.h"
#include "services/booking/domain/group.h"
#include "services/booking/domain/move.h"
#include "services/booking/parse.h"
#include "services/booking/records.h"
#include "services/booking/refill_records.h"
#include "services/booking/source_acts.h"
#include "services/booking/visibility.h"

namespace sas::booking {
namespace {

using Request = v1::RescheduleAppointmentRequest;

absl::Status CheckShape(const base::Call& call, const Request& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, request.name()));
  SAS_RETURN_IF_ERROR(CheckSlotOf(request.name(), request.slot(), "slot"));
  SAS_RETURN_IF_ERROR(CheckHoldToken(request.hold_token(), "hold_token"));
  SAS_RETURN_IF_ERROR(CheckMoveReason(request.reason_code(), "reason_code"));
  SAS_RETURN_IF_ERROR(CheckLateReason(request.late_reason_code(), "late_reason_code"));
  return EtagRequired(request.etag());
}

absl::Status CheckDisplacement(const v1::Appointment& from, const Request& request) {
  Displacement move;
  move.state = ToValue(from.state());
  move.arrival = ToValue(from.arrival());
  move.moves = from.moves_size();
  move.reason_code = request.reason_code();
  move.from_slot = from.slot();
  move.to_slot = request.slot();
  move.from_site = from.site();
  const std::string to_site = SiteOfSlot(request.slot());
  move.to_site = to_site;
  return CheckMove(move);
}

// As it will stand, without what the seat brings.
v1::Appointment DraftOf(const v1::Appointment& from, const Request& request) {
  v1::Appointment draft = from;
  draft.set_slot(request.slot());
  draft.set_late_reason_code(request.late_reason_code());
  draft.set_oral_check(request.oral_check());
  draft.clear_supernumerary_reason_code();
  return draft;
}

v1::Move PlaceOf(const v1::Appointment& from, const Request& request, const base::Actor& actor,
                 base::Instant now) {
  v1::Move move;
  move.set_slot(from.slot());
  move.set_seat(from.seat());
  *move.mutable_start_time() = from.start_time();
  move.set_site_display_name(from.site_display_name());
  move.set_practitioner_display_name(from.practitioner_display_name());
  move.set_reason_code(request.reason_code());
  *move.mutable_move_time() = ToTimestamp(now);
  *move.mutable_moved_by() = ToProto(actor);
  return move;
}

// Nurse and doctor stay together (S1-11).
absl::Status CheckOther(BookingTransaction& transaction, const v1::Appointment& draft) {
  if (draft.group().kind() != v1::Group::KIND_TWO_RESOURCES) return absl::OkStatus();
  // Both may be moved at once, each of them near to where the other still is.
  SAS_RETURN_IF_ERROR(transaction.HoldAppointments(MembersOf(draft)));
  for (const std::string& name : draft.group().appointments()) {
    if (name == draft.name()) continue;
    SAS_ASSIGN_OR_RETURN(const AppointmentRecord other, transaction.Get(name));
    if (!IsLive(ToValue(other.appointment.state()))) continue;
    SAS_RETURN_IF_ERROR(CheckTogether(GroupSeatOf(draft), GroupSeatOf(other.appointment)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Appointment> Rescheduling::Run(const base::Call& call, const Request& request) {
  SAS_RETURN_IF_ERROR(CheckShape(call, request));
  SAS_ASSIGN_OR_RETURN(auto known, StoredAnswer<v1::Appointment>(parts_.store, call, request));
  if (known) {
    parts_.metrics.Counted("repeated");
    return *std::move(known);
  }
  absl::StatusOr<v1::Appointment> moved = Move(call, request);
  base::AtCrashPoint("booking.move.done");
  if (!moved
           .ok()) {  // A twin of this request may have moved it meanwhile: then that is the answer.
    SAS_ASSIGN_OR_RETURN(auto twin, StoredAnswer<v1::Appointment>(parts_.store, call, request));
    if (twin) moved = *std::move(twin);
  }
  parts_.metrics.Counted(OutcomeOf(moved.status(), "moved"));
  return moved;
}

absl::StatusOr<v1::Appointment> Rescheduling::Move(const base::Call& call, const Request& request) {
  AppointmentRecord record;
  SAS_RETURN_IF_ERROR(parts_.store.Read(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(record, SeenOrBooked(transaction, call, request.name()));
    return absl::OkStatus();
  }));
  // Refused now rather than after a seat was prepared for nothing; judged again in the transaction.
  SAS_RETURN_IF_ERROR(CheckEtag(record, request.etag()));
  SAS_RETURN_IF_ERROR(
      CheckOurs(record.appointment.has_source(), record.appointment.source().partner()));
  SAS_RETURN_IF_ERROR(CheckDisplacement(record.appointment, request));
  if (!IsBooker(call.actor, record.appointment)) {
    SAS_RETURN_IF_ERROR(CheckMayGo(call.actor, SiteOfSlot(request.slot())));
  }
  Passage passage;
  passage.call = &call;
  passage.draft = DraftOf(record.appointment, request);
  passage.hold_token = request.hold_token();
  passage.request_id = request.request_id();
  passage.moved = true;
  const std::span<Passage> alone(&passage, 1);
  steps_.AskRegulation(alone, [](const Passage&, const auto& order) {
    return CheckMovedOrder(static_cast<OrderState>(order.state()));
  });
  SAS_RETURN_IF_ERROR(passage.status);
  base::AtCrashPoint("booking.move.read");
  steps_.Prepare(alone);
  SAS_RETURN_IF_ERROR(passage.status);
  base::AtCrashPoint("booking.move.prepared");
  absl::StatusOr<v1::Appointment> written = CheckAndWrite(call, request, passage);
  steps_.GiveBackIfRefused(passage, written.status());
  steps_.NoteBusy(call, written.status());
  return written;
}

absl::StatusOr<v1::Appointment> Rescheduling::CheckAndWrite(const base::Call& call,
                                                            const Request& request,
                                                            Passage& passage) {
  SAS_RETURN_IF_ERROR(steps_.CheckAndFill(passage, parts_.clock.Now()));
  const Stage stage(parts_.metrics, parts_.clock, "ledger");
  return ledger::WriteOnce<v1::Appointment>(
      parts_.store, call, request,
      [&](BookingTransaction& transaction) -> absl::StatusOr<v1::Appointment> {
        const base::Instant now = parts_.clock.Now();
        SAS_RETURN_IF_ERROR(BookingSteps::CheckNotExpired(passage, now));
        SAS_ASSIGN_OR_RETURN(AppointmentRecord record,
                             SeenOrBooked(transaction, call, request.name()));
        SAS_RETURN_IF_ERROR(CheckEtag(record, request.etag()));
        SAS_RETURN_IF_ERROR(CheckDisplacement(record.appointment, request));
        // What is counted first, as confirmations take it.
        SAS_RETURN_IF_ERROR(CheckCapsOfMove(transaction, record.appointment, passage));
        SAS_RETURN_IF_ERROR(CheckOther(transaction, passage.draft));
        const v1::Move from = PlaceOf(record.appointment, request, call.actor, now);
        const SeatMark freed = MarkOf(record.appointment, /*taken=*/false, now);
        const std::string beyond = record.appointment.supernumerary_reason_code();
        // The etag is the same, so nothing has changed since the draft was made of it.
        record.appointment = passage.draft;
        *record.appointment.add_moves() = from;
        NextVersion(record, now);
        SAS_RETURN_IF_ERROR(transaction.Move(record));
        base::AtCrashPoint("booking.move.moved");
        SAS_RETURN_IF_ERROR(transaction.MarkSeat(MarkOf(record.appointment, /*taken=*/true, now)));
        SAS_RETURN_IF_ERROR(transaction.MarkSeat(freed));
        AppointmentRecord left = record;
        left.appointment.set_slot(from.slot());
        *left.appointment.mutable_start_time() = from.start_time();
        left.appointment.set_supernumerary_reason_code(beyond);
        SAS_RETURN_IF_ERROR(NoteFreedSeat(transaction, left, "MOVED", now));
        base::AtCrashPoint("booking.move.marked");
        SAS_RETURN_IF_ERROR(
            QueueMessages(transaction, record, Occasion::kMoved, now, parts_.messages));
        std::string codes = "reason=" + request.reason_code();
        if (const std::string more = BookingSteps::Codes(passage); !more.empty()) {
          codes += " " + more;
        }
        codes += " from=" + from.slot() + " seat=" + std::to_string(from.seat()) +
                 " to=" + record.appointment.slot() +
                 " seat=" + std::to_string(record.appointment.seat());
        SAS_RETURN_IF_ERROR(RecordMove(transaction.journal(), record.appointment, from, codes));
        SAS_RETURN_IF_ERROR(SettleDisplacement(transaction, record.appointment, "MOVED").status());
        return std::move(record.appointment);
      });
}

}  // namespace sas::booking
