#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "services/slots/domain/partner_slots.h"

namespace sas::slots {

/// What one platform may ask of us. Pure: the hour (of a steady clock) comes from outside, and the
/// state is a value that the caller keeps for each partner.

/// A bucket of tokens, one for each frame.
struct TokenBucket {
  double tokens = 0;
  std::chrono::nanoseconds filled_at{};
};

struct BucketLimits {
  double per_second = 0;  ///< Sustained.
  double burst = 0;       ///< At once after a silence; at least 1.
};

/// A frame each 20 s from each of 4000 agendas is 200 a second.
inline constexpr BucketLimits kFrameRate{200.0, 400.0};

/// A full bucket.
TokenBucket FullBucket(const BucketLimits& limits, std::chrono::nanoseconds now);

/// Takes one token: zero when there was one, else how long until there is.
std::chrono::milliseconds TakeToken(TokenBucket& bucket, const BucketLimits& limits,
                                    std::chrono::nanoseconds now);

/// Keeps a platform that only sends what must be refused away from the ledger.
struct Breaker {
  enum class State { kClosed = 0, kHalfOpen = 1, kOpen = 2 };  ///< As the metric shows them.

  int failures = 0;                       ///< Frames refused in a row.
  std::chrono::nanoseconds open_until{};  ///< Zero: closed.
  std::chrono::milliseconds pause{};      ///< Of the last opening; doubles with each.
  bool probing = false;                   ///< One frame is on trial.
};

struct BreakerLimits {
  int failures_max = 5;  ///< In a row; the next opens it.
  std::chrono::milliseconds pause_first{10'000};
  std::chrono::milliseconds pause_max{300'000};
};

Breaker::State StateOf(const Breaker& breaker, std::chrono::nanoseconds now);

/// Zero when the frame may be tried, else how long to wait. After the pause one frame is let
/// through and decides.
std::chrono::milliseconds AskBreaker(Breaker& breaker, const BreakerLimits& limits,
                                     std::chrono::nanoseconds now);

/// What became of the frame that was let through.
void TellBreaker(Breaker& breaker, const BreakerLimits& limits, bool good,
                 std::chrono::nanoseconds now);

inline constexpr int kPartnerAgendasMax =
    10'000;  ///< Of a region, unless something else is agreed.

/// What one platform may ask of one process.
struct PartnerLimits {
  BucketLimits rate = kFrameRate;
  BreakerLimits breaker{};
  int agendas_max = kPartnerAgendasMax;
  std::size_t slots_max = kPartnerSlotsMax;  ///< In one frame.
};

/// What a person agreed on with a platform; zero: nothing, the process's own stands.
struct AgreedLimits {
  int frames_per_second = 0;
  int frames_burst = 0;
  int agendas_max = 0;
  int slots_max = 0;
  int failures_max = 0;
  std::chrono::milliseconds pause_first{};
  std::chrono::milliseconds pause_max{};
};

// Bounds of what can be agreed; each is at least 1, or one second.
inline constexpr int kAgreedRateMax = 1000;
inline constexpr int kAgreedBurstMax = 2000;
inline constexpr int kAgreedAgendasMax = 20'000;
inline constexpr int kAgreedSlotsMax = static_cast<int>(kPartnerSlotsMax);
inline constexpr int kAgreedFailuresMax = 100;
inline constexpr std::chrono::milliseconds kAgreedPauseMin{1'000};
inline constexpr std::chrono::milliseconds kAgreedPauseMax{3'600'000};
/// A burst that nobody agreed on is at most the frames of so long at the agreed rate.
inline constexpr int kBurstSeconds = 2;

/// The limit that is out of bounds, as the proto names it, and what it may be.
struct LimitFault {
  std::string_view limit;
  std::string message;
};

/// Nothing when all of it can be agreed, given what stands where nothing is.
std::optional<LimitFault> JudgeAgreed(const AgreedLimits& agreed, const PartnerLimits& standard);

/// What is in force.
PartnerLimits LimitsWith(const AgreedLimits& agreed, const PartnerLimits& standard);

}  // namespace sas::slots
