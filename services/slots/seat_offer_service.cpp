#include "services/slots/seat_offer_service.h"

#include <string>
#include <string_view>

#include "common/base/ids.h"
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/ledger/write_once.h"
#include "common/rpc/request_shape.h"
#include "common/rpc/serve_unary.h"
#include "services/slots/candidate_place.h"
#include "services/slots/hold_length.h"
#include "services/slots/hold_release.h"
#include "services/slots/planning_rights.h"
#include "services/slots/slot_answers.h"
#include "services/slots/slot_caps.h"
#include "services/slots/slot_lookup.h"
#include "services/slots/slot_rules.h"

namespace sas::slots {
namespace {

constexpr std::size_t kTokenCharactersMax = 64;
constexpr std::size_t kSubjectCharactersMax = 64;

absl::Status CheckToken(std::string_view token) {
  if (!token.empty() && token.size() <= kTokenCharactersMax) return absl::OkStatus();
  return base::InvalidField("hold_token", "HOLD_TOKEN_REQUIRED", "give the token of the hold");
}

absl::Status CheckHolder(std::string_view holder, std::string_view field) {
  if (!holder.empty() && holder.size() <= kSubjectCharactersMax) return absl::OkStatus();
  return base::InvalidField(field, "HOLDER_REQUIRED",
                            "give the subject of the operator who confirms");
}

base::Actor PersonOf(const v1::SeatAsker& asker) {
  base::Actor person;
  person.role = static_cast<base::Role>(asker.role());
  person.profession = asker.profession_code();
  person.organization = asker.organization();
  return person;
}

/// May he hold it himself, by what is known of him? Takes over into `need` who he is. Of nobody in
/// particular nothing is asked.
absl::Status CheckOperator(const base::Call& call, const v1::SeatAsker& asker,
                           const SlotInView& found, Need& need) {
  need.profession_code = asker.profession_code();
  need.asker = AskerOf(call.actor, asker, *found.view, found.region);
  if (need.asker.role == base::Role::kUnspecified) return absl::OkStatus();
  const base::Actor person = PersonOf(asker);
  SAS_RETURN_IF_ERROR(CheckAsker(person, need));
  return CheckSiteRight(person, found.card->site, found.slot.agenda(), Right::kBook);
}

/// The rules of a hold but for the caps, without taking one.
absl::Status CheckHold(const base::Call& call, const v1::SeatAsker& asker, const SlotInView& found,
                       Need& need, base::Instant now) {
  SAS_RETURN_IF_ERROR(CheckOperator(call, asker, found, need));
  return CheckSlotFor(found.slot, need, now, Stage::kHold, nullptr);
}

}  // namespace

absl::StatusOr<v1::GetSeatVerdictsResponse> SeatOfferService::Judge(
    const base::Call& call, const v1::GetSeatVerdictsRequest& request) {
  SAS_ASSIGN_OR_RETURN(const SlotInView found, FindSlot(projection_, call, request.slot(), "slot"));
  if (request.candidates().empty() || request.candidates_size() > kCandidatesMax) {
    return base::InvalidField("candidates", "INVALID_CANDIDATE_COUNT", "between 1 and 50 needs",
                              {{"candidates_max", std::to_string(kCandidatesMax)}});
  }
  v1::GetSeatVerdictsResponse response;
  *response.mutable_slot() = ToSlot(*found.view, found.slot);
  response.set_site_display_name(found.card->rules.display_name);
  for (int i = 0; i < request.candidates_size(); ++i) {
    const std::string field = "candidates[" + std::to_string(i) + "]";
    const v1::SeatCandidate& candidate = request.candidates(i);
    v1::SeatVerdict& verdict = *response.add_verdicts();
    // An order that cannot be read here is no reason to leave out the others.
    auto need = ReadNeed(candidate.need(), "", field + ".need");
    const auto place = PlaceOf(candidate, *found.view, field);
    absl::Status allowed = need.ok() ? place.status() : need.status();
    if (allowed.ok()) {
      allowed = CheckHold(call, candidate.asker(), found, *need, runtime_.clock.Now());
      if (allowed.ok()) allowed = CheckCaps(found);
    }
    verdict.set_refusal_reason(allowed.ok() ? "" : base::ReasonOf(allowed));
    if (place.ok()) {
      verdict.set_distance_meters(
          WayMeters(*found.view, *place, found.slot.rules().point, found.slot.start()));
    }
  }
  return response;
}

absl::StatusOr<v1::SlotHold> SeatOfferService::Offer(const base::Call& call,
                                                     const v1::OfferSeatRequest& request) {
  SAS_RETURN_IF_ERROR(ledger::CheckRequestId(request.request_id()));
  SAS_RETURN_IF_ERROR(CheckHolder(request.holder(), "holder"));
  SAS_ASSIGN_OR_RETURN(const auto length,
                       ReadHoldLength(request.has_hold_duration(), request.hold_duration()));
  SAS_ASSIGN_OR_RETURN(Need need, ReadNeed(request.need(), "", "need"));
  SAS_ASSIGN_OR_RETURN(const SlotInView found, FindSlot(projection_, call, request.slot(), "slot"));
  SAS_RETURN_IF_ERROR(CheckHold(call, request.asker(), found, need, runtime_.clock.Now()));
  SeatBook::HoldRequest wanted;
  wanted.refusal = CheckCaps(found);
  wanted.region = found.region;
  wanted.slot = request.slot();
  wanted.token = base::MakeToken(runtime_.random);
  wanted.request_id = request.request_id();
  wanted.holder = request.holder();
  wanted.order = request.need().care_order();
  wanted.profession = request.asker().profession_code();
  wanted.duration = length;
  SAS_ASSIGN_OR_RETURN(const auto hold, book_.TakeHold(call, wanted));
  return ToHoldProto(*found.view, found.slot, hold);
}

absl::StatusOr<v1::SlotHold> SeatOfferService::HandOver(const base::Call& call,
                                                        const v1::HandOverSeatRequest& request) {
  SAS_RETURN_IF_ERROR(ledger::CheckRequestId(request.request_id()));
  SAS_RETURN_IF_ERROR(CheckToken(request.hold_token()));
  SAS_RETURN_IF_ERROR(CheckHolder(request.holder(), "holder"));
  SAS_RETURN_IF_ERROR(CheckHolder(request.new_holder(), "new_holder"));
  HoldKey key{"", request.slot(), request.hold_token(), request.holder()};
  SAS_ASSIGN_OR_RETURN(const SlotInView found, FindHeld(projection_, book_, call, "slot", key));
  key.region = found.region;
  if (request.has_asker()) {
    SAS_RETURN_IF_ERROR(CheckSiteRight(PersonOf(request.asker()), found.card->site,
                                       found.slot.agenda(), Right::kBook));
  }
  SAS_ASSIGN_OR_RETURN(const auto hold, book_.HandOver(call, key, request.new_holder()));
  return ToHoldProto(*found.view, found.slot, hold);
}

absl::StatusOr<v1::Slot> SeatOfferService::Withdraw(const base::Call& call,
                                                    const v1::WithdrawSeatOfferRequest& request) {
  SAS_RETURN_IF_ERROR(ledger::CheckRequestId(request.request_id()));
  SAS_RETURN_IF_ERROR(CheckToken(request.hold_token()));
  SAS_RETURN_IF_ERROR(CheckHolder(request.holder(), "holder"));
  return GiveBack(projection_, book_, call, "slot",
                  {"", request.slot(), request.hold_token(), request.holder()});
}

absl::StatusOr<v1::ReleaseOrderHoldsResponse> SeatOfferService::ReleaseOrders(
    const base::Call& call, const v1::ReleaseOrderHoldsRequest& request) {
  SAS_RETURN_IF_ERROR(ledger::CheckRequestId(request.request_id()));
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName("regions/*", request.parent(), "parent"));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
  if (request.care_orders().empty() || request.care_orders_size() > kOrdersMax) {
    return base::InvalidField("care_orders", "INVALID_ORDER_COUNT", "between 1 and 64 orders",
                              {{"orders_max", std::to_string(kOrdersMax)}});
  }
  for (const std::string& order : request.care_orders()) {
    SAS_ASSIGN_OR_RETURN(const auto parts,
                         base::ParseName("regions/*/cases/*/orders/*", order, "care_orders"));
    if (parts[0] != ids[0]) {
      return base::InvalidField("care_orders", "REGION_MISMATCH",
                                "the entry is not of the region of `parent`");
    }
  }
  SAS_ASSIGN_OR_RETURN(const int released, book_.ReleaseOrders(call, ids[0],
                                                               {request.care_orders().begin(),
                                                                request.care_orders().end()}));
  v1::ReleaseOrderHoldsResponse response;
  response.set_released_count(released);
  return response;
}

grpc::ServerUnaryReactor* SeatOfferService::GetSeatVerdicts(
    grpc::CallbackServerContext* context, const v1::GetSeatVerdictsRequest* request,
    v1::GetSeatVerdictsResponse* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.background, context, request, response,
      "/sas.slots.v1.SeatOfferService/GetSeatVerdicts",
      [this](const base::Call& call, const auto& proto) { return Judge(call, proto); });
}

grpc::ServerUnaryReactor* SeatOfferService::OfferSeat(grpc::CallbackServerContext* context,
                                                      const v1::OfferSeatRequest* request,
                                                      v1::SlotHold* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.background, context, request, response,
      "/sas.slots.v1.SeatOfferService/OfferSeat",
      [this](const base::Call& call, const auto& proto) { return Offer(call, proto); });
}

grpc::ServerUnaryReactor* SeatOfferService::HandOverSeat(grpc::CallbackServerContext* context,
                                                         const v1::HandOverSeatRequest* request,
                                                         v1::SlotHold* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.background, context, request, response,
      "/sas.slots.v1.SeatOfferService/HandOverSeat",
      [this](const base::Call& call, const auto& proto) { return HandOver(call, proto); });
}

grpc::ServerUnaryReactor* SeatOfferService::WithdrawSeatOffer(
    grpc::CallbackServerContext* context, const v1::WithdrawSeatOfferRequest* request,
    v1::Slot* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.background, context, request, response,
      "/sas.slots.v1.SeatOfferService/WithdrawSeatOffer",
      [this](const base::Call& call, const auto& proto) { return Withdraw(call, proto); });
}

grpc::ServerUnaryReactor* SeatOfferService::ReleaseOrderHolds(
    grpc::CallbackServerContext* context, const v1::ReleaseOrderHoldsRequest* request,
    v1::ReleaseOrderHoldsResponse* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.background, context, request, response,
      "/sas.slots.v1.SeatOfferService/ReleaseOrderHolds",
      [this](const base::Call& call, const auto& proto) { return ReleaseOrders(call, proto); });
}

}  // namespace sas::slots
