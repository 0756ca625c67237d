#pragma once

#include <chrono>

#include "common/base/ids.h"

namespace sas::base {

/// Capped exponential back-off with full jitter; chance is injected.
class Backoff {
 public:
  Backoff(std::chrono::milliseconds first, std::chrono::milliseconds cap, Random& random)
      : first_(first), cap_(cap), random_(random) {}

  /// Wait before the next try: between half and all of the current step, which then doubles.
  std::chrono::milliseconds Next();

  void Reset() { step_ = std::chrono::milliseconds::zero(); }

 private:
  std::chrono::milliseconds first_;
  std::chrono::milliseconds cap_;
  std::chrono::milliseconds step_{};
  Random& random_;
};

}  // namespace sas::base
