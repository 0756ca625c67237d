#include "services/booking/worklist_service.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "common/base/page_token.h"
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/rpc/auth.h"
#include "common/rpc/serve_unary.h"
#include "services/booking/convert.h"
#include "services/booking/convert_peers.h"
#include "services/booking/domain/worklist.h"
#include "services/booking/waiting_orders.h"

namespace sas::booking {
namespace {

using regulation::v1::CareOrder;

constexpr int kPageStandard = 50;
constexpr int kPageMax = 200;
// What a position may hold: no order waits longer, and none is of a later year than 2199.
constexpr std::chrono::seconds kDelayMax = std::chrono::hours(48);
constexpr std::int64_t kOriginMax = 7'258'118'400'000'000;  // Microseconds.

/// An order that the list shows.
struct Row {
  WaitingOrder key;
  const CareOrder* order = nullptr;
  int distance_meters = 0;
};

bool Before(const Row& left, const Row& right) {
  return ServedBefore(left.key, right.key);
}

// Where a page ends: delay in seconds, origin in microseconds, name.
std::string PositionOf(const WaitingOrder& key) {
  const auto origin =
      std::chrono::duration_cast<std::chrono::microseconds>(key.origin.time_since_epoch());
  return std::to_string(key.delay.count()) + "|" + std::to_string(origin.count()) + "|" + key.name;
}

std::optional<std::int64_t> TakeNumber(std::string_view& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto used = static_cast<std::size_t>(end - text.data());
  if (error != std::errc() || used >= text.size() || text[used] != '|') return std::nullopt;
  text.remove_prefix(used + 1);
  return number;
}

absl::StatusOr<std::optional<Row>> ReadPosition(std::string_view text) {
  if (text.empty()) return std::optional<Row>();
  const auto delay = TakeNumber(text);
  const auto origin = delay ? TakeNumber(text) : std::nullopt;
  const bool sane =
      origin && *delay >= 0 && *delay <= kDelayMax.count() && *origin >= 0 && *origin <= kOriginMax;
  if (!sane) {
    return base::InvalidField("page_token", "INVALID_PAGE_TOKEN",
                              "use the token of the page before, with the same query");
  }
  Row row;
  row.key.delay = std::chrono::seconds(*delay);
  row.key.origin = base::Instant(std::chrono::microseconds(*origin));
  row.key.name = std::string(text);
  return std::optional<Row>(std::move(row));
}

v1::WorklistOrder ToProto(const Row& row) {
  const CareOrder& order = *row.order;
  v1::WorklistOrder proto;
  proto.set_care_order(order.name());
  proto.set_territory(order.territory());
  *proto.mutable_delay() = order.delay();
  *proto.mutable_origin_time() = order.origin_time();
  *proto.mutable_due_time() = order.due_time();
  proto.set_motif_code(order.motif_code());
  *proto.mutable_age() = order.age();
  proto.set_insee_code(order.place().insee_code());
  proto.set_distance_meters(row.distance_meters);
  proto.set_claimed(!order.claim().owner().subject().empty());
  proto.set_treating_doctor_asked(order.state() == CareOrder::STATE_TREATING_DOCTOR);
  proto.set_community_asked(ToValue(order).community_asked);
  proto.set_entry_point(order.entry().entry_point());
  if (order.has_callback_time()) *proto.mutable_callback_time() = order.callback_time();
  return proto;
}

absl::Status NoTerritory(const slots::v1::Worklist& worklist) {
  std::string codes;
  for (const std::string& code : worklist.territories())
    codes += (codes.empty() ? "" : ", ") + code;
  return base::Fail(absl::StatusCode::kPermissionDenied, "TERRITORY_FORBIDDEN",
                    "your credentials do not cover the SAS territory " + codes,
                    {{"territory", codes}});
}

}  // namespace

absl::StatusOr<std::vector<CareOrder>> WorklistService::Waiting(
    const base::Call& call, const std::string& region, const std::vector<std::string>& territories,
    bool& truncated) {
  std::vector<CareOrder> waiting;
  for (const std::string& territory : territories) {
    SAS_ASSIGN_OR_RETURN(auto open,
                         regulation_.ListOpenOrders(call, region, territory, kOrdersMax + 1));
    if (open.size() > static_cast<std::size_t>(kOrdersMax)) {
      truncated = true;
      open.resize(static_cast<std::size_t>(kOrdersMax));
    }
    for (CareOrder& order : open) {
      // What a structure organises outside the SAS is no business of its file active.
      const OrderFacts facts = ToValue(order);
      if (StandsOnWorklist(facts) && !facts.local) waiting.push_back(std::move(order));
    }
  }
  return waiting;
}

absl::StatusOr<std::vector<slots::v1::SeatVerdict>> WorklistService::Judge(
    const base::Call& call, const std::string& worklist,
    const std::vector<slots::v1::SeatCandidate>& candidates) {
  std::vector<slots::v1::SeatVerdict> verdicts;
  for (std::size_t from = 0; from < candidates.size();) {
    slots::v1::GetWorklistVerdictsRequest request;
    request.set_name(worklist);
    for (; from < candidates.size() && request.candidates_size() < kCandidatesMax; ++from) {
      *request.add_candidates() = candidates[from];
    }
    SAS_ASSIGN_OR_RETURN(const auto answer, slots_.Judge(call, request));
    if (answer.verdicts_size() != request.candidates_size()) {
      return base::Fail(absl::StatusCode::kInternal, "VERDICTS_MISSING",
                        "the slots judged another number of orders; report it",
                        {{"worklist", worklist}});
    }
    verdicts.insert(verdicts.end(), answer.verdicts().begin(), answer.verdicts().end());
  }
  return verdicts;
}

absl::StatusOr<v1::ListWorklistOrdersResponse> WorklistService::List(
    const base::Call& call, const v1::ListWorklistOrdersRequest& request) {
  SAS_ASSIGN_OR_RETURN(
      const auto ids, base::ParseName("regions/*/sites/*/worklists/*", request.parent(), "parent"));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
  SAS_ASSIGN_OR_RETURN(const int size,
                       base::PageSize(request.page_size(), kPageStandard, kPageMax));
  const std::string identity = "worklist|" + request.parent();
  SAS_ASSIGN_OR_RETURN(const std::string position,
                       base::ParsePageToken(identity, request.page_token()));
  SAS_ASSIGN_OR_RETURN(const std::optional<Row> after, ReadPosition(position));
  SAS_ASSIGN_OR_RETURN(const slots::v1::Worklist worklist,
                       slots_.GetWorklist(call, request.parent()));
  const auto territories = SeenTerritories(
      {worklist.territories().begin(), worklist.territories().end()}, call.actor.territories);
  if (territories.empty()) return NoTerritory(worklist);

  v1::ListWorklistOrdersResponse response;
  response.set_display_name(worklist.display_name());
  *response.mutable_fresh_time() = ToTimestamp(runtime_.clock.Now());
  bool truncated = false;
  SAS_ASSIGN_OR_RETURN(const auto waiting, Waiting(call, ids[0], territories, truncated));
  response.set_truncated(truncated);
  std::vector<slots::v1::SeatCandidate> candidates;
  for (const CareOrder& order : waiting) {
    for (const auto way : WaysOf(order)) candidates.push_back(CandidateOf(order, way));
  }
  SAS_ASSIGN_OR_RETURN(const auto verdicts, Judge(call, worklist.name(), candidates));

  std::vector<Row> rows;
  std::map<std::string, int> left_out;
  std::size_t at = 0;
  for (const CareOrder& order : waiting) {
    std::vector<WayVerdict> ways;
    for (std::size_t i = WaysOf(order).size(); i > 0; --i, ++at) {
      ways.push_back({verdicts[at].refusal_reason(), verdicts[at].distance_meters()});
    }
    const WayVerdict best = BestOf(ways);
    if (best.refusal_reason.empty()) {
      rows.push_back({WaitingOf(order), &order, best.distance_meters});
    } else {
      ++left_out[best.refusal_reason];
    }
  }
  std::sort(rows.begin(), rows.end(), Before);
  response.set_waiting_count(static_cast<int>(rows.size()));
  for (const auto& [reason, count] : left_out) {
    v1::WorklistLeftOut& each = *response.add_left_out();
    each.set_reason_code(reason);
    each.set_order_count(count);
  }
  metrics_.Read(rows.size());
  if (!SeesWorklistOrders(call.actor.role)) return response;
  auto row = after ? std::upper_bound(rows.begin(), rows.end(), *after, Before) : rows.begin();
  for (; row != rows.end() && response.worklist_orders_size() < size; ++row) {
    *response.add_worklist_orders() = ToProto(*row);
  }
  if (row != rows.end()) {
    response.set_next_page_token(base::MakePageToken(identity, PositionOf(std::prev(row)->key)));
  }
  return response;
}

grpc::ServerUnaryReactor* WorklistService::ListWorklistOrders(
    grpc::CallbackServerContext* context, const v1::ListWorklistOrdersRequest* request,
    v1::ListWorklistOrdersResponse* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.background, context, request, response,
      "/sas.booking.v1.WorklistService/ListWorklistOrders",
      [this](const base::Call& call, const auto& proto) { return List(call, proto); });
}

}  // namespace sas::booking
