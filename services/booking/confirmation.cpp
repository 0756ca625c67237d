#include "services/booking/confirmation.h"

#include <optional>
#include <string>
#include <utility>

#include "common/base/crash_point.h"
#include "common/base/status.h"
#include "common/ledger/write_once.h"
#include "common/observe/log.h"
#include "services/booking/convert.h"
#include "services/booking/convert_peers.h"
#include "services/booking/domain/order_check.h"
#include "services/booking/domain/severity.h"
#include "services/booking/parse.h"
#include "services/booking/records.h"

namespace sas::booking {
namespace {

constexpr std::chrono::seconds kGiveBackBudget{1};

// Observes the time of one stage.
class Stage {
 public:
  Stage(BookingMetrics& metrics, const base::Clock& clock, std::string_view name)
      : metrics_(metrics), clock_(clock), name_(name), started_(clock.Steady()) {}

  ~Stage() {
    metrics_.Stage(name_, std::chrono::duration<double>(clock_.Steady() - started_).count());
  }

  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

 private:
  BookingMetrics& metrics_;
  const base::Clock& clock_;
  const std::string_view name_;
  const std::chrono::nanoseconds started_;
};

absl::Status HoldLost() {
  return base::Fail(absl::StatusCode::kFailedPrecondition, "HOLD_LOST",
                    "the hold has ended; hold the slot again, then confirm with a new request_id");
}

// A word of the ledger or of a rule, not a fault on the way: the same request cannot succeed later.
bool IsRefusal(const absl::Status& status) {
  return absl::IsFailedPrecondition(status) || absl::IsAlreadyExists(status) ||
         absl::IsPermissionDenied(status) || absl::IsInvalidArgument(status) ||
         absl::IsNotFound(status);
}

// The answer of an earlier run, found without taking the key: others are asked in between.
absl::StatusOr<std::optional<v1::Appointment>> StoredAnswer(
    BookingStore& store, const base::Call& call, const v1::CreateAppointmentRequest& request) {
  const ledger::AnswerKey key{call.actor.subject, call.method, request.request_id()};
  std::optional<ledger::Answer> known;
  SAS_RETURN_IF_ERROR(store.Read(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(known, transaction.journal().FindAnswer(key));
    return absl::OkStatus();
  }));
  if (!known) return std::optional<v1::Appointment>();
  SAS_RETURN_IF_ERROR(
      ledger::CheckSameRequest(*known, ledger::Fingerprint(request), request.request_id()));
  v1::Appointment appointment;
  if (!appointment.ParseFromString(known->response)) {
    return base::Fail(absl::StatusCode::kInternal, "ANSWER_UNREADABLE",
                      "the stored answer cannot be read; keep the request_id and report it");
  }
  return std::optional<v1::Appointment>(std::move(appointment));
}

SeatMark MarkOf(const v1::Appointment& draft, const slots::v1::PreparedSeat& seat, bool taken,
                base::Instant now) {
  SeatMark mark;
  mark.slot = draft.slot();
  mark.seat = seat.seat();
  mark.appointment = draft.name();
  mark.taken = taken;
  mark.time = now;
  return mark;
}

}  // namespace

absl::StatusOr<v1::Appointment> Confirmation::Run(const base::Call& call,
                                                  const v1::CreateAppointmentRequest& request) {
  Progress progress;
  SAS_ASSIGN_OR_RETURN(progress.draft, ParseDraft(call, request, parts_.test_identities));
  SAS_ASSIGN_OR_RETURN(auto known, StoredAnswer(parts_.store, call, request));
  if (known) {
    parts_.metrics.Counted("repeated");
    return *std::move(known);
  }
  base::AtCrashPoint("booking.confirm.read");
  absl::StatusOr<v1::Appointment> booked = Book(call, request, progress);
  base::AtCrashPoint("booking.confirm.done");
  parts_.metrics.Counted(booked.ok()                  ? "booked"
                         : IsRefusal(booked.status()) ? "refused"
                                                      : "failed");
  return booked;
}

absl::StatusOr<v1::Appointment> Confirmation::Book(const base::Call& call,
                                                   const v1::CreateAppointmentRequest& request,
                                                   Progress& progress) {
  SAS_RETURN_IF_ERROR(PassGate(call, progress));
  SAS_RETURN_IF_ERROR(AskRegulation(call, progress));
  base::AtCrashPoint("booking.confirm.order_checked");
  SAS_RETURN_IF_ERROR(Prepare(call, request, progress));
  base::AtCrashPoint("booking.confirm.prepared");
  absl::StatusOr<v1::Appointment> written = CheckAndWrite(call, request, progress);
  // After a fault on the way the repeat needs the seat again.
  if (!written.ok() && IsRefusal(written.status())) GiveBack(call, progress);
  return written;
}

absl::StatusOr<v1::Appointment> Confirmation::CheckAndWrite(
    const base::Call& call, const v1::CreateAppointmentRequest& request, Progress& progress) {
  SAS_RETURN_IF_ERROR(CheckSeat(call, progress));
  FillFrom(progress.seat, progress.order_read ? &progress.order : nullptr, progress.draft);
  return WriteDown(call, request, progress);
}

absl::Status Confirmation::PassGate(const base::Call& call, Progress& progress) {
  if (!progress.draft.has_severity_form()) return absl::OkStatus();
  auto& form = *progress.draft.mutable_severity_form();
  SAS_ASSIGN_OR_RETURN(progress.severity_lifted,
                       PassSeverity(SignsOf(form), call.actor, form.override_reason()));
  if (progress.severity_lifted) form.set_override_by(std::string(RoleName(call.actor.role)));
  return absl::OkStatus();
}

absl::Status Confirmation::AskRegulation(const base::Call& call, Progress& progress) {
  v1::Appointment& draft = progress.draft;
  const bool oral_check = draft.oral_check();
  draft.set_oral_check(false);  // What counts is whether it was needed.
  if (draft.care_order().empty()) return absl::OkStatus();
  const Stage stage(parts_.metrics, parts_.clock, "order");
  auto order = parts_.regulation.GetCareOrder(call, draft.care_order());
  if (!order.ok()) {
    if (!absl::IsUnavailable(order.status()) || !oral_check) return order.status();
    progress.oral_check_used = true;
    draft.set_oral_check(true);
    return absl::OkStatus();
  }
  SAS_RETURN_IF_ERROR(CheckOrder(ToValue(*order), {draft.care_order_version(), draft.patient()}));
  progress.order = *std::move(order);
  progress.order_read = true;
  // The regulator has said why; the operator need not say it again.
  if (draft.access_reason() == type::v1::ACCESS_REASON_UNSPECIFIED) {
    draft.set_access_reason(progress.order.access_reason());
  }
  return absl::OkStatus();
}

absl::Status Confirmation::Prepare(const base::Call& call,
                                   const v1::CreateAppointmentRequest& request,
                                   Progress& progress) {
  const Stage stage(parts_.metrics, parts_.clock, "prepare");
  slots::v1::PrepareSeatRequest ask;
  ask.set_slot(progress.draft.slot());
  ask.set_hold_token(request.hold_token());
  ask.set_appointment(progress.draft.name());
  *ask.mutable_need() = NeedOf(progress.draft, progress.order_read ? &progress.order : nullptr);
  ask.set_holder(call.actor.subject);
  ask.set_request_id(request.request_id());
  SAS_ASSIGN_OR_RETURN(progress.seat, parts_.slots.PrepareSeat(call, ask));
  return absl::OkStatus();
}

// The rules again, whatever the search, the hold or a console looked at before.
absl::Status Confirmation::CheckSeat(const base::Call& call, const Progress& progress) {
  SAS_RETURN_IF_ERROR(CheckEntry(ToValue(progress.seat.entry_rule()), EntryOf(progress.draft)));
  if (!progress.order_read || !progress.order.has_due_time()) return absl::OkStatus();
  return CheckDue(ToInstant(progress.seat.slot().start_time()),
                  ToInstant(progress.order.due_time()), call.actor);
}

absl::StatusOr<v1::Appointment> Confirmation::WriteDown(const base::Call& call,
                                                        const v1::CreateAppointmentRequest& request,
                                                        const Progress& progress) {
  const Stage stage(parts_.metrics, parts_.clock, "ledger");
  const base::Instant expire = ToInstant(progress.seat.prepare_expire_time());
  return ledger::WriteOnce<v1::Appointment>(
      parts_.store, call, request,
      [&](BookingTransaction& transaction) -> absl::StatusOr<v1::Appointment> {
        const base::Instant now = parts_.clock.Now();
        // From then on the seat may be somebody else's (invariant I6).
        if (now >= expire) return HoldLost();
        AppointmentRecord record;
        record.appointment = progress.draft;
        *record.appointment.mutable_create_time() = ToTimestamp(now);
        *record.appointment.mutable_update_time() = ToTimestamp(now);
        record.appointment.set_etag(EtagOf(record.version));
        SAS_RETURN_IF_ERROR(transaction.Insert(record));
        base::AtCrashPoint("booking.confirm.inserted");
        SAS_RETURN_IF_ERROR(
            transaction.MarkSeat(MarkOf(progress.draft, progress.seat, /*taken=*/true, now)));
        base::AtCrashPoint("booking.confirm.marked");
        std::string codes =
            "entry_point=" + std::string(EntryPointCode(record.appointment.entry_point()));
        if (progress.oral_check_used) codes += " oral_check=1";
        for (const std::string& rule : progress.draft.lifted_rules()) codes += " lifted=" + rule;
        if (progress.severity_lifted) {
          codes += " severity_lifted_by=" + record.appointment.severity_form().override_by();
        }
        SAS_RETURN_IF_ERROR(Record(transaction.journal(), "CreateAppointment", "appointment.booked",
                                   record.appointment, codes));
        return record.appointment;
      });
}

// Best effort. The mark is no claim that the seat is free: if another run of this request has
// booked it meanwhile, the relay reads that in the ledger.
void Confirmation::GiveBack(const base::Call& call, const Progress& progress) {
  base::AtCrashPoint("booking.confirm.refused");
  base::Call own = base::InternalCall("give-back-seat", parts_.clock, kGiveBackBudget);
  own.trace_id = call.trace_id;
  const absl::Status status = parts_.store.Write(own, [&](BookingTransaction& transaction) {
    return transaction.MarkSeat(
        MarkOf(progress.draft, progress.seat, /*taken=*/false, parts_.clock.Now()));
  });
  if (status.ok()) return;
  const std::string reason = base::ReasonOf(status);
  observe::Log(observe::Level::kWarn, "seat_not_given_back",
               {{"slot", std::string_view(progress.draft.slot())},
                {"reason", std::string_view(reason)},
                {"trace_id", std::string_view(call.trace_id)}});
}

}  // namespace sas::booking
