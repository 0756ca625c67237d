#include "services/booking/follow_orders.h"

#include <string_view>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/observe/log.h"
#include "services/booking/convert.h"
#include "services/booking/domain/order_check.h"

namespace sas::booking {
namespace {

bool StopsAnOrder(const events::v1::Event& event) {
  return event.has_care_order() && IsStopped(static_cast<OrderState>(event.care_order().state()));
}

}  // namespace

absl::Status OrderReader::Handle(const base::Call& call, const events::v1::Event& event) {
  const bool recent = ToInstant(event.record_time()) > clock_.Now() - kHoldLifeMax;
  if (recent && StopsAnOrder(event)) {
    slots::v1::ReleaseOrderHoldsRequest request;
    request.set_parent("regions/" + event.region());
    request.add_care_orders(event.subject());
    request.set_request_id(std::string(base::LastId(event.subject())) + "-v" +
                           std::to_string(event.care_order().version()));
    SAS_ASSIGN_OR_RETURN(const int released, slots_.ReleaseOrders(call, request));
    metrics_.Released(released);
    if (released > 0) {
      observe::Log(
          observe::Level::kInfo, "order_holds_released",
          {{"order", std::string_view(event.subject())}, {"holds", std::int64_t{released}}});
    }
  }
  cursor_ = event.cursor();
  return absl::OkStatus();
}

std::shared_ptr<events::Follower> FollowOrders(const rpc::Runtime& runtime,
                                               observe::Metrics& metrics, OrderReader& reader,
                                               const std::string& regulation_address,
                                               std::function<std::string()> authorization) {
  events::Follower::Options options;
  options.name = "regulation-feed";
  options.address = regulation_address;
  options.authorization = std::move(authorization);
  options.region = "regions/-";
  options.from_now = true;
  auto follower = std::make_shared<events::Follower>(
      options, runtime.clock, runtime.random,
      [&reader](const base::Call&) -> absl::StatusOr<std::string> { return reader.cursor(); },
      events::Follower::OneByOne([&reader](const base::Call& call, const events::v1::Event& event) {
        return reader.Handle(call, event);
      }));
  events::ShowAge(metrics, "sas_booking_regulation_feed_age_seconds",
                  "Since the regulation's feed last spoke.", follower);
  return follower;
}

}  // namespace sas::booking
