#include <algorithm>

#include "common/base/status.h"
#include "services/regulation/case_work.h"
#include "services/regulation/convert.h"
#include "services/regulation/facts.h"
#include "services/regulation/missions.h"

// What stands beside a dossier: its orders as they end, and what is complete of all.
namespace sas::regulation {
namespace {

constexpr char kMotifNotAsked[] = "M07.00";

// HasPatient: a decision or order without patient is about the only one.
bool IsAbout(const std::string& patient, const std::string& wanted) {
  return wanted.empty() || patient.empty() || patient == wanted;
}

}  // namespace

bool IsBookedAhead(const v1::CareOrder& order, base::Instant now) {
  return order.state() == v1::CareOrder::STATE_CONFIRMED_TO_PATIENT &&
         ToInstant(order.appointment_start_time()) > now;
}

absl::Status CaseWork::EndOrder(v1::CareOrder order, OrderAct act, std::string_view reason) {
  SAS_ASSIGN_OR_RETURN(const OrderState state, regulation::Advance(ToValue(order.state()), act));
  order.set_state(static_cast<v1::CareOrder::State>(state));
  if (act == OrderAct::kSupersede) {
    order.set_end_reason(
        std::string(order.appointment().empty() ? reason : kAppointmentOnStoppedOrder));
  }
  *order.mutable_claim() = ToProto(Free(ToValue(order.claim())));
  return SaveOrder(
      transaction_, order, now_, "order.updated", ActOf(call_),
      "state=" + std::string(OrderStateName(state)) + " reason=" + std::string(reason));
}

template <typename IsMeant>
absl::Status CaseWork::SupersedeIf(const IsMeant& is_meant, std::string_view reason) {
  SAS_ASSIGN_OR_RETURN(const auto* orders, Orders());
  for (const v1::CareOrder& order : *orders) {
    const bool lives = IsOpen(ToValue(order.state())) || IsBookedAhead(order, now_);
    if (!is_meant(order) || !lives) continue;
    SAS_RETURN_IF_ERROR(EndOrder(order, OrderAct::kSupersede, reason));
  }
  Reload();
  return absl::OkStatus();
}

absl::Status CaseWork::SupersedeOrders(const std::string& patient, std::string_view reason) {
  return SupersedeIf([&](const v1::CareOrder& order) { return IsAbout(order.patient(), patient); },
                     reason);
}

absl::Status CaseWork::SupersedeOrdersOf(const std::string& decision, std::string_view reason) {
  return SupersedeIf([&](const v1::CareOrder& order) { return order.decision() == decision; },
                     reason);
}

absl::Status CaseWork::CloseReturnedOrders(const std::string& patient) {
  SAS_ASSIGN_OR_RETURN(const auto* orders, Orders());
  for (const v1::CareOrder& order : *orders) {
    if (!IsAbout(order.patient(), patient) || !IsReturned(ToValue(order.state()))) continue;
    SAS_RETURN_IF_ERROR(EndOrder(order, OrderAct::kClose, kNewDecision));
  }
  Reload();
  return absl::OkStatus();
}

absl::StatusOr<CaseFacts> CaseWork::Facts() {
  SAS_ASSIGN_OR_RETURN(const auto* decisions, Decisions());
  SAS_ASSIGN_OR_RETURN(const auto* orders, Orders());
  CaseFacts facts;
  facts.motif_known = !row_.motif_code().empty() && row_.motif_code() != kMotifNotAsked;
  facts.priority = ToValue(row_.priority());
  facts.bilan_awaited = row_.bilan_awaited();
  facts.team_at_work = TeamAtWork(row_);
  facts.reflex_unacknowledged =
      row_.reflex_departure().state() == v1::ReflexDeparture::STATE_LAUNCHED;
  for (const v1::Patient& patient : row_.patients()) {
    const bool decided = std::any_of(
        decisions->begin(), decisions->end(),
        [&](const v1::Decision& decision) { return IsAbout(decision.patient(), patient.name()); });
    facts.patient_without_decision = facts.patient_without_decision || !decided;
  }
  const auto undecided = [&](const v1::Bilan& bilan) {
    return std::none_of(decisions->begin(), decisions->end(), [&](const v1::Decision& decision) {
      return IsAbout(decision.patient(), bilan.patient()) &&
             ToInstant(decision.create_time()) > ToInstant(bilan.record_time());
    });
  };
  // A dossier from before bilans were kept apart has the newest one alone.
  facts.undecided_bilan = row_.bilans().empty()
                              ? row_.has_bilan() && undecided(row_.bilan())
                              : std::any_of(row_.bilans().begin(), row_.bilans().end(), undecided);
  facts.call_return_open = !row_.lost_call().empty();
  for (const v1::CareOrder& order : *orders) {
    facts.open_order = facts.open_order || IsOpen(ToValue(order.state()));
    facts.returned_order = facts.returned_order || IsReturned(ToValue(order.state()));
  }
  return facts;
}

}  // namespace sas::regulation
