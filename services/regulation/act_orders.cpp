#include <string>
#include <utility>
#include <vector>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/regulation/acts.h"
#include "services/regulation/convert.h"
#include "services/regulation/domain/contact_attempt.h"
#include "services/regulation/facts.h"
#include "services/regulation/on_case.h"
#include "services/regulation/on_order.h"
#include "services/regulation/paging.h"
#include "services/regulation/store_rows.h"
#include "services/regulation/view.h"

namespace sas::regulation::acts {
namespace {

using ReturnRequest = v1::ReturnCareOrderRequest;

// Moves the order, and takes it in the caller's hands: an act on an order that nobody holds any
// more is the act of somebody who has it now.
absl::Status Move(v1::CareOrder& order, const base::Call& call, base::Instant now, OrderAct act) {
  if (act == OrderAct::kClaim && order.has_entry()) act = OrderAct::kTakeEntry;
  SAS_ASSIGN_OR_RETURN(const OrderState state, Advance(ToValue(order.state()), act));
  SAS_ASSIGN_OR_RETURN(const ClaimValue claim, Take(ToValue(order.claim()), call.actor, kOrderLease,
                                                    now, Claimable::kOrder));
  order.set_state(static_cast<v1::CareOrder::State>(state));
  *order.mutable_claim() = ToProto(IsOpen(state) ? claim : Free(claim));
  *order.mutable_act_time() = ToTimestamp(now);
  return absl::OkStatus();
}

// An act on one order, once per request_id. `change` has its effect after the order has moved.
template <typename Request, typename Change>
absl::StatusOr<v1::CareOrder> OnOrder(Desk& desk, const base::Call& call, const Request& request,
                                      OrderAct act, Change change) {
  SAS_RETURN_IF_ERROR(CheckName(call, kOrderName, request.name(), "name"));
  return ledger::WriteOnce<v1::CareOrder>(
      desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::CareOrder> {
        const base::Instant now = desk.clock.Now();
        SAS_ASSIGN_OR_RETURN(v1::CareOrder order, ReadOrder(transaction, call, request.name()));
        SAS_RETURN_IF_ERROR(CheckSeen(desk, request.etag(), order.name(), order.etag()));
        SAS_RETURN_IF_ERROR(Move(order, call, now, act));
        SAS_RETURN_IF_ERROR(change(order, now));
        SAS_RETURN_IF_ERROR(
            SaveOrder(transaction, order, now, "order.updated", ActOf(call),
                      "state=" + std::string(OrderStateName(ToValue(order.state())))));
        return Show(order, now);
      });
}

absl::Status Nothing(v1::CareOrder&, base::Instant) {
  return absl::OkStatus();
}

absl::StatusOr<OrderAct> ReturnAct(v1::CareOrder::State outcome) {
  switch (outcome) {
    case v1::CareOrder::STATE_NO_SLOT:
      return OrderAct::kReturnNoSlot;
    case v1::CareOrder::STATE_PATIENT_REFUSED:
      return OrderAct::kReturnRefused;
    case v1::CareOrder::STATE_PATIENT_UNREACHABLE:
      return OrderAct::kReturnUnreachable;
    default:
      return base::InvalidField("outcome", "INVALID_RETURN_OUTCOME",
                                "say NO_SLOT, PATIENT_REFUSED or PATIENT_UNREACHABLE");
  }
}

// The count outlives the attempts that are dropped.
void KeepAttempt(v1::CareOrder& order, const v1::ContactAttempt& attempt, const base::Actor& actor,
                 base::Instant now) {
  v1::ContactAttempt kept = attempt;
  *kept.mutable_attempt_time() = ToTimestamp(now);
  *kept.mutable_attempted_by() = ToProto(actor);
  auto& attempts = *order.mutable_contact_attempts();
  if (attempts.size() >= kContactAttemptsMax) attempts.DeleteSubrange(0, 1);
  *attempts.Add() = std::move(kept);
  std::vector<ContactResult> results;
  for (const auto& each : attempts) {
    if (each.practice().empty()) results.push_back(static_cast<ContactResult>(each.result()));
  }
  if (attempt.practice().empty()) order.set_unanswered_count(UnansweredOf(results));
}

absl::Status CheckEtagGiven(const std::string& etag) {
  if (!etag.empty()) return absl::OkStatus();
  return base::InvalidField("etag", "ETAG_REQUIRED",
                            "give the version on the screen, so that the right one is changed");
}

// The dossier waits for a regulator again, with what was tried.
absl::Status BackToRegulator(CaseWork& work, const v1::CareOrder& order,
                             const ReturnRequest& request) {
  SAS_RETURN_IF_ERROR(work.Advance(CaseAct::kReturn));
  work.ComeBack();  // An entry without regulation is regulated from now on.
  work.AddNote("Commande SNP rendue (" + order.end_reason() + ", " +
                   std::to_string(order.refused_proposals_size()) + " refus) : " + request.reason(),
               true);
  return work.Save("case.updated", "order_returned=" + order.end_reason());
}

}  // namespace

absl::StatusOr<v1::CareOrder> GetCareOrder(Desk& desk, const base::Call& call,
                                           const v1::GetCareOrderRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kOrderName, request.name(), "name"));
  v1::CareOrder shown;
  SAS_RETURN_IF_ERROR(
      desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        SAS_ASSIGN_OR_RETURN(v1::CareOrder order, ReadOrder(transaction, call, request.name()));
        shown = Show(std::move(order), desk.clock.Now());
        return absl::OkStatus();
      }));
  return shown;
}

absl::StatusOr<v1::ListCareOrdersResponse> ListCareOrders(
    Desk& desk, const base::Call& call, const v1::ListCareOrdersRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*/cases/*-", request.parent(), "parent"));
  SAS_ASSIGN_OR_RETURN(const PageRequest page, PageOf(call, request));
  OrderQuery query;
  query.region = std::string(base::RegionOf(request.parent()));
  if (base::LastId(request.parent()) != "-") query.case_name = request.parent();
  SAS_ASSIGN_OR_RETURN(query.territories, TerritoriesOf(call.actor, request.territory()));
  query.include_ended = request.include_ended();
  query.without_local = call.actor.role == base::Role::kOsnp;
  if (page.position) query.after = page.position->key;
  query.limit = page.size + 1;
  v1::ListCareOrdersResponse response;
  SAS_RETURN_IF_ERROR(
      desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        response.Clear();
        SAS_ASSIGN_OR_RETURN(auto orders, transaction.ListOrders(query));
        const bool more = orders.size() > static_cast<std::size_t>(page.size);
        if (more) orders.pop_back();
        if (more) response.set_next_page_token(WritePage(page, {ListKeyOf(orders.back()), {}}));
        for (v1::CareOrder& order : orders) {
          *response.add_care_orders() = Show(std::move(order), desk.clock.Now());
        }
        return absl::OkStatus();
      }));
  return response;
}

absl::StatusOr<v1::CareOrder> ClaimCareOrder(Desk& desk, const base::Call& call,
                                             const v1::ClaimCareOrderRequest& request) {
  return OnOrder(desk, call, request, OrderAct::kClaim, Nothing);
}

absl::StatusOr<v1::CareOrder> RecordTreatingDoctorContact(
    Desk& desk, const base::Call& call, const v1::RecordTreatingDoctorContactRequest& request) {
  SAS_RETURN_IF_ERROR(CheckContact(request.contact()));
  const bool sees = request.contact().outcome() == v1::TreatingDoctorContact::OUTCOME_HAS_SLOT;
  return OnOrder(desk, call, request, sees ? OrderAct::kDoctorSees : OrderAct::kDoctorCannot,
                 [&](v1::CareOrder& order, base::Instant now) {
                   v1::TreatingDoctorContact& contact = *order.mutable_treating_doctor_contact();
                   contact = request.contact();
                   *contact.mutable_contact_time() = ToTimestamp(now);
                   *contact.mutable_contacted_by() = ToProto(call.actor);
                   return absl::OkStatus();
                 });
}

absl::StatusOr<v1::CareOrder> RecordRefusedProposal(
    Desk& desk, const base::Call& call, const v1::RecordRefusedProposalRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kOrderName, request.name(), "name"));
  SAS_RETURN_IF_ERROR(CheckProposal(request.proposal(), base::RegionOf(request.name())));
  return OnOrder(desk, call, request, OrderAct::kRefuseProposal,
                 [&](v1::CareOrder& order, base::Instant now) -> absl::Status {
                   if (order.refused_proposals_size() >= kRefusedProposalsMax) {
                     return LimitReached("refused_proposals", kRefusedProposalsMax);
                   }
                   v1::RefusedProposal& refused = *order.add_refused_proposals();
                   refused = request.proposal();
                   *refused.mutable_refuse_time() = ToTimestamp(now);
                   return absl::OkStatus();
                 });
}

absl::StatusOr<v1::CareOrder> RecordContactAttempt(Desk& desk, const base::Call& call,
                                                   const v1::RecordContactAttemptRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kOrderName, request.name(), "name"));
  SAS_RETURN_IF_ERROR(CheckAttempt(request.attempt()));
  return OnOrder(desk, call, request, OrderAct::kTryContact,
                 [&](v1::CareOrder& order, base::Instant now) -> absl::Status {
                   if (request.attempt().practice().empty()) order.clear_callback_time();
                   if (request.has_callback_time()) {
                     SAS_RETURN_IF_ERROR(CheckCallback(now, ToInstant(request.callback_time()),
                                                       ToInstant(order.due_time())));
                     *order.mutable_callback_time() = request.callback_time();
                   }
                   KeepAttempt(order, request.attempt(), call.actor, now);
                   return absl::OkStatus();
                 });
}

absl::StatusOr<v1::CareOrder> ConfirmPatientInformed(
    Desk& desk, const base::Call& call, const v1::ConfirmPatientInformedRequest& request) {
  return OnOrder(desk, call, request, OrderAct::kConfirmInformed, Nothing);
}

absl::StatusOr<v1::CareOrder> ReturnCareOrder(Desk& desk, const base::Call& call,
                                              const ReturnRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kOrderName, request.name(), "name"));
  SAS_ASSIGN_OR_RETURN(const OrderAct act, ReturnAct(request.outcome()));
  SAS_RETURN_IF_ERROR(CheckReason(request.reason()));
  return ledger::WriteOnce<v1::CareOrder>(
      desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::CareOrder> {
        const base::Instant now = desk.clock.Now();
        // The dossier first, as everywhere: two acts never wait for one another.
        SAS_ASSIGN_OR_RETURN(CaseWork work,
                             CaseWork::Open(transaction, call, now, CaseOf(request.name())));
        SAS_ASSIGN_OR_RETURN(v1::CareOrder order, ReadOrder(transaction, call, request.name()));
        SAS_RETURN_IF_ERROR(CheckSeen(desk, request.etag(), order.name(), order.etag()));
        if (act == OrderAct::kReturnUnreachable) {
          SAS_RETURN_IF_ERROR(CheckUnreachable(order.unanswered_count(), call.actor.role));
        }
        SAS_RETURN_IF_ERROR(Move(order, call, now, act));
        order.clear_callback_time();
        order.set_end_reason(std::string(OrderStateName(ToValue(order.state()))));
        SAS_RETURN_IF_ERROR(SaveOrder(transaction, order, now, "order.updated", ActOf(call),
                                      "state=" + order.end_reason()));
        SAS_RETURN_IF_ERROR(BackToRegulator(work, order, request));
        return Show(order, now);
      });
}

absl::StatusOr<v1::CareOrder> AgreeLateAppointment(Desk& desk, const base::Call& call,
                                                   const v1::AgreeLateAppointmentRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kOrderName, request.name(), "name"));
  SAS_RETURN_IF_ERROR(CheckReason(request.reason()));
  return ledger::WriteOnce<v1::CareOrder>(
      desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::CareOrder> {
        const base::Instant now = desk.clock.Now();
        SAS_ASSIGN_OR_RETURN(v1::CareOrder order, ReadOrder(transaction, call, request.name()));
        SAS_RETURN_IF_ERROR(CheckEtagGiven(request.etag()));
        SAS_RETURN_IF_ERROR(CheckSeen(desk, request.etag(), order.name(), order.etag()));
        const base::Instant due = ToInstant(order.due_time());
        const base::Instant latest = ToInstant(request.latest_start_time());
        SAS_RETURN_IF_ERROR(CheckLateStart(ToValue(order.state()), due, latest));
        v1::LateAgreement& agreement = *order.mutable_late_agreement();
        *agreement.mutable_latest_start_time() = request.latest_start_time();
        agreement.set_reason(request.reason());
        *agreement.mutable_agreed_by() = ToProto(call.actor);
        *agreement.mutable_agree_time() = ToTimestamp(now);
        const auto late = std::chrono::floor<std::chrono::minutes>(latest - due);
        SAS_RETURN_IF_ERROR(
            SaveOrder(transaction, order, now, "order.updated", ActOf(call),
                      "state=" + std::string(OrderStateName(ToValue(order.state()))) +
                          " late_min=" + std::to_string(late.count())));
        return Show(order, now);
      });
}

}  // namespace sas::regulation::acts
