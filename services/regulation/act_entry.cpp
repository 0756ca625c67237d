#include <optional>
#include <string>
#include <utility>

#include "common/base/status.h"
#include "common/care/entry_way.h"
#include "common/care/identifiers.h"
#include "common/care/nomenclature.h"
#include "common/ledger/write_once.h"
#include "services/regulation/case_opening.h"
#include "services/regulation/convert.h"
#include "services/regulation/domain/contact_attempt.h"
#include "services/regulation/domain/entry.h"
#include "services/regulation/entry_acts.h"
#include "services/regulation/on_case.h"
#include "services/regulation/order_making.h"
#include "services/regulation/protocol_library.h"
#include "services/regulation/returned_calls.h"
#include "services/regulation/triage_records.h"
#include "services/regulation/view.h"

namespace sas::regulation::acts {
namespace {

namespace type = sas::type::v1;

constexpr char kMotifNotAsked[] = "M07.00";
constexpr char kMotifNotIdentified[] = "M06.04";  // "Autres motifs ou pas de motif identifié".

bool IsLocal(const v1::RegulationCase& row) {
  return row.origin().entry_point() == type::ENTRY_POINT_LOCAL;
}

// Who orients: as asked, or the submitter himself when his credentials name him.
std::string OrientingOf(const base::Actor& actor, const v1::SubmitEntryRequest& request) {
  return request.orienting_professional_rpps().empty() ? actor.rpps
                                                       : request.orienting_professional_rpps();
}

absl::Status CheckRequest(const base::Call& call, const v1::SubmitEntryRequest& request,
                          const Moment& moment) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*", request.parent(), "parent"));
  const v1::RegulationCase& proto = request.regulation_case();
  SAS_RETURN_IF_ERROR(CheckNewCase(proto, moment));
  SAS_RETURN_IF_ERROR(CheckTerritoryRight(call.actor, proto.territory()));
  if (!request.orienting_professional_rpps().empty()) {
    SAS_RETURN_IF_ERROR(care::CheckRpps(request.orienting_professional_rpps(),
                                        "orienting_professional_rpps", moment.test_identities));
  }
  SAS_RETURN_IF_ERROR(CheckSubmitter(call.actor, EntryPointName(proto.origin().entry_point()),
                                     !OrientingOf(call.actor, request).empty()));
  SAS_RETURN_IF_ERROR(CheckProtocolRight(call, request.triage().protocol(), true));
  SAS_RETURN_IF_ERROR(CheckTriage(call.actor, request.triage()));
  SAS_RETURN_IF_ERROR(CheckOrderNeeds(request.care_order()));
  return request.has_reorientation() ? CheckReorientationShape(request.reorientation())
                                     : absl::OkStatus();
}

// A local organisation has a protocol of its own, which says so.
absl::Status CheckQuestionnaire(const v1::Protocol& protocol, const v1::RegulationCase& row) {
  const bool entry = protocol.kind() == v1::Protocol::KIND_CSNP_ENTRY ||
                     protocol.kind() == v1::Protocol::KIND_SHORT_FORM;
  const bool own = !IsLocal(row) || !protocol.entry_points().empty();  // NewTriage asks which.
  if (entry && own) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kFailedPrecondition, "PROTOCOL_FOR_OTHER_ENTRY",
                    "this protocol is for other entry points: take the one of yours",
                    {{"entry_point", type::EntryPoint_Name(row.origin().entry_point())}});
}

EntryAnswers AnswersOf(const v1::RegulationCase& row, const v1::TriageRecord& record) {
  const v1::TriageResult& result = record.result();
  EntryAnswers answers;
  answers.severity_sign = result.booking_blocked() || HasPositiveSign(row.severity_form());
  answers.vital_motif = care::IsVitalMotif(row.motif_code());
  answers.minimum = ToValue(result.minimum_priority());
  answers.excluded = result.excluded();
  answers.orientation = result.orientation();
  answers.missing.assign(result.missing().begin(), result.missing().end());
  answers.motif_identified = !row.motif_code().empty() && row.motif_code() != kMotifNotAsked &&
                             row.motif_code() != kMotifNotIdentified;
  answers.attempts = row.previous_attempts_size();
  return answers;
}

v1::OrderEntry EntryOf(const base::Actor& actor, const v1::SubmitEntryRequest& request,
                       const v1::TriageRecord& record) {
  v1::OrderEntry entry;
  entry.set_entry_point(EntryPointOf(care::OwnEntryPoint(actor)));
  entry.set_local(IsLocal(request.regulation_case()));
  entry.set_protocol(record.protocol());
  entry.set_organization(actor.organization);
  entry.set_orienting_professional_rpps(OrientingOf(actor, request));
  entry.set_priority(
      static_cast<v1::Priority>(EntryPriority(ToValue(record.result().minimum_priority()))));
  *entry.mutable_previous_attempts() = request.regulation_case().previous_attempts();
  return entry;
}

// What the outcome adds to the order: a claim, a promise, or where the patient was sent.
absl::Status Place(const v1::SubmitEntryRequest& request, EntryOutcome outcome,
                   const base::Call& call, base::Instant now, v1::CareOrder& order) {
  if (outcome == EntryOutcome::kBook) {
    order.set_state(v1::CareOrder::STATE_SEARCHING);
    SAS_ASSIGN_OR_RETURN(const ClaimValue claim,
                         Take({}, call.actor, kOrderLease, now, Claimable::kOrder));
    *order.mutable_claim() = ToProto(claim);
    return absl::OkStatus();
  }
  if (outcome == EntryOutcome::kWaiting) {
    if (!request.has_callback_time()) {
      return base::InvalidField("callback_time", "CALLBACK_REQUIRED",
                                "say when the patient will be called back");
    }
    SAS_RETURN_IF_ERROR(
        CheckCallback(now, ToInstant(request.callback_time()), ToInstant(order.due_time())));
    order.set_state(v1::CareOrder::STATE_TO_DO);
    *order.mutable_callback_time() = request.callback_time();
    return absl::OkStatus();
  }
  ReorientationFacts facts;
  facts.destination = ToValue(request.reorientation().destination());
  facts.patient_informed = request.reorientation().patient_informed();
  facts.structure_named = !request.reorientation().structure().empty();
  SAS_RETURN_IF_ERROR(CheckReorientation(facts));
  order.set_state(v1::CareOrder::STATE_REORIENTED);
  order.set_end_reason(std::string(kReorientedElsewhere));
  *order.mutable_reorientation() = Signed(request.reorientation(), call, now);
  return absl::OkStatus();
}

absl::StatusOr<v1::CareOrder> MakeOrder(Desk& desk, CaseWork& work,
                                        const v1::SubmitEntryRequest& request,
                                        const v1::TriageRecord& record, EntryOutcome outcome) {
  const v1::CareOrder& asked = request.care_order();
  const v1::Patient& patient = *work.FindPatient(record.patient());
  SAS_RETURN_IF_ERROR(CheckOrderKnown(work.row(), patient));
  const std::chrono::seconds delay(asked.delay().seconds());
  SAS_ASSIGN_OR_RETURN(const OrderClock clock, ClockOf(work.now(), {}, delay, work.now()));
  v1::CareOrder order;
  *order.mutable_delay() = asked.delay();
  *order.mutable_modes() = asked.modes();
  order.set_clinical_line(asked.clinical_line());
  order.set_constraints(asked.constraints());
  order.set_access_reason(asked.access_reason());
  order.set_patient(record.patient());
  CopyToOrder(work.row(), patient, order);
  order.set_name(work.row().name() + "/orders/" + base::MakeId(desk.clock, desk.random));
  *order.mutable_origin_time() = ToTimestamp(clock.origin);
  *order.mutable_due_time() = ToTimestamp(clock.due);
  *order.mutable_ordered_by() = ToProto(work.call().actor);
  *order.mutable_create_time() = ToTimestamp(work.now());
  *order.mutable_act_time() = order.create_time();
  *order.mutable_entry() = EntryOf(work.call().actor, request, record);
  SAS_RETURN_IF_ERROR(Place(request, outcome, work.call(), work.now(), order));
  return order;
}

// A regulator looks at it; what the submitter meant to do is told him.
void QueueForRegulator(CaseWork& work, const v1::SubmitEntryRequest& request) {
  work.row().clear_filiere();  // Every chain sees it.
  work.ComeBack();
  if (!request.has_reorientation()) return;
  const Destination to = ToValue(request.reorientation().destination());
  if (to == Destination::kUnspecified) return;
  work.AddNote("Orientation annoncée : " + std::string(DestinationLabel(to)), true);
}

absl::Status Finish(CaseWork& work, v1::CareOrder& order) {
  const v1::OrderEntry& entry = order.entry();
  SAS_RETURN_IF_ERROR(
      SaveOrder(work.transaction(), order, work.now(), "order.created", "SubmitEntry",
                "delay_h=" + std::to_string(order.delay().seconds() / 3600) + " entry_point=" +
                    EntryPointName(entry.entry_point()) + " local=" + (entry.local() ? "1" : "0") +
                    " state=" + std::string(OrderStateName(ToValue(order.state())))));
  work.Reload();
  if (!order.has_reorientation()) return absl::OkStatus();
  SAS_RETURN_IF_ERROR(TellElsewhere(work, order.reorientation(), order.name()));
  return EndCase(work, order.reorientation());
}

absl::StatusOr<v1::SubmitEntryResponse> Submit(Desk& desk, CaseWork& work,
                                               const v1::SubmitEntryRequest& request) {
  SAS_ASSIGN_OR_RETURN(const v1::Protocol protocol,
                       FindVersion(work.transaction(), request.triage().protocol(), work.now()));
  SAS_RETURN_IF_ERROR(CheckQuestionnaire(protocol, work.row()));
  SAS_ASSIGN_OR_RETURN(const v1::TriageRecord record, NewTriage(desk, work, request.triage()));
  SAS_RETURN_IF_ERROR(PutTriage(work.row(), record));
  SAS_ASSIGN_OR_RETURN(
      const EntryOutcome outcome,
      OutcomeOf(AnswersOf(work.row(), record), static_cast<EntryWish>(request.wish())));
  v1::SubmitEntryResponse response;
  response.set_outcome(static_cast<v1::EntryOutcome>(outcome));
  std::optional<v1::CareOrder> order;
  if (outcome == EntryOutcome::kRegulator) {
    QueueForRegulator(work, request);
    const std::string& proposal = record.result().proposal();
    response.set_proposal(proposal.empty() ? std::string(kPropose15) : proposal);
  } else {
    SAS_ASSIGN_OR_RETURN(order, MakeOrder(desk, work, request, record, outcome));
  }
  SAS_RETURN_IF_ERROR(work.Save("case.created", "motif=" + work.row().motif_code() + " outcome=" +
                                                    v1::EntryOutcome_Name(response.outcome()) +
                                                    " " + TriageDetail(record)));
  SAS_RETURN_IF_ERROR(KeepPaperForm(work, work.row().origin().paper_form_number()));
  SAS_RETURN_IF_ERROR(work.transaction().protocols().AddTriage(record));
  if (order) {
    SAS_RETURN_IF_ERROR(Finish(work, *order));
    *response.mutable_care_order() = Show(*order, work.now());
  }
  SAS_ASSIGN_OR_RETURN(*response.mutable_regulation_case(), work.View());
  return response;
}

}  // namespace

absl::StatusOr<v1::SubmitEntryResponse> SubmitEntry(EntryDesk& desk, const base::Call& call,
                                                    const v1::SubmitEntryRequest& request) {
  const Moment moment = desk.desk.Now();
  SAS_RETURN_IF_ERROR(CheckRequest(call, request, moment));
  bool created = false;
  auto answer = ledger::WriteOnce<v1::SubmitEntryResponse>(
      desk.desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::SubmitEntryResponse> {
        v1::RegulationCase row = request.regulation_case();
        row.set_name(request.parent() + "/cases/" +
                     base::MakeId(desk.desk.clock, desk.desk.random));
        SAS_RETURN_IF_ERROR(FillNewCase(desk.desk, call, transaction, moment, row));
        CaseWork work = CaseWork::New(transaction, call, moment.now, std::move(row));
        SAS_ASSIGN_OR_RETURN(v1::SubmitEntryResponse response, Submit(desk.desk, work, request));
        SAS_RETURN_IF_ERROR(MarkReturned(transaction, call, request.parent(),
                                         request.regulation_case().origin().caller_phone_number()));
        created = true;
        return response;
      });
  if (!answer.ok() || !created) return answer;
  desk.desk.metrics.Created();
  desk.protocol_metrics.Triaged(answer->regulation_case().triages(0).result().booking_blocked());
  desk.metrics.Submitted(static_cast<EntryOutcome>(answer->outcome()),
                         IsLocal(request.regulation_case()));
  if (answer->care_order().has_reorientation()) {
    desk.metrics.Reoriented(ToValue(answer->care_order().reorientation().destination()));
  }
  return answer;
}

}  // namespace sas::regulation::acts
