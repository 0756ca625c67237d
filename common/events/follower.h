#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/observe/metrics.h"
#include "sas/events/v1/event_service.grpc.pb.h"

namespace sas::events {

/// Follows another service's feed, from a cursor that the follower's own ledger keeps: each event
/// is handed to `handle` together with its cursor, which `handle` stores in the transaction of its
/// effect, so that every event has its effect exactly once.
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
  using Handle = std::function<absl::Status(const base::Call&, const v1::Event&)>;

  Follower(Options options, const base::Clock& clock, base::Random& random, LoadCursor load,
           Handle handle);
  ~Follower();  ///< Stops.

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
