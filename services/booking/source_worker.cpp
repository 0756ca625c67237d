#include "services/booking/source_worker.h"

#include <algorithm>
#include <utility>

#include "common/base/crash_point.h"
#include "common/base/status.h"
#include "common/observe/log.h"
#include "services/booking/changed.h"
#include "services/booking/convert.h"
#include "services/booking/source_bookings.h"

namespace sas::booking {
namespace {

using slots::v1::AskSourceResponse;
using slots::v1::SourceAnswer;
using slots::v1::SourceQuestion;

constexpr std::chrono::seconds kStepBudget{6};

// The slots say that it will never be asked: a person does, as for a platform's page.
bool IsNeverAsked(const absl::Status& status) {
  return absl::IsFailedPrecondition(status) || absl::IsNotFound(status) ||
         absl::IsInvalidArgument(status);
}

SourceWord WordOf(const AskSourceResponse& response) {
  SourceWord word;
  const SourceAnswer& answer = response.answer();
  const bool yes = answer.verdict() == SourceAnswer::VERDICT_YES;
  word.state = yes ? SourceState::kBooked : SourceState::kRefused;
  word.external_appointment_id = answer.external_appointment_id();
  word.source_code = answer.source_code();
  word.action = "ConfirmAtSource";
  return word;
}

std::string_view OutcomeOf(const SourceWork& work, const absl::StatusOr<AskSourceResponse>& told) {
  if (!told.ok()) return "unreachable";
  if (work.task == SourceTask::kCancel) return "told";
  if (told->answer().verdict() == SourceAnswer::VERDICT_LATER) return "later";
  return told->answer().verdict() == SourceAnswer::VERDICT_YES ? "confirmed" : "refused";
}

}  // namespace

SourceWorker::SourceWorker(BookingStore& store, SourceClient& sources, SourceMetrics& metrics,
                           const MessagePolicy& policy, const base::Clock& clock,
                           base::Random& random)
    : store_(store),
      sources_(sources),
      metrics_(metrics),
      policy_(policy),
      clock_(clock),
      random_(random),
      holder_(base::MakeToken(random)) {}

absl::StatusOr<bool> SourceWorker::Lease(const base::Call& call) {
  const base::Instant now = clock_.Now();
  if (now + kLeaseRenew < lease_until_) return true;
  bool leased = false;
  SAS_RETURN_IF_ERROR(store_.Write(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(leased, transaction.sources().LeaseSources(holder_, now, now + kLease));
    return absl::OkStatus();
  }));
  if (leased) lease_until_ = now + kLease;
  return leased;
}

absl::Status SourceWorker::Turn(const base::Call& call) {
  std::vector<SourceWork> due;
  const auto read = [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(due, transaction.sources().DueWork(clock_.Now(), kPerTurn));
    return absl::OkStatus();
  };
  SAS_RETURN_IF_ERROR(store_.Read(call, read));
  if (due.empty()) return absl::OkStatus();
  SAS_ASSIGN_OR_RETURN(const bool leased, Lease(call));
  if (!leased) return absl::OkStatus();
  SAS_RETURN_IF_ERROR(store_.Read(call, read));  // Another may have been at it.
  absl::Status first;
  for (const SourceWork& work : due) {
    const absl::Status status = Step(work);
    if (first.ok()) first = status;
  }
  return first;
}

absl::Status SourceWorker::Step(const SourceWork& work) {
  const base::Call call = base::InternalCall("source-worker", clock_, kStepBudget);
  if (work.task == SourceTask::kAwait) {
    return Settle(call, work, absl::UnavailableError("nobody is asked"));
  }
  v1::Appointment appointment;
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(const AppointmentRecord record, transaction.Get(work.appointment));
    appointment = record.appointment;
    return absl::OkStatus();
  }));
  slots::v1::AskSourceRequest request;
  request.set_slot(appointment.slot());
  request.set_kind(work.task == SourceTask::kConfirm ? SourceQuestion::KIND_CONFIRM
                                                     : SourceQuestion::KIND_CANCEL);
  request.set_appointment(appointment.name());
  request.set_external_appointment_id(appointment.source().external_appointment_id());
  request.set_request_id(base::MakeRequestId(random_));
  const auto answer = sources_.Ask(call, request);
  base::AtCrashPoint("booking.source.asked");
  return Settle(call, work, answer);
}

absl::Status SourceWorker::Settle(const base::Call& call, SourceWork work,
                                  const absl::StatusOr<AskSourceResponse>& answer) {
  std::string_view outcome;
  SAS_RETURN_IF_ERROR(store_.Write(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(const auto now, transaction.sources().GetWork(work.appointment));
    // Settled, or cancelled, while the platform was asked.
    if (!now || now->task != work.task) return absl::OkStatus();
    return Write(transaction, *now, answer, &outcome);
  }));
  if (outcome.empty()) return absl::OkStatus();
  metrics_.Asked(outcome);
  const std::string reason = answer.ok() ? std::string() : base::ReasonOf(answer.status());
  observe::Log(outcome == "overdue" ? observe::Level::kWarn : observe::Level::kInfo, "source_asked",
               {{"appointment", std::string_view(work.appointment)},
                {"outcome", outcome},
                {"reason", std::string_view(reason)},
                {"attempt", std::int64_t{work.attempts + 1}}});
  return absl::OkStatus();
}

absl::Status SourceWorker::Write(BookingTransaction& transaction, SourceWork work,
                                 const absl::StatusOr<AskSourceResponse>& answer,
                                 std::string_view* outcome) {
  const base::Instant now = clock_.Now();
  if (work.task != SourceTask::kAwait) *outcome = OutcomeOf(work, answer);
  const bool later = answer.ok() && answer->answer().verdict() == SourceAnswer::VERDICT_LATER;
  if (answer.ok() && work.task == SourceTask::kCancel) {
    // Whatever it says: what is not there need not be cancelled.
    SAS_ASSIGN_OR_RETURN(AppointmentRecord record, transaction.Get(work.appointment));
    record.appointment.mutable_source()->set_cancel_untold(false);
    SAS_RETURN_IF_ERROR(CloseSourceTasks(transaction, work.appointment, "RECEIVED", now));
    SAS_RETURN_IF_ERROR(transaction.sources().RemoveWork(work.appointment));
    return Put(transaction, std::move(record), now, "CancelAtSource", "appointment.updated",
               "told=" + answer->partner())
        .status();
  }
  if (answer.ok() && !later) {
    SAS_ASSIGN_OR_RETURN(AppointmentRecord record, transaction.Get(work.appointment));
    Effect done = Effect::kNothing;
    SAS_ASSIGN_OR_RETURN(const v1::Appointment after,
                         HearSource(transaction, record, WordOf(*answer), now, policy_, &done));
    SAS_RETURN_IF_ERROR(transaction.sources().RemoveWork(work.appointment));
    if (done != Effect::kConfirm) return absl::OkStatus();
    const absl::Status kept =
        KeepNumber(transaction, after, v1::SourceBooking::JOIN_BOOKING_ID, nullptr, now);
    if (!absl::IsFailedPrecondition(kept)) return kept;
    // It gave a number that it has given to somebody else: a person asks which is whose.
    SAS_ASSIGN_OR_RETURN(record, transaction.Get(work.appointment));
    return OpenSourceTask(transaction, record, "OTHER_NUMBER", now);
  }
  ++work.attempts;
  work.due = now + AskAgain(work.attempts);
  const bool asked_no_more =
      work.task == SourceTask::kAwait || later || (!answer.ok() && IsNeverAsked(answer.status()));
  if (asked_no_more) {
    // Nothing more to do here than to wait; a cancellation that cannot be told is a person's.
    if (work.task == SourceTask::kCancel) work.overdue = now;
    if (work.task == SourceTask::kConfirm) work.task = SourceTask::kAwait;
    work.due = std::max(now, work.overdue);
  }
  if (now < work.overdue || work.told_person) return transaction.sources().PutWork(work);
  *outcome = "overdue";
  SAS_RETURN_IF_ERROR(TellPerson(transaction, work, now));
  if (!asked_no_more) return transaction.sources().PutWork(work);
  return transaction.sources().RemoveWork(work.appointment);  // The person says what is so.
}

absl::Status SourceWorker::TellPerson(BookingTransaction& transaction, SourceWork& work,
                                      base::Instant now) {
  SAS_ASSIGN_OR_RETURN(AppointmentRecord record, transaction.Get(work.appointment));
  const bool cancel = work.task == SourceTask::kCancel;
  const char* reason = cancel ? "CANCEL_UNTOLD" : "NO_ANSWER";
  work.told_person = true;
  if (!cancel) record.appointment.mutable_source()->set_answer_overdue(true);
  AppointmentRecord next = record;  // As Put will write it.
  ++next.version;
  SAS_RETURN_IF_ERROR(OpenSourceTask(transaction, next, reason, now));
  return Put(transaction, std::move(record), now, "AwaitSource", "appointment.updated",
             std::string("asks=") + reason)
      .status();
}

absl::Status SourceWorker::Figures(const base::Call& call) {
  SourceFigures figures;
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(figures, transaction.sources().Figures());
    return absl::OkStatus();
  }));
  double age = 0;
  if (figures.oldest_unjoined) {
    age = std::chrono::duration<double>(clock_.Now() - *figures.oldest_unjoined).count();
  }
  metrics_.Stand(figures.work, figures.overdue, figures.unjoined, std::max(0.0, age));
  return absl::OkStatus();
}

}  // namespace sas::booking
