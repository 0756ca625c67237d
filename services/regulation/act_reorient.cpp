#include <algorithm>
#include <string>
#include <vector>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/care/nomenclature.h"
#include "common/ledger/write_once.h"
#include "services/regulation/case_opening.h"
#include "services/regulation/convert.h"
#include "services/regulation/entry_acts.h"
#include "services/regulation/facts.h"
#include "services/regulation/on_case.h"
#include "services/regulation/store_rows.h"
#include "services/regulation/triage_gate.h"
#include "services/regulation/view.h"

namespace sas::regulation {

v1::Reorientation Signed(const v1::Reorientation& asked, const base::Call& call,
                         base::Instant now) {
  v1::Reorientation reorientation = asked;
  *reorientation.mutable_reoriented_by() = ToProto(call.actor);
  *reorientation.mutable_reorient_time() = ToTimestamp(now);
  return reorientation;
}

absl::Status TellElsewhere(CaseWork& work, const v1::Reorientation& reorientation,
                           const std::string& order) {
  const Destination to = ToValue(reorientation.destination());
  std::string line = "Réorienté vers : " + std::string(DestinationLabel(to));
  if (!reorientation.structure().empty()) line += " (" + reorientation.structure() + ")";
  work.AddNote(line + ". " + reorientation.reason(), true);
  return RecordReorientation(work.transaction(), work.row(), order, to, ActOf(work.call()));
}

absl::Status EndCase(CaseWork& work, const v1::Reorientation& reorientation) {
  SAS_ASSIGN_OR_RETURN(const CaseFacts facts, work.Facts());
  SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kComplete));
  SAS_RETURN_IF_ERROR(CheckComplete(facts));
  work.EndPromise();
  work.EndWait();
  *work.row().mutable_claim() = ToProto(Free(ToValue(work.row().claim())));
  *work.row().mutable_close_time() = ToTimestamp(work.now());
  return work.Save("case.completed",
                   "state=ACHEVE reoriented=" +
                       std::string(DestinationCode(ToValue(reorientation.destination()))));
}

}  // namespace sas::regulation

namespace sas::regulation::acts {
namespace {

bool IsOrder(const std::string& name) {
  return name.find("/orders/") != std::string::npos;
}

bool IsAhead(const v1::CareOrder& order, base::Instant now) {
  return !order.appointment().empty() && ToInstant(order.appointment_start_time()) > now;
}

// The order that was named, or all of the dossier that are not over.
absl::StatusOr<std::vector<v1::CareOrder>> OrdersMeant(CaseWork& work, const std::string& name) {
  SAS_ASSIGN_OR_RETURN(const auto* orders, work.Orders());
  std::vector<v1::CareOrder> meant;
  for (const v1::CareOrder& order : *orders) {
    const OrderState state = ToValue(order.state());
    const bool named = order.name() == name;
    if (named) SAS_RETURN_IF_ERROR(Advance(state, OrderAct::kReorient).status());
    const bool live = IsOpen(state) || IsReturned(state) ||
                      (state == OrderState::kConfirmedToPatient && IsAhead(order, work.now()));
    if (named || (!IsOrder(name) && live)) meant.push_back(order);
  }
  if (IsOrder(name) && meant.empty()) return OrderNotFound(name);
  return meant;
}

bool SignStands(const v1::RegulationCase& row) {
  return std::any_of(row.patients().begin(), row.patients().end(), [&](const auto& patient) {
    return base::ReasonOf(PassTriage(row, patient.name())) == "SEVERITY_SIGN";
  });
}

absl::Status CheckRule(CaseWork& work, const std::vector<v1::CareOrder>& orders,
                       const v1::Reorientation& asked) {
  const v1::RegulationCase& row = work.row();
  SAS_ASSIGN_OR_RETURN(const auto* decisions, work.Decisions());
  ReorientationFacts facts;
  facts.destination = ToValue(asked.destination());
  facts.patient_informed = asked.patient_informed();
  facts.structure_named = !asked.structure().empty();
  facts.by_regulator = IsRegulator(work.call().actor.role);
  facts.regulator_owed = row.priority() != v1::PRIORITY_NR || !decisions->empty() ||
                         care::IsVitalMotif(row.motif_code()) || SignStands(row);
  facts.booked = std::any_of(orders.begin(), orders.end(), [&](const v1::CareOrder& order) {
    return IsAhead(order, work.now());
  });
  return CheckReorientation(facts);
}

// What somebody else works on is his; a call for the SAMU waits for nobody.
absl::Status CheckHands(CaseWork& work, const std::vector<v1::CareOrder>& orders) {
  const base::Actor& actor = work.call().actor;
  for (const v1::CareOrder& order : orders) {
    SAS_RETURN_IF_ERROR(
        Take(ToValue(order.claim()), actor, kOrderLease, work.now(), Claimable::kOrder).status());
  }
  const ClaimValue claim = ToValue(work.row().claim());
  if (!IsLive(claim, work.now())) return absl::OkStatus();
  return Take(claim, actor, kOrderLease, work.now(), Claimable::kCase).status();
}

absl::Status EndOrders(CaseWork& work, const v1::Reorientation& reorientation,
                       std::vector<v1::CareOrder>& orders) {
  for (v1::CareOrder& order : orders) {
    SAS_ASSIGN_OR_RETURN(const OrderState state,
                         Advance(ToValue(order.state()), OrderAct::kReorient));
    order.set_state(static_cast<v1::CareOrder::State>(state));
    // A person cancels the appointment (hazard H-14).
    order.set_end_reason(std::string(IsAhead(order, work.now()) ? kAppointmentOnStoppedOrder
                                                                : kReorientedElsewhere));
    *order.mutable_reorientation() = reorientation;
    order.clear_callback_time();
    *order.mutable_claim() = ToProto(Free(ToValue(order.claim())));
    SAS_RETURN_IF_ERROR(SaveOrder(
        work.transaction(), order, work.now(), "order.updated", "Reorient",
        "state=" + std::string(OrderStateName(state)) +
            " destination=" + std::string(DestinationCode(ToValue(reorientation.destination())))));
  }
  work.Reload();
  return absl::OkStatus();
}

// Nobody has set a priority for what is new: it ranks just below P1, with its own alarm.
absl::Status BackToRegulator(CaseWork& work) {
  SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kReturn));
  const auto low =
      RuleOf(ToValue(work.row().priority())).band > RuleOf(Priority::kUnspecified).band;
  if (low) {
    work.row().set_priority(v1::PRIORITY_UNSPECIFIED);
    work.EndPromise();
  }
  work.ComeBack();
  return work.Save("case.updated", "reoriented=SAMU");
}

// The dossier ends when nothing is left in it; an order alone may leave others at work.
absl::Status End(CaseWork& work, const v1::Reorientation& reorientation, bool whole) {
  SAS_ASSIGN_OR_RETURN(const CaseFacts facts, work.Facts());
  if (whole || CheckComplete(facts).ok()) return EndCase(work, reorientation);
  return work.Save(
      "case.updated",
      "reoriented=" + std::string(DestinationCode(ToValue(reorientation.destination()))));
}

// The order or the dossier that is named is the one on the screen.
absl::Status CheckScreen(const Desk& desk, CaseWork& work, const v1::ReorientRequest& request) {
  if (!IsOrder(request.name())) {
    return CheckSeen(desk, work.call().actor, request.etag(), work.row());
  }
  SAS_ASSIGN_OR_RETURN(const v1::CareOrder order, work.transaction().GetOrder(request.name()));
  return CheckSeen(desk, request.etag(), order.name(), order.etag());
}

absl::StatusOr<v1::ReorientResponse> SendElsewhere(CaseWork& work,
                                                   const v1::ReorientRequest& request) {
  const bool samu = request.reorientation().destination() == v1::Reorientation::DESTINATION_SAMU;
  SAS_RETURN_IF_ERROR(CheckReader(work));
  SAS_ASSIGN_OR_RETURN(auto orders, OrdersMeant(work, request.name()));
  for (const v1::CareOrder& order : orders) {
    if (!EntersDirectly(work.call().actor.role)) {
      SAS_RETURN_IF_ERROR(CheckEntryRight(work.call().actor, OwnerOf(order)));
    }
  }
  SAS_RETURN_IF_ERROR(CheckRule(work, orders, request.reorientation()));
  if (!samu) SAS_RETURN_IF_ERROR(CheckHands(work, orders));
  const v1::Reorientation reorientation = Signed(request.reorientation(), work.call(), work.now());
  SAS_RETURN_IF_ERROR(EndOrders(work, reorientation, orders));
  SAS_RETURN_IF_ERROR(
      TellElsewhere(work, reorientation, orders.empty() ? "" : orders.front().name()));
  SAS_RETURN_IF_ERROR(samu ? BackToRegulator(work)
                           : End(work, reorientation, !IsOrder(request.name())));
  v1::ReorientResponse response;
  for (v1::CareOrder& order : orders) *response.add_care_orders() = Show(order, work.now());
  SAS_ASSIGN_OR_RETURN(*response.mutable_regulation_case(), work.View());
  return response;
}

}  // namespace

absl::StatusOr<v1::ReorientResponse> Reorient(EntryDesk& desk, const base::Call& call,
                                              const v1::ReorientRequest& request) {
  const bool order = IsOrder(request.name());
  SAS_RETURN_IF_ERROR(CheckName(call, order ? kOrderName : kCaseName, request.name(), "name"));
  SAS_RETURN_IF_ERROR(CheckReorientationShape(request.reorientation()));
  bool done = false;
  auto answer = ledger::WriteOnce<v1::ReorientResponse>(
      desk.desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::ReorientResponse> {
        SAS_ASSIGN_OR_RETURN(CaseWork work,
                             CaseWork::Open(transaction, call, desk.desk.clock.Now(),
                                            order ? CaseOf(request.name()) : request.name()));
        SAS_RETURN_IF_ERROR(CheckScreen(desk.desk, work, request));
        SAS_ASSIGN_OR_RETURN(v1::ReorientResponse response, SendElsewhere(work, request));
        done = true;
        return response;
      });
  if (answer.ok() && done) {
    desk.metrics.Reoriented(ToValue(request.reorientation().destination()));
  }
  return answer;
}

}  // namespace sas::regulation::acts
