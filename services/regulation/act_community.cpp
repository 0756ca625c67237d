#include <optional>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/ledger/write_once.h"
#include "common/rpc/request_shape.h"
#include "services/regulation/community_acts.h"
#include "services/regulation/convert.h"
#include "services/regulation/facts.h"
#include "services/regulation/on_case.h"
#include "services/regulation/on_order.h"
#include "services/regulation/paging.h"
#include "services/regulation/store_rows.h"
#include "services/regulation/view.h"

namespace sas::regulation::acts {
namespace {

constexpr std::size_t kCommunityMax = 64;
constexpr std::size_t kTextMax = 200;

absl::Status CheckAsked(const v1::CommunityRequest& asked) {
  SAS_RETURN_IF_ERROR(rpc::CheckText(asked.community(), "request.community", kCommunityMax, 1));
  return rpc::CheckText(asked.remark(), "request.remark", kTextMax);
}

absl::Status CheckAnswer(const v1::AnswerDemandRequest& request) {
  if (!request.accept()) {
    return rpc::CheckText(request.decline_reason(), "decline_reason", kTextMax, 1);
  }
  SAS_ASSIGN_OR_RETURN(const auto ids,
                       base::ParseName("regions/*/sites/*/slots/*", request.slot(), "slot"));
  if (ids[0] == base::RegionOf(request.name())) return absl::OkStatus();
  return base::InvalidField("slot", "OTHER_REGION", "the slot is of another region");
}

// Whoever works it, or takes it by this act. A regulator leaves it in the hands of its owner.
absl::Status TakeInHand(v1::CareOrder& order, const base::Call& call, base::Instant now) {
  const auto claim = Take(ToValue(order.claim()), call.actor, kOrderLease, now, Claimable::kOrder);
  if (!claim.ok()) return base::IsRegulator(call.actor.role) ? absl::OkStatus() : claim.status();
  *order.mutable_claim() = ToProto(*claim);
  *order.mutable_act_time() = ToTimestamp(now);
  return absl::OkStatus();
}

void KeepPast(v1::CareOrder& order) {
  if (!order.has_community_request()) return;
  auto& past = *order.mutable_past_community_requests();
  if (past.size() >= kPastDemandsMax) past.DeleteSubrange(0, past.size() - kPastDemandsMax + 1);
  *past.Add() = std::move(*order.mutable_community_request());
  order.clear_community_request();
}

absl::Status Ask(v1::CareOrder& order, const base::Call& call, const v1::CommunityRequest& asked,
                 base::Instant now) {
  SAS_RETURN_IF_ERROR(CheckFreeToAsk(DemandOf(order), now));
  // Nobody has noted yet that the time of the one before is over.
  if (IsOver(DemandOf(order), now)) {
    SAS_RETURN_IF_ERROR(EndDemand(order, DemandState::kExpired, now));
  }
  SAS_ASSIGN_OR_RETURN(const OrderState state,
                       Advance(ToValue(order.state()), OrderAct::kAskCommunity));
  SAS_RETURN_IF_ERROR(
      CheckAnswerDue(ToInstant(asked.answer_due_time()), LatestStartOf(order), now));
  SAS_RETURN_IF_ERROR(TakeInHand(order, call, now));
  KeepPast(order);
  order.set_state(static_cast<v1::CareOrder::State>(state));
  v1::CommunityRequest& request = *order.mutable_community_request();
  request.set_state(v1::CommunityRequest::STATE_ASKED);
  request.set_community(asked.community());
  *request.mutable_answer_due_time() = asked.answer_due_time();
  request.set_remark(asked.remark());
  *request.mutable_asked_by() = ToProto(call.actor);
  *request.mutable_ask_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status CheckOpen(const v1::CareOrder& order) {
  if (DemandOf(order).state == DemandState::kAsked) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kFailedPrecondition, "COMMUNITY_NOT_ASKED",
                    "no community is asked about this order; read it again");
}

// By who works the order, or a regulator; `change` moves it to `to`.
template <typename Request, typename Change>
absl::StatusOr<v1::CareOrder> OnDemand(CommunityDesk& desk, const base::Call& call,
                                       const Request& request, DemandState to, Change change) {
  bool done = false;
  auto answer = ledger::WriteOnce<v1::CareOrder>(
      desk.desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::CareOrder> {
        const base::Instant now = desk.desk.clock.Now();
        SAS_ASSIGN_OR_RETURN(v1::CareOrder order, ReadOrder(transaction, call, request.name()));
        SAS_RETURN_IF_ERROR(CheckSeen(desk.desk, request.etag(), order.name(), order.etag()));
        SAS_RETURN_IF_ERROR(change(order, now));
        SAS_RETURN_IF_ERROR(SaveDemand(transaction, order, ActOf(call), now));
        done = true;
        return Show(order, now);
      });
  if (answer.ok() && done) desk.metrics.Moved(to);
  return answer;
}

void Answer(v1::CommunityRequest& kept, const base::Call& call,
            const v1::AnswerDemandRequest& request) {
  *kept.mutable_answered_by() = ToProto(call.actor);
  if (!request.accept()) {
    kept.set_decline_reason(request.decline_reason());
    return;
  }
  kept.set_slot(request.slot());
  *kept.mutable_slot_start_time() = request.slot_start_time();
}

}  // namespace

absl::StatusOr<v1::CareOrder> AskCommunity(CommunityDesk& desk, const base::Call& call,
                                           const v1::AskCommunityRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kOrderName, request.name(), "name"));
  SAS_RETURN_IF_ERROR(CheckAsked(request.request()));
  return OnDemand(desk, call, request, DemandState::kAsked,
                  [&](v1::CareOrder& order, base::Instant now) {
                    return Ask(order, call, request.request(), now);
                  });
}

absl::StatusOr<v1::CareOrder> WithdrawDemand(CommunityDesk& desk, const base::Call& call,
                                             const v1::WithdrawDemandRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kOrderName, request.name(), "name"));
  SAS_RETURN_IF_ERROR(CheckReason(request.reason()));
  return OnDemand(desk, call, request, DemandState::kWithdrawn,
                  [&](v1::CareOrder& order, base::Instant now) -> absl::Status {
                    SAS_RETURN_IF_ERROR(CheckOpen(order));
                    SAS_RETURN_IF_ERROR(TakeInHand(order, call, now));
                    order.mutable_community_request()->set_decline_reason(request.reason());
                    return EndDemand(order, DemandState::kWithdrawn, now);
                  });
}

absl::StatusOr<v1::CommunityDemand> AnswerDemand(CommunityDesk& desk, const base::Call& call,
                                                 const v1::AnswerDemandRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kOrderName, request.name(), "name"));
  SAS_RETURN_IF_ERROR(CheckAnswer(request));
  const DemandState to = request.accept() ? DemandState::kAccepted : DemandState::kDeclined;
  std::optional<base::Instant::duration> after;
  auto answer = ledger::WriteOnce<v1::CommunityDemand>(
      desk.desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::CommunityDemand> {
        const base::Instant now = desk.desk.clock.Now();
        SAS_ASSIGN_OR_RETURN(v1::CareOrder order, transaction.GetOrder(request.name()));
        SAS_RETURN_IF_ERROR(CheckOwnCommunity(call.actor, order.community_request().community()));
        SAS_RETURN_IF_ERROR(CheckUnanswered(DemandOf(order), now));
        SAS_RETURN_IF_ERROR(CheckSeen(desk.desk, request.etag(), order.name(), order.etag()));
        if (request.accept()) {
          SAS_RETURN_IF_ERROR(
              CheckSlotStart(ToInstant(request.slot_start_time()), LatestStartOf(order), now));
        }
        SAS_RETURN_IF_ERROR(EndDemand(order, to, now));
        Answer(*order.mutable_community_request(), call, request);
        SAS_RETURN_IF_ERROR(SaveDemand(transaction, order, ActOf(call), now));
        after = now - ToInstant(order.community_request().ask_time());
        return ShowDemand(transaction, order, now);
      });
  if (answer.ok() && after) desk.metrics.Answered(to, *after);
  return answer;
}

absl::StatusOr<v1::ListDemandsResponse> ListDemands(CommunityDesk& desk, const base::Call& call,
                                                    const v1::ListDemandsRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*", request.parent(), "parent"));
  SAS_RETURN_IF_ERROR(CheckOwnCommunity(call.actor, call.actor.organization));
  SAS_ASSIGN_OR_RETURN(const PageRequest page, PageOf(call, request));
  OrderQuery query;
  query.region = std::string(base::RegionOf(request.parent()));
  query.community = call.actor.organization;
  if (page.position) query.after = page.position->key;
  query.limit = page.size + 1;
  v1::ListDemandsResponse response;
  SAS_RETURN_IF_ERROR(
      desk.desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        response.Clear();
        const base::Instant now = desk.desk.clock.Now();
        SAS_ASSIGN_OR_RETURN(auto orders, transaction.ListOrders(query));
        if (static_cast<int>(orders.size()) > page.size) {
          orders.pop_back();
          response.set_next_page_token(WritePage(page, {ListKeyOf(orders.back()), {}}));
        }
        for (const v1::CareOrder& order : orders) {
          if (IsOver(DemandOf(order), now)) continue;  // No answer helps any more.
          SAS_ASSIGN_OR_RETURN(*response.add_demands(), ShowDemand(transaction, order, now));
        }
        return absl::OkStatus();
      }));
  return response;
}

}  // namespace sas::regulation::acts
