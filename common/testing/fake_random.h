#pragma once

#include <cstdint>
#include <mutex>

#include "common/base/ids.h"

namespace sas::testing {

/// The same sequence in every run and on every machine (SplitMix64). Thread-safe.
class FakeRandom final : public base::Random {
 public:
  explicit FakeRandom(std::uint64_t seed = 1) : state_(seed) {}

  std::uint64_t Next() override {
    const std::lock_guard lock(mutex_);
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }

 private:
  std::mutex mutex_;
  std::uint64_t state_;
};

}  // namespace sas::testing
