#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/observe/metrics.h"
#include "sas/events/v1/event_service.grpc.pb.h"

namespace sas::events {

/// Follows another service's feed, from a cursor that the follower's own ledger keeps: events are
/// handed to `handle` in their order, each with its cursor, which `handle` stores in the
/// transaction of its effect, so that every event has its effect exactly once. What has come while
/// the last ones were handled is handed over together, to share a commit; after a failure they come
/// one by one, so that only the one that cannot be handled waits.
class Follower {
 public:
  struct Options {
    std::string name;  ///< For logs and metrics: "booking-feed".
    std::string address;
    std::function<std::string()> authorization;  ///< Asked at each (re)connection.
    std::string region;                          ///< `regions/-` for all.
    /// A stream that says nothing for so long is dead (a live one speaks every 2 s): connect anew.
    std::chrono::milliseconds silence_max{10'000};
    /// Without a cursor: from now on, instead of from the start.
    bool from_now = false;
  };

  using LoadCursor = std::function<absl::StatusOr<std::string>(const base::Call&)>;
  using Handle = std::function<absl::Status(const base::Call&, const std::vector<v1::Event>&)>;
  using HandleOne = std::function<absl::Status(const base::Call&, const v1::Event&)>;

  static constexpr std::size_t kTogetherMax = 64;  ///< Events handed over at once.

  Follower(Options options, const base::Clock& clock, base::Random& random, LoadCursor load,
           Handle handle);
  ~Follower();  ///< Stops.

  /// For effects that share nothing: the first failure leaves what follows.
  static Handle OneByOne(HandleOne handle);

  void Stop();

  /// Seconds since the peer last spoke (an event or a heartbeat); large when never.
  double SecondsSinceHeard() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Shows at each scrape how long the peer has been silent. Keeps the follower not alive: a scrape
/// may come while the service is going down.
void ShowAge(observe::Metrics& metrics, const std::string& name, const std::string& help,
             const std::shared_ptr<Follower>& follower);

}  // namespace sas::events
