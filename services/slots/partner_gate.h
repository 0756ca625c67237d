#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "common/base/clock.h"
#include "services/slots/domain/partner_limits.h"

namespace sas::slots {

/// What a platform may ask of one process. A frame each 20 s from each of 4000 agendas is 200 a
/// second.
inline constexpr BucketLimits kFrameRate{200.0, 400.0};

/// Holds back a platform that sends too much, or nothing that can be applied. One state for each
/// subject, whatever stream a frame comes by. Thread-safe.
class PartnerGate {
 public:
  static constexpr std::size_t kPartnersMax = 1000;  ///< Beyond, quiet ones are forgotten.

  struct Limits {
    BucketLimits rate = kFrameRate;
    BreakerLimits breaker{};
  };

  PartnerGate(Limits limits, const base::Clock& clock) : limits_(limits), clock_(clock) {}

  /// RESOURCE_EXHAUSTED `PARTNER_RATE` or `PARTNER_BREAKER_OPEN`, with a retry delay. After OK the
  /// frame's end is told by Tell.
  absl::Status Enter(const std::string& partner);

  enum class Outcome {
    kGood,
    kRefused,  ///< The frame as a whole.
    kUnknown,  ///< Our own ledger failed: says nothing of the platform.
  };
  void Tell(const std::string& partner, Outcome outcome);

  Breaker::State StateOf(const std::string& partner) const;

 private:
  struct Partner {
    TokenBucket bucket;
    Breaker breaker;
  };

  void MakeRoom();

  const Limits limits_;
  const base::Clock& clock_;
  mutable std::mutex mutex_;
  std::map<std::string, Partner> partners_;
};

}  // namespace sas::slots
