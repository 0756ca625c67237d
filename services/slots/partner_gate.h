#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "services/slots/domain/partner_limits.h"

namespace sas::slots {

/// A platform in one region: what it may send is agreed there, and what it does in one region holds
/// nothing back in another.
struct PartnerIn {
  std::string partner;  ///< Subject.
  std::string region;   ///< Id; empty for whatever names no region of its credentials.

  auto operator<=>(const PartnerIn&) const = default;
};

/// Who speaks about `agenda` (a full name, not checked yet).
PartnerIn SpeakerOf(const base::Call& call, std::string_view agenda);

/// Holds back a platform that sends too much, or nothing that can be applied. One state for each
/// subject in a region, whatever stream a frame comes by. Thread-safe.
class PartnerGate {
 public:
  static constexpr std::size_t kPartnersMax = 1000;  ///< Beyond, quiet ones are forgotten.

  /// `limits` are those of a platform with which nothing is agreed.
  PartnerGate(PartnerLimits limits, const base::Clock& clock) : standard_(limits), clock_(clock) {}

  /// RESOURCE_EXHAUSTED `PARTNER_RATE` or `PARTNER_BREAKER_OPEN`, with a retry delay. After OK the
  /// frame's end is told by Tell.
  absl::Status Enter(const PartnerIn& who);

  enum class Outcome {
    kGood,
    kRefused,  ///< The frame as a whole.
    kUnknown,  ///< Our own ledger failed: says nothing of the platform.
  };
  void Tell(const PartnerIn& who, Outcome outcome);

  /// The worst of its regions.
  Breaker::State StateOf(const std::string& partner) const;

  /// From the next frame on; true when this is news. A reading of the ledger and a write may come
  /// here in any order: the higher version of the record counts.
  bool Agree(const PartnerIn& who, std::int64_t version, const AgreedLimits& agreed);

  PartnerLimits LimitsOf(const PartnerIn& who) const;

  const PartnerLimits& standard() const { return standard_; }

 private:
  struct Partner {
    TokenBucket bucket;
    Breaker breaker;
  };

  struct Agreed {
    std::int64_t version = 0;
    PartnerLimits limits;
  };

  void MakeRoom();
  const PartnerLimits& Limits(const PartnerIn& who) const;

  const PartnerLimits standard_;
  const base::Clock& clock_;
  mutable std::mutex mutex_;
  std::map<PartnerIn, Partner> partners_;
  std::map<PartnerIn, Agreed> agreed_;  ///< One for each record of the ledger.
};

}  // namespace sas::slots
