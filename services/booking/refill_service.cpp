#include "services/booking/refill_service.h"

#include <string>
#include <utility>

#include "common/base/page_token.h"
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/care/identifiers.h"
#include "common/ledger/write_once.h"
#include "common/rpc/auth.h"
#include "common/rpc/serve_unary.h"
#include "services/booking/convert.h"
#include "services/booking/domain/refill.h"
#include "services/booking/parse.h"
#include "services/booking/refill_records.h"
#include "services/booking/visibility.h"

namespace sas::booking {
namespace {

constexpr int kPageStandard = 50;
constexpr int kPageMax = 200;

std::string QueryOf(const v1::ListSeatOffersRequest& request) {
  v1::ListSeatOffersRequest query = request;
  query.clear_page_size();
  query.clear_page_token();
  return query.SerializeAsString();
}

absl::StatusOr<OfferQuery> ParseList(const base::Call& call,
                                     const v1::ListSeatOffersRequest& request) {
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName("regions/*", request.parent(), "parent"));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
  OfferQuery query;
  query.region = ids[0];
  query.include_ended = request.include_ended();
  query.territories = call.actor.territories;
  if (!request.territory().empty()) {
    SAS_RETURN_IF_ERROR(care::CheckTerritory(request.territory(), "territory"));
    SAS_RETURN_IF_ERROR(CheckTerritoryOf(call.actor, request.territory()));
    query.territories = {request.territory()};
  }
  SAS_ASSIGN_OR_RETURN(query.limit, base::PageSize(request.page_size(), kPageStandard, kPageMax));
  SAS_ASSIGN_OR_RETURN(const std::string position,
                       base::ParsePageToken(QueryOf(request), request.page_token()));
  if (!position.empty()) {
    SAS_ASSIGN_OR_RETURN(query.after, ParsePosition(position));
  }
  return query;
}

// A token holds the seat: it is its operator's alone, and worth nothing after the end.
v1::SeatOffer ShownTo(const base::Actor& actor, v1::SeatOffer offer) {
  const bool his = offer.state() == v1::SeatOffer::STATE_MADE && !offer.operator_().empty() &&
                   offer.operator_() == actor.subject;
  if (!his) offer.clear_hold_token();
  return offer;
}

}  // namespace

absl::StatusOr<v1::ListSeatOffersResponse> RefillService::List(
    const base::Call& call, const v1::ListSeatOffersRequest& request) {
  SAS_ASSIGN_OR_RETURN(OfferQuery query, ParseList(call, request));
  const int page_size = query.limit++;  // One more tells whether there is another page.
  std::vector<OfferRecord> found;
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(found, transaction.offers().ListOffers(query));
    return absl::OkStatus();
  }));
  v1::ListSeatOffersResponse response;
  if (static_cast<int>(found.size()) > page_size) {
    found.pop_back();
    const v1::SeatOffer& last = found.back().offer;
    response.set_next_page_token(base::MakePageToken(
        QueryOf(request), PositionText({ToInstant(last.create_time()), last.name()})));
  }
  for (OfferRecord& record : found) {
    *response.add_seat_offers() = ShownTo(call.actor, std::move(record.offer));
  }
  return response;
}

absl::StatusOr<v1::SeatOffer> RefillService::Decline(const base::Call& call,
                                                     const v1::DeclineSeatOfferRequest& request) {
  SAS_ASSIGN_OR_RETURN(const auto ids,
                       base::ParseName("regions/*/seatOffers/*", request.name(), "name"));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
  SAS_RETURN_IF_ERROR(CheckDeclineReason(request.reason_code(), "reason_code"));
  bool declined = false;
  auto answer = ledger::WriteOnce<v1::SeatOffer>(
      store_, call, request, [&](BookingTransaction& transaction) -> absl::StatusOr<v1::SeatOffer> {
        declined = false;
        SAS_ASSIGN_OR_RETURN(OfferRecord record, transaction.offers().GetOffer(request.name()));
        SAS_RETURN_IF_ERROR(CheckTerritoryOf(call.actor, record.offer.territory()));
        if (record.offer.operator_() != call.actor.subject) {
          return base::Fail(absl::StatusCode::kPermissionDenied, "OFFER_NOT_YOURS",
                            "the order of this offer is not yours; claim it first",
                            {{"care_order", record.offer.care_order()}});
        }
        SAS_ASSIGN_OR_RETURN(declined,
                             EndOffer(transaction, request.name(), v1::SeatOffer::STATE_DECLINED,
                                      request.reason_code(), runtime_.clock.Now()));
        if (!declined) {
          const std::string state = v1::SeatOffer::State_Name(record.offer.state());
          return base::Fail(absl::StatusCode::kFailedPrecondition, "OFFER_ENDED",
                            "this offer is no longer open; there is nothing to decline",
                            {{"state", state.substr(std::string("STATE_").size())}});
        }
        SAS_ASSIGN_OR_RETURN(record, transaction.offers().GetOffer(request.name()));
        return ShownTo(call.actor, std::move(record.offer));
      });
  if (answer.ok() && declined) metrics_.Offered("declined");
  return answer;
}

grpc::ServerUnaryReactor* RefillService::ListSeatOffers(grpc::CallbackServerContext* context,
                                                        const v1::ListSeatOffersRequest* request,
                                                        v1::ListSeatOffersResponse* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.interactive, context, request, response,
      "/sas.booking.v1.RefillService/ListSeatOffers",
      [this](const base::Call& call, const auto& proto) { return List(call, proto); });
}

grpc::ServerUnaryReactor* RefillService::DeclineSeatOffer(
    grpc::CallbackServerContext* context, const v1::DeclineSeatOfferRequest* request,
    v1::SeatOffer* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.interactive, context, request, response,
      "/sas.booking.v1.RefillService/DeclineSeatOffer",
      [this](const base::Call& call, const auto& proto) { return Decline(call, proto); });
}

}  // namespace sas::booking
