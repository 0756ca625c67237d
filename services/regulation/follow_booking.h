#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/events/follower.h"
#include "common/observe/metrics.h"
#include "common/rpc/runtime.h"
#include "sas/events/v1/event.pb.h"
#include "services/regulation/store.h"

namespace sas::regulation {

/// Applies booking's facts to orders. The effect and the cursor are one transaction, so that every
/// event has its effect exactly once, also when it is delivered again.
class BookingReader {
 public:
  using Events = std::vector<sas::events::v1::Event>;

  BookingReader(RegulationStore& store, const base::Clock& clock) : store_(store), clock_(clock) {}

  /// Where to resume booking's feed; empty before the first event.
  absl::StatusOr<std::string> LoadCursor(const base::Call& call);

  /// At least one, in their order; all of them or none. An event about an order that this ledger
  /// does not know (another region's, an older ledger's) only moves the cursor.
  absl::Status Handle(const base::Call& call, const Events& events);

 private:
  RegulationStore& store_;
  const base::Clock& clock_;
};

/// Where booking's feed is, and how to show oneself there.
struct BookingFeed {
  std::string address;  ///< Empty: orders do not move by themselves (a ledger that is only read).
  std::function<std::string()> authorization;
};

/// Follows booking's feed of all regions until the object goes; nullptr without an address. Shows
/// sas_regulation_booking_feed_age_seconds. `reader` outlives it.
std::shared_ptr<events::Follower> FollowBooking(const rpc::Runtime& runtime,
                                                observe::Metrics& metrics, BookingReader& reader,
                                                const BookingFeed& feed);

/// UNAVAILABLE `BOOKING_SILENT` when booking has not spoken for 30 s: orders may be older than they
/// look. OK without a follower. For the optional part "booking" of health.
absl::Status HeardLately(const events::Follower* follower);

}  // namespace sas::regulation
