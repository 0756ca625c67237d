#include <algorithm>

#include "common/base/status.h"
#include "services/regulation/acts.h"
#include "services/regulation/convert.h"
#include "services/regulation/on_case.h"
#include "services/regulation/order_making.h"
#include "services/regulation/replaced_decisions.h"
#include "services/regulation/triage_gate.h"

namespace sas::regulation::acts {
namespace {

// The decision that the order executes: of this dossier and patient, of a kind that asks for a
// consultation, and not overtaken by an upgrade.
absl::StatusOr<v1::Decision> DecisionFor(CaseWork& work, const v1::CareOrder& order) {
  SAS_ASSIGN_OR_RETURN(const auto* decisions, work.Decisions());
  const auto found =
      std::find_if(decisions->begin(), decisions->end(), [&](const v1::Decision& decision) {
        return decision.name() == order.decision() && decision.patient() == order.patient();
      });
  if (found == decisions->end()) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "DECISION_NOT_FOUND",
                      "the order executes a decision about this patient: take it first",
                      {{"decision", order.decision()}});
  }
  SAS_RETURN_IF_ERROR(CheckHolds(*decisions, order.decision()));
  const bool overtaken = std::any_of(found + 1, decisions->end(), [&](const v1::Decision& later) {
    return later.patient() == order.patient() && IsUpgrade(ToValue(later.care_level()));
  });
  if (overtaken || !AllowsOrder(ToValue(*found))) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "DECISION_WITHOUT_CONSULTATION",
                      "this decision asks for no consultation, or a later one is more urgent: "
                      "decide R3 ORIENT CABINET first",
                      {{"decision", order.decision()}});
  }
  return *found;
}

// One live order for each patient: a new one replaces what is not booked yet.
absl::Status ReplaceEarlier(CaseWork& work, const std::string& patient) {
  SAS_ASSIGN_OR_RETURN(const auto* orders, work.Orders());
  if (orders->size() >= kOrdersMax) return LimitReached("orders", kOrdersMax);
  for (const v1::CareOrder& earlier : *orders) {
    const bool confirmed = earlier.state() == v1::CareOrder::STATE_CONFIRMED_TO_PATIENT &&
                           ToInstant(earlier.appointment_start_time()) > work.now();
    if (earlier.patient() != patient ||
        !(earlier.state() == v1::CareOrder::STATE_BOOKED || confirmed)) {
      continue;
    }
    return base::Fail(absl::StatusCode::kFailedPrecondition, "PATIENT_ALREADY_BOOKED",
                      "the patient has an appointment: cancel it before ordering another",
                      {{"appointment", earlier.appointment()}});
  }
  SAS_RETURN_IF_ERROR(work.SupersedeOrders(patient, kNewOrder));
  return work.CloseReturnedOrders(patient);
}

// The fields that a regulator writes; all others are the server's.
v1::CareOrder Asked(const v1::CareOrder& proto) {
  v1::CareOrder order;
  *order.mutable_delay() = proto.delay();
  *order.mutable_modes() = proto.modes();
  order.set_clinical_line(proto.clinical_line());
  order.set_constraints(proto.constraints());
  order.set_access_reason(proto.access_reason());
  order.set_decision(proto.decision());
  return order;
}

absl::StatusOr<v1::CareOrder> Order(Desk& desk, CaseWork& work,
                                    const v1::CreateCareOrderRequest& request) {
  v1::RegulationCase& row = work.row();
  const ClaimValue claim = ToValue(row.claim());
  if (IsLive(claim, work.now()) && claim.owner != work.call().actor.subject) {
    return Take(claim, work.call().actor, kOrderLease, work.now(), Claimable::kCase).status();
  }
  SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kDecide));
  v1::CareOrder order = Asked(request.care_order());
  SAS_ASSIGN_OR_RETURN(*order.mutable_patient(),
                       work.PatientOf(request.care_order().patient(), "care_order.patient"));
  const v1::Patient& patient = *work.FindPatient(order.patient());
  SAS_RETURN_IF_ERROR(CheckOrderKnown(row, patient));
  SAS_RETURN_IF_ERROR(PassTriage(row, order.patient()));
  SAS_RETURN_IF_ERROR(PassEntryQuestionnaire(work, order));
  SAS_ASSIGN_OR_RETURN(const v1::Decision decision, DecisionFor(work, order));
  SAS_ASSIGN_OR_RETURN(const auto* orders, work.Orders());
  std::vector<base::Instant> origins;
  for (const v1::CareOrder& earlier : *orders) {
    if (earlier.patient() == order.patient()) origins.push_back(ToInstant(earlier.origin_time()));
  }
  SAS_ASSIGN_OR_RETURN(const OrderClock clock,
                       ClockOf(ToInstant(decision.create_time()), origins,
                               std::chrono::seconds(order.delay().seconds()), work.now()));
  SAS_RETURN_IF_ERROR(ReplaceEarlier(work, order.patient()));
  CopyToOrder(row, patient, order);
  order.set_name(request.parent() + "/orders/" + base::MakeId(desk.clock, desk.random));
  order.set_state(v1::CareOrder::STATE_TO_DO);
  *order.mutable_origin_time() = ToTimestamp(clock.origin);
  *order.mutable_due_time() = ToTimestamp(clock.due);
  *order.mutable_ordered_by() = ToProto(work.call().actor);
  *order.mutable_create_time() = ToTimestamp(work.now());
  *order.mutable_act_time() = order.create_time();
  SAS_RETURN_IF_ERROR(SaveOrder(work.transaction(), order, work.now(), "order.created",
                                "CreateCareOrder",
                                "delay_h=" + std::to_string(order.delay().seconds() / 3600)));
  SAS_RETURN_IF_ERROR(work.Save("case.updated", "fields=orders"));
  return order;
}

}  // namespace

absl::StatusOr<v1::CareOrder> CreateCareOrder(Desk& desk, const base::Call& call,
                                              const v1::CreateCareOrderRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kCaseName, request.parent(), "parent"));
  SAS_RETURN_IF_ERROR(CheckOrderShape(request.care_order()));
  return ledger::WriteOnce<v1::CareOrder>(
      desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::CareOrder> {
        SAS_ASSIGN_OR_RETURN(CaseWork work,
                             CaseWork::Open(transaction, call, desk.clock.Now(), request.parent()));
        SAS_RETURN_IF_ERROR(CheckSeen(desk, call.actor, request.etag(), work.row()));
        return Order(desk, work, request);
      });
}

}  // namespace sas::regulation::acts
