#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/events/follower.h"
#include "common/observe/metrics.h"
#include "common/rpc/runtime.h"
#include "sas/events/v1/event.pb.h"
#include "services/booking/message_outbox.h"
#include "services/booking/source_metrics.h"
#include "services/booking/store.h"

namespace sas::booking {

/// Applies what the slots publish: reports of platforms to appointments, seats that a practice
/// offers again to the file active. The effect and the cursor are one transaction. Events of other
/// kinds move the cursor only now and then: they are many, and reading them again has no effect.
class SourceReader {
 public:
  static constexpr int kSkippedMax = 500;  ///< Events of other kinds read again after a restart.

  SourceReader(BookingStore& store, SourceMetrics& metrics, const MessagePolicy& policy,
               const base::Clock& clock)
      : store_(store), metrics_(metrics), policy_(policy), clock_(clock) {}

  /// Where to resume the slots' feed; empty before the first event.
  absl::StatusOr<std::string> LoadCursor(const base::Call& call);

  absl::Status Handle(const base::Call& call, const events::v1::Event& event);

  /// Also hears every event, before it is handled: it must keep nothing that may not be lost.
  void Also(std::function<void(const events::v1::Event&)> hear) { hear_ = std::move(hear); }

 private:
  absl::Status HandleReopened(const base::Call& call, const events::v1::Event& event);

  BookingStore& store_;
  SourceMetrics& metrics_;
  const MessagePolicy policy_;
  const base::Clock& clock_;
  std::function<void(const events::v1::Event&)> hear_ = [](const events::v1::Event&) {};
  int skipped_ = 0;  ///< Of the follower's thread alone.
};

/// Follows the slots' feed of all regions until the object goes. Shows
/// sas_booking_slots_feed_age_seconds. `reader` outlives it.
std::shared_ptr<events::Follower> FollowSources(const rpc::Runtime& runtime,
                                                observe::Metrics& metrics, SourceReader& reader,
                                                const std::string& slots_address,
                                                std::function<std::string()> authorization);

}  // namespace sas::booking
