#include "services/booking/displaced.h"

#include <optional>
#include <utility>

#include "common/base/crash_point.h"
#include "common/base/status.h"
#include "common/ledger/write_once.h"
#include "services/booking/changed.h"
#include "services/booking/convert.h"
#include "services/booking/parse.h"
#include "services/booking/records.h"

namespace sas::booking {
namespace {

using v1::Displacement;

static_assert(static_cast<int>(Displaced::kWithdrawn) == Displacement::REASON_WITHDRAWN);
static_assert(static_cast<int>(Displaced::kUnstaffed) == Displacement::REASON_UNSTAFFED);
static_assert(static_cast<int>(Displaced::kSlotGone) == Displacement::REASON_SLOT_GONE);
static_assert(Displacement::Reason_ARRAYSIZE == 4);

DisplacedRow RowOf(const v1::Appointment& appointment, const Displacement& displacement) {
  return {appointment.name(), appointment.territory(), appointment.site(),
          ToInstant(appointment.start_time()), displacement};
}

// Audit record and event: codes only.
absl::Status Tell(BookingTransaction& transaction, const v1::Appointment& appointment,
                  const Displacement& displacement, std::string_view action, const char* type,
                  const std::string& codes) {
  v1::Appointment shown = appointment;
  *shown.mutable_displacement() = displacement;
  const std::string reason = Displacement::Reason_Name(displacement.reason()).substr(7);
  return Record(transaction.journal(), action, type, shown, codes + "reason=" + reason);
}

absl::Status NotDisplaced(const v1::Appointment& appointment) {
  return base::Fail(
      absl::StatusCode::kFailedPrecondition, "NOT_DISPLACED",
      "nothing is to be done about this appointment: its slot stands, or somebody has "
      "seen to it; read the list again",
      {{"appointment", appointment.name()}});
}

}  // namespace

absl::Status Displace(BookingTransaction& transaction, const v1::Appointment& appointment,
                      Displaced reason, base::Instant now) {
  Displacement displacement;
  displacement.set_reason(static_cast<Displacement::Reason>(reason));
  *displacement.mutable_displace_time() = ToTimestamp(now);
  SAS_RETURN_IF_ERROR(transaction.displaced().Put(RowOf(appointment, displacement)));
  base::AtCrashPoint("booking.displaced.put");
  return Tell(transaction, appointment, displacement, "DisplaceAppointment",
              "appointment.displaced", "");
}

absl::StatusOr<bool> SettleDisplacement(BookingTransaction& transaction,
                                        const v1::Appointment& appointment, std::string_view end) {
  SAS_ASSIGN_OR_RETURN(const auto there, transaction.displaced().Remove(appointment.name()));
  if (!there) return false;
  SAS_RETURN_IF_ERROR(Tell(transaction, appointment, *there, "SettleDisplacement",
                           "appointment.settled", "end=" + std::string(end) + " "));
  return true;
}

absl::Status SettleIfOver(BookingTransaction& transaction, const v1::Appointment& appointment) {
  const State state = ToValue(appointment.state());
  if (state == State::kPending || state == State::kBooked) return absl::OkStatus();
  return SettleDisplacement(transaction, appointment,
                            state == State::kCancelled ? "CANCELLED" : "OVER")
      .status();
}

absl::Status ShowDisplacement(BookingTransaction& transaction, v1::Appointment& appointment) {
  SAS_ASSIGN_OR_RETURN(auto there, transaction.displaced().Get(appointment.name()));
  if (there) *appointment.mutable_displacement() = *std::move(there);
  return absl::OkStatus();
}

absl::StatusOr<v1::Appointment> KeepDisplaced(const BookingParts& parts, const base::Call& call,
                                              const v1::KeepDisplacedAppointmentRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, request.name()));
  SAS_RETURN_IF_ERROR(EtagRequired(request.etag()));
  return ledger::WriteOnce<v1::Appointment>(
      parts.store, call, request,
      [&](BookingTransaction& transaction) -> absl::StatusOr<v1::Appointment> {
        SAS_ASSIGN_OR_RETURN(AppointmentRecord record, Seen(transaction, call, request.name()));
        v1::Appointment& appointment = record.appointment;
        SAS_RETURN_IF_ERROR(CheckEtag(record, request.etag()));
        SAS_ASSIGN_OR_RETURN(auto there, transaction.displaced().Get(appointment.name()));
        if (!there || there->has_keep_time()) return NotDisplaced(appointment);
        *there->mutable_keep_time() = ToTimestamp(parts.clock.Now());
        *there->mutable_kept_by() = ToProto(call.actor);
        SAS_RETURN_IF_ERROR(transaction.displaced().Put(RowOf(appointment, *there)));
        SAS_RETURN_IF_ERROR(Tell(transaction, appointment, *there, "KeepDisplacedAppointment",
                                 "appointment.settled", "end=KEPT "));
        *appointment.mutable_displacement() = *std::move(there);
        return std::move(appointment);
      });
}

}  // namespace sas::booking
