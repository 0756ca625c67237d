#include "common/base/backoff.h"

#include <algorithm>
#include <cstdint>

namespace sas::base {

std::chrono::milliseconds Backoff::Next() {
  if (step_ == std::chrono::milliseconds::zero()) step_ = std::min(first_, cap_);
  const auto half = static_cast<std::uint64_t>(step_.count() / 2);
  const auto spread = static_cast<std::uint64_t>(step_.count()) - half;
  const std::uint64_t wait = half + random_.Next() % (spread + 1);
  step_ = std::min(step_ * 2, cap_);
  return std::chrono::milliseconds(wait);
}

}  // namespace sas::base
