#include "services/booking/confirmation.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_join.h"
#include "common/base/crash_point.h"
#include "common/base/status.h"
#include "common/care/identifiers.h"
#include "common/ledger/write_once.h"
#include "services/booking/caps.h"
#include "services/booking/convert.h"
#include "services/booking/convert_peers.h"
#include "services/booking/next_slots.h"
#include "services/booking/parse.h"
#include "services/booking/records.h"
#include "services/booking/source_acts.h"
#include "services/booking/store_rows.h"

namespace sas::booking {
namespace {

ledger::AnswerKey KeyOf(const base::Asked<v1::CreateAppointmentRequest>& asked) {
  return {asked.call.actor.subject, asked.call.method, asked.request.request_id()};
}

// Numbers are those of whoever has printed the forms, however the credentials spell it.
std::string OwnerOfForm(const base::Actor& actor, const v1::Appointment& draft) {
  const std::string organization = care::NormalOrganization(actor.organization);
  return organization.empty() ? "territory:" + draft.territory() : organization;
}

// Typed in twice, by whomever, it is one patient on one chair (hazard H-44).
absl::Status KeepPaperForm(BookingTransaction& transaction, const base::Call& call,
                           const v1::Appointment& draft) {
  const std::string& number = draft.paper_form_number();
  if (number.empty()) return absl::OkStatus();
  SAS_ASSIGN_OR_RETURN(
      const std::string known,
      transaction.KeepPaperForm({OwnerOfForm(call.actor, draft), number, draft.name()}));
  const auto& group = draft.group().appointments();  // A family has one form.
  if (known.empty() || std::find(group.begin(), group.end(), known) != group.end()) {
    return absl::OkStatus();
  }
  base::Metadata metadata{{"appointment", known}, {"paper_form_number", number}};
  SAS_ASSIGN_OR_RETURN(const AppointmentRecord first, transaction.Get(known));
  SAS_ASSIGN_OR_RETURN(const auto family, FamilyOfForm(transaction, first.appointment, number));
  if (!family.empty()) metadata.emplace_back("appointments", absl::StrJoin(family, " "));
  return base::Fail(absl::StatusCode::kAlreadyExists, "PAPER_FORM_EXISTS",
                    "this form was typed in before: go on with the one that is named, or correct "
                    "the number",
                    std::move(metadata));
}

}  // namespace

absl::Status CheckOrderOf(const Passage& passage, const regulation::v1::CareOrder& order) {
  const v1::Appointment& draft = passage.draft;
  const auto role = static_cast<base::Role>(draft.booked_by().role());
  return CheckOrder(ToValue(order),
                    {draft.care_order_version(), draft.patient(), ToValue(draft.entry_point()),
                     role == base::Role::kOsnp || IsRegulator(role), passage.call->actor});
}

void OrderWrites(const std::vector<Passage>& passages, std::vector<std::size_t>& places) {
  const auto order = [&passages](std::size_t place) {
    const v1::Appointment& draft = passages[place].draft;
    return std::make_tuple(std::cref(draft.practitioner_rpps()), ToInstant(draft.start_time()),
                           std::cref(draft.slot()), draft.seat());
  };
  std::stable_sort(places.begin(), places.end(),
                   [&](std::size_t one, std::size_t other) { return order(one) < order(other); });
}

absl::StatusOr<v1::Appointment> InsertBooked(BookingTransaction& transaction,
                                             const Passage& passage, base::Instant now,
                                             std::string_view action,
                                             const MessagePolicy& messages) {
  SAS_RETURN_IF_ERROR(BookingSteps::CheckNotExpired(passage, now));
  SAS_RETURN_IF_ERROR(CheckCaps(transaction, passage));
  AppointmentRecord record;
  record.appointment = passage.draft;
  *record.appointment.mutable_create_time() = ToTimestamp(now);
  *record.appointment.mutable_update_time() = ToTimestamp(now);
  record.appointment.set_etag(EtagOf(record.version));
  SetAnswerDue(record.appointment, now);
  SAS_RETURN_IF_ERROR(transaction.Insert(record));
  SAS_RETURN_IF_ERROR(KeepPaperForm(transaction, *passage.call, record.appointment));
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

Confirmation::Outcomes Confirmation::Run(const Calls& calls) {
  Outcomes outcomes(calls.size());
  std::vector<std::size_t> read;  // Places of those that can be read.
  std::vector<Passage> passages;
  Calls asked;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const auto& [call, request] = calls[i];
    auto draft = ParseDraft(call, request, parts_.test_identities);
    if (!draft.ok()) outcomes[i] = draft.status();
    if (!draft.ok()) continue;
    Passage& passage = passages.emplace_back();
    passage.call = &call;
    passage.draft = *std::move(draft);
    passage.hold_token = request.hold_token();
    passage.request_id = request.request_id();
    passage.status = BookingSteps::PassGate(passage);
    read.push_back(i);
    asked.push_back(calls[i]);
  }
  if (read.empty()) return outcomes;
  Outcomes booked(read.size());
  Book(asked, passages, booked);
  for (std::size_t i = 0; i < read.size(); ++i) outcomes[read[i]] = std::move(booked[i]);
  return outcomes;
}

void Confirmation::Book(const Calls& calls, std::vector<Passage>& passages, Outcomes& outcomes) {
  base::AtCrashPoint("booking.confirm.read");
  steps_.AskRegulation(passages, [](const Passage& passage, const auto& order) {
    return CheckOrderOf(passage, order);
  });
  base::AtCrashPoint("booking.confirm.order_checked");
  steps_.Prepare(passages);
  base::AtCrashPoint("booking.confirm.prepared");
  for (Passage& passage : passages) {
    if (!passage.status.ok()) continue;
    passage.status = steps_.CheckAndFill(passage, parts_.clock.Now());
  }
  Write(calls, passages, outcomes);
  for (std::size_t i = 0; i < passages.size(); ++i) {
    if (passages[i].prepared) steps_.GiveBackIfRefused(passages[i], outcomes[i].status());
    steps_.NoteBusy(calls[i].call, outcomes[i].status());
  }
  base::AtCrashPoint("booking.confirm.done");
  GiveKnown(calls, passages, outcomes);
  TellNextSlots(parts_, passages, outcomes);
  for (std::size_t i = 0; i < passages.size(); ++i) Count(passages[i], outcomes[i]);
}

void Confirmation::Write(const Calls& calls, std::vector<Passage>& passages, Outcomes& outcomes) {
  const Stage stage(parts_.metrics, parts_.clock, "ledger");
  std::vector<v1::Appointment> answers(calls.size());
  std::vector<BookingWrite> writes;
  std::vector<std::size_t> written;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (passages[i].status.ok()) {
      written.push_back(i);
    } else {
      outcomes[i] = passages[i].status;
    }
  }
  OrderWrites(passages, written);
  for (const std::size_t i : written) {
    Passage& passage = passages[i];
    passage.repeated = true;  // Unless the work below runs.
    const auto insert = [this, &passage](BookingTransaction& transaction) {
      passage.repeated = false;
      return InsertBooked(transaction, passage, parts_.clock.Now(), "CreateAppointment",
                          parts_.messages);
    };
    const ledger::AnswerKey key = KeyOf(calls[i]);
    const std::string fingerprint = ledger::Fingerprint(calls[i].request);
    v1::Appointment& answer = answers[i];
    writes.push_back({calls[i].call,
                      [=, &answer](BookingTransaction& transaction) {
                        return ledger::AnswerOnce(transaction, key, fingerprint, answer, insert);
                      },
                      absl::OkStatus(), key});
    AddCounted(passage, writes.back().counted);
  }
  if (writes.empty()) return;
  parts_.store.WriteTogether(writes);
  for (std::size_t i = 0; i < written.size(); ++i) {
    auto& outcome = outcomes[written[i]];
    if (writes[i].status.ok()) {
      outcome = std::move(answers[written[i]]);
    } else {
      outcome = std::move(writes[i].status);
    }
  }
}

void Confirmation::GiveKnown(const Calls& calls, std::vector<Passage>& passages,
                             Outcomes& outcomes) {
  std::vector<std::size_t> failed;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (!outcomes[i].ok()) failed.push_back(i);
  }
  if (failed.empty()) return;
  std::vector<std::optional<ledger::Answer>> known(failed.size());
  std::vector<absl::Status> exists(failed.size());
  const absl::Status looked = parts_.store.Read(
      BookingSteps::Longest(passages), [&](BookingTransaction& transaction) -> absl::Status {
        for (std::size_t i = 0; i < failed.size(); ++i) {
          SAS_ASSIGN_OR_RETURN(known[i], transaction.journal().FindAnswer(KeyOf(calls[failed[i]])));
          if (known[i]) continue;
          exists[i] = BookingSteps::CheckNotCarriedOut(transaction, passages[failed[i]]);
        }
        return absl::OkStatus();
      });
  for (std::size_t i = 0; i < failed.size(); ++i) {
    const Request& request = calls[failed[i]].request;
    auto& outcome = outcomes[failed[i]];
    if (!looked.ok()) outcome = looked;
    if (looked.ok() && !exists[i].ok()) outcome = exists[i];
    if (!looked.ok() || !known[i]) continue;
    outcome = ledger::ReadAnswer<v1::Appointment>(*known[i], ledger::Fingerprint(request),
                                                  request.request_id());
    passages[failed[i]].repeated = outcome.ok();
  }
}

void Confirmation::Count(const Passage& passage, const absl::StatusOr<v1::Appointment>& outcome) {
  if (!outcome.ok()) return parts_.metrics.Counted(OutcomeOf(outcome.status(), ""));
  if (passage.repeated) return parts_.metrics.Counted("repeated");
  const bool pending = outcome->state() == v1::Appointment::STATE_PENDING;
  parts_.metrics.Counted(pending ? "pending" : "booked");
  if (!outcome->supernumerary_reason_code().empty()) parts_.metrics.Supernumerary();
}

}  // namespace sas::booking
