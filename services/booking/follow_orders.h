#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/events/follower.h"
#include "common/observe/metrics.h"
#include "common/rpc/runtime.h"
#include "sas/events/v1/event.pb.h"
#include "services/booking/refill_metrics.h"
#include "services/booking/seat_offer_client.h"

namespace sas::booking {

/// Ends what is held for an order as soon as the regulation stops it (hazard H-14). It only
/// quickens: the confirmation of a stopped order is refused whatever is held, and a hold ends by
/// itself. So nothing is kept of it, and a new process hears from now on. Used by the follower's
/// thread alone.
class OrderReader {
 public:
  /// No hold lives longer than that, renewed as often as it may be.
  static constexpr std::chrono::minutes kHoldLifeMax{10};

  OrderReader(SeatOfferClient& slots, RefillMetrics& metrics, const base::Clock& clock)
      : slots_(slots), metrics_(metrics), clock_(clock) {}

  /// After the last event that was handled; empty before the first.
  const std::string& cursor() const { return cursor_; }

  /// The refusal of the slots: to be told again. Telling twice is harmless.
  absl::Status Handle(const base::Call& call, const events::v1::Event& event);

 private:
  SeatOfferClient& slots_;
  RefillMetrics& metrics_;
  const base::Clock& clock_;
  std::string cursor_;
};

/// Follows the regulation's feed of all regions until the object goes. Shows
/// sas_booking_regulation_feed_age_seconds. `reader` outlives it.
std::shared_ptr<events::Follower> FollowOrders(const rpc::Runtime& runtime,
                                               observe::Metrics& metrics, OrderReader& reader,
                                               const std::string& regulation_address,
                                               std::function<std::string()> authorization);

}  // namespace sas::booking
