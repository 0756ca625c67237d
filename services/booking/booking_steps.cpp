#include "services/booking/booking_steps.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "common/base/crash_point.h"
#include "common/base/status.h"
#include "common/observe/log.h"
#include "services/booking/convert.h"
#include "services/booking/convert_peers.h"
#include "services/booking/domain/eligibility.h"
#include "services/booking/domain/order_check.h"
#include "services/booking/domain/severity.h"
#include "services/booking/domain/transmission.h"
#include "services/booking/source_acts.h"
#include "services/booking/store_rows.h"
#include "services/booking/visibility.h"

namespace sas::booking {
namespace {

constexpr std::chrono::seconds kGiveBackBudget{1};

LateClaim ClaimOf(const v1::Appointment& draft, const regulation::v1::CareOrder& order) {
  LateClaim claim;
  claim.reason_given = !draft.late_reason_code().empty();
  if (order.has_late_agreement()) {
    claim.agreed_until = ToInstant(order.late_agreement().latest_start_time());
  }
  return claim;
}

Transmission TransmissionOf(const v1::Appointment& draft, const base::Actor& actor) {
  Transmission told;
  told.by_regulator = IsRegulator(actor.role);
  told.signs_asked = draft.severity_form().signs_size() > 0;
  told.evaluated = draft.has_evaluation();
  told.motif_code = draft.motif_code();
  told.clinical_line = !draft.clinical_line().empty();
  return told;
}

// A regulator's own booking is his regulation.
bool AsksQuestionnaire(const v1::Appointment& draft) {
  return !IsRegulator(static_cast<base::Role>(draft.booked_by().role())) &&
         !IsRegulationLine(ToValue(draft.entry_point()));
}

regulation::v1::DirectBooking DirectOf(const v1::Appointment& draft) {
  regulation::v1::DirectBooking direct;
  direct.set_patient(draft.patient());
  if (!AsksQuestionnaire(draft)) return direct;
  direct.set_entry_point(draft.entry_point());
  direct.set_access_reason(draft.access_reason());
  return direct;
}

// What an entry without regulation has said need not be said again.
void FillFromEntry(const regulation::v1::OrderEntry& entry, v1::Appointment& draft) {
  if (draft.attempts().empty()) *draft.mutable_attempts() = entry.previous_attempts();
  if (draft.orienting_professional_rpps().empty()) {
    draft.set_orienting_professional_rpps(entry.orienting_professional_rpps());
  }
}

// Whatever starts after it is late; nothing when no start is.
std::optional<base::Instant> LatestTimely(const Passage& passage, base::Instant now,
                                          std::chrono::hours late_after) {
  if (passage.order_read) {
    if (!passage.order.has_due_time()) return std::nullopt;
    return ToInstant(passage.order.due_time());
  }
  if (passage.draft.care_order().empty()) return std::nullopt;
  return now + late_after;
}

// A timely start needs no reason and nobody's agreement.
absl::Status CheckDelay(Passage& passage, base::Instant now, std::chrono::hours late_after) {
  const base::Call& call = *passage.call;
  v1::Appointment& draft = passage.draft;
  draft.clear_late_agreed_by();
  const base::Instant start = ToInstant(passage.seat.slot().start_time());
  const auto latest = LatestTimely(passage, now, late_after);
  if (!latest || start <= *latest) {
    draft.clear_late_reason_code();
    return absl::OkStatus();
  }
  SAS_RETURN_IF_ERROR(
      passage.order_read
          ? CheckDue(start, *latest, call.actor, ClaimOf(draft, passage.order))
          : CheckDueUnread(start, now, late_after, !draft.late_reason_code().empty()));
  if (IsRegulator(call.actor.role)) {
    *draft.mutable_late_agreed_by() = ToProto(call.actor);
  } else if (passage.order_read) {
    *draft.mutable_late_agreed_by() = passage.order.late_agreement().agreed_by();
  }
  return absl::OkStatus();
}

slots::v1::PrepareSeatRequest AskFor(const Passage& passage) {
  slots::v1::PrepareSeatRequest ask;
  ask.set_slot(passage.draft.slot());
  ask.set_hold_token(passage.hold_token);
  ask.set_appointment(passage.draft.name());
  *ask.mutable_need() = NeedOf(passage.draft, passage.order_read ? &passage.order : nullptr);
  ask.set_holder(passage.call->actor.subject);
  *ask.mutable_asker() = AskerOf(passage.call->actor);
  ask.set_request_id(passage.request_id);
  ask.set_moved(passage.moved);
  if (passage.moved) ask.set_booker_profession_code(passage.draft.booker_profession_code());
  return ask;
}

RegulationClient::Check CheckFor(const v1::Appointment& draft) {
  RegulationClient::Check check;
  if (draft.care_order().empty()) {
    *check.mutable_direct() = DirectOf(draft);
  } else {
    check.set_care_order(draft.care_order());
  }
  return check;
}

// What the regulation says of one passage. Who has asked by voice goes on while it is silent.
absl::Status Heard(absl::StatusOr<RegulationClient::Word> word, bool by_voice,
                   const BookingSteps::OrderCheck& check, Passage& passage) {
  v1::Appointment& draft = passage.draft;
  if (absl::IsUnavailable(word.status()) && by_voice) {
    passage.oral_check_used = true;
    draft.set_oral_check(true);
    return absl::OkStatus();
  }
  if (!word.ok()) return word.status();
  if (draft.care_order().empty()) {
    return CheckTerritoryOf(passage.call->actor, word->regulation_case().territory());
  }
  passage.order = std::move(*word->mutable_care_order());
  SAS_RETURN_IF_ERROR(check(passage, passage.order));
  passage.order_read = true;
  if (draft.clinical_line().empty()) draft.set_clinical_line(passage.order.clinical_line());
  // The regulator has said why; the operator need not say it again.
  if (draft.access_reason() == sas::type::v1::ACCESS_REASON_UNSPECIFIED) {
    draft.set_access_reason(passage.order.access_reason());
  }
  FillFromEntry(passage.order.entry(), draft);
  return absl::OkStatus();
}

}  // namespace

Stage::~Stage() {
  metrics_.Stage(name_, std::chrono::duration<double>(clock_.Steady() - started_).count());
}

bool IsRefusal(const absl::Status& status) {
  return absl::IsFailedPrecondition(status) || absl::IsAlreadyExists(status) ||
         absl::IsPermissionDenied(status) || absl::IsInvalidArgument(status) ||
         absl::IsNotFound(status) || base::ReasonOf(status) == "ETAG_MISMATCH";
}

std::string_view OutcomeOf(const absl::Status& status, std::string_view done) {
  if (status.ok()) return done;
  return IsRefusal(status) ? "refused" : "failed";
}

SeatMark MarkOf(const v1::Appointment& appointment, bool taken, base::Instant now) {
  SeatMark mark;
  mark.slot = appointment.slot();
  mark.seat = appointment.seat();
  mark.appointment = appointment.name();
  mark.taken = taken;
  mark.time = now;
  return mark;
}

absl::Status BookingSteps::PassGate(Passage& passage) {
  const base::Actor& actor = passage.call->actor;
  if (passage.draft.care_order().empty()) {
    SAS_RETURN_IF_ERROR(CheckTransmission(TransmissionOf(passage.draft, actor)));
  }
  if (!passage.draft.has_severity_form()) return absl::OkStatus();
  auto& form = *passage.draft.mutable_severity_form();
  SAS_ASSIGN_OR_RETURN(passage.severity_lifted,
                       PassSeverity(SignsOf(form), actor, form.override_reason()));
  if (passage.severity_lifted) form.set_override_by(std::string(RoleName(actor.role)));
  return absl::OkStatus();
}

const base::Call& BookingSteps::Longest(std::span<const Passage> passages) {
  return *std::max_element(passages.begin(), passages.end(),
                           [](const Passage& one, const Passage& other) {
                             return one.call->deadline < other.call->deadline;
                           })
              ->call;
}

void BookingSteps::AskRegulation(std::span<Passage> passages, const OrderCheck& check) const {
  const Stage stage(parts_.metrics, parts_.clock, "order");

  struct Question {
    Passage& passage;
    bool by_voice;
  };

  std::vector<Question> questions;
  std::vector<RegulationClient::Check> checks;
  for (Passage& passage : passages) {
    v1::Appointment& draft = passage.draft;
    const bool by_voice = draft.oral_check();
    draft.set_oral_check(false);  // What counts is whether it was needed.
    const bool asked_before = passage.moved && draft.care_order().empty();
    if (!passage.status.ok() || asked_before) continue;
    questions.push_back({passage, by_voice});
    checks.push_back(CheckFor(draft));
  }
  if (checks.empty()) return;
  auto words = parts_.regulation.CheckBookings(Longest(passages), checks);
  for (std::size_t i = 0; i < questions.size(); ++i) {
    Passage& passage = questions[i].passage;
    passage.status = Heard(std::move(words[i]), questions[i].by_voice, check, passage);
  }
}

absl::Status BookingSteps::CheckCase(const BookingParts& parts, const base::Call& call,
                                     const std::string& name) {
  const Stage stage(parts.metrics, parts.clock, "dossier");
  SAS_ASSIGN_OR_RETURN(const auto dossier, parts.regulation.GetCaseReference(call, name));
  return CheckTerritoryOf(call.actor, dossier.territory());
}

void BookingSteps::Prepare(std::span<Passage> passages) const {
  const Stage stage(parts_.metrics, parts_.clock, "prepare");
  std::vector<Passage*> asking;
  std::vector<slots::v1::PrepareSeatRequest> asks;
  for (Passage& passage : passages) {
    if (passage.status.ok()) passage.status = CheckSaid(EntryOf(passage.draft));
    if (!passage.status.ok()) continue;
    asking.push_back(&passage);
    asks.push_back(AskFor(passage));
  }
  if (asks.empty()) return;
  auto outcomes = parts_.slots.PrepareSeats(Longest(passages), asks);
  for (std::size_t i = 0; i < asking.size(); ++i) {
    Passage& passage = *asking[i];
    passage.status = outcomes[i].status();
    passage.prepared = passage.status.ok();
    if (!passage.prepared) continue;
    passage.seat = *std::move(outcomes[i]);
    passage.draft.set_seat(passage.seat.seat());
  }
}

absl::Status BookingSteps::CheckAndFill(Passage& passage, base::Instant now) const {
  Entry entry = EntryOf(passage.draft);
  entry.has_order = IsRegulated(passage.draft, passage.order_read ? &passage.order : nullptr);
  SAS_RETURN_IF_ERROR(CheckEntry(ToValue(passage.seat.entry_rule()), entry));
  SAS_RETURN_IF_ERROR(CheckDelay(passage, now, parts_.late_after));
  FillFrom(passage.seat, passage.order_read ? &passage.order : nullptr, passage.draft);
  const bool alone = !passage.moved && !passage.draft.has_group();
  if (!alone) SAS_RETURN_IF_ERROR(CheckOurs(IsAtSource(passage.seat), passage.seat.partner()));
  if (alone) FillSource(passage.seat, passage.draft);
  return absl::OkStatus();
}

absl::Status BookingSteps::CheckNotExpired(const Passage& passage, base::Instant now) {
  if (now < ToInstant(passage.seat.prepare_expire_time())) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kFailedPrecondition, "HOLD_LOST",
                    "the hold has ended; hold the slot again, then confirm with a new request_id");
}

absl::Status BookingSteps::CheckNotCarriedOut(BookingTransaction& transaction,
                                              const Passage& passage) {
  const std::string& name = passage.draft.name();
  const absl::Status found = transaction.Get(name).status();
  if (absl::IsNotFound(found)) return absl::OkStatus();
  return found.ok() ? AppointmentExists(name) : found;
}

void BookingSteps::GiveBack(const Passage& passage) const {
  base::AtCrashPoint("booking.confirm.refused");
  base::Call own = base::InternalCall("give-back-seat", parts_.clock, kGiveBackBudget);
  own.trace_id = passage.call->trace_id;
  const absl::Status status = parts_.store.Write(own, [&](BookingTransaction& transaction) {
    return transaction.MarkSeat(MarkOf(passage.draft, /*taken=*/false, parts_.clock.Now()));
  });
  if (status.ok()) return;
  const std::string reason = base::ReasonOf(status);
  observe::Log(observe::Level::kWarn, "seat_not_given_back",
               {{"slot", std::string_view(passage.draft.slot())},
                {"reason", std::string_view(reason)},
                {"trace_id", std::string_view(passage.call->trace_id)}});
}

void BookingSteps::GiveBackIfRefused(const Passage& passage, const absl::Status& refused) const {
  if (!refused.ok() && IsRefusal(refused)) GiveBack(passage);
}

void BookingSteps::NoteBusy(const base::Call& call, const absl::Status& refused) const {
  const base::ErrorDetail detail = base::DetailOf(refused);
  if (detail.reason != "PRACTITIONER_BUSY") return;
  parts_.metrics.PractitionerBusy();
  std::map<std::string, std::string> said(detail.metadata.begin(), detail.metadata.end());
  observe::Log(observe::Level::kWarn, "practitioner_busy",
               {{"slot", std::string_view(said["slot"])},
                {"busy_slot", std::string_view(said["busy_slot"])},
                {"trace_id", std::string_view(call.trace_id)}});
}

std::string BookingSteps::Codes(const Passage& passage) {
  std::string codes;
  const auto add = [&codes](const std::string& code) {
    if (!codes.empty()) codes += ' ';
    codes += code;
  };
  if (passage.oral_check_used) add("oral_check=1");
  if (passage.severity_lifted) {
    add("severity_lifted_by=" + passage.draft.severity_form().override_by());
  }
  if (!passage.draft.late_reason_code().empty()) {
    add("late=" + passage.draft.late_reason_code() +
        " late_agreed_by=" + passage.draft.late_agreed_by().subject());
  }
  if (!passage.draft.supernumerary_reason_code().empty()) {
    add("supernumerary=" + passage.draft.supernumerary_reason_code());
  }
  if (passage.draft.has_source()) add("source=" + passage.draft.source().partner());
  for (const std::string& rule : passage.draft.lifted_rules()) add("lifted=" + rule);
  if (passage.draft.has_group() && !passage.moved) {
    add("group_of=" + std::to_string(passage.draft.group().appointments_size()));
  }
  return codes;
}

}  // namespace sas::booking
