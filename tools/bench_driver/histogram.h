#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace sas::bench {

/// Latencies in log-linear buckets: 64 steps in each power of two, so a quantile is right to 1.6 %.
class Histogram {
 public:
  void Add(std::uint64_t nanoseconds) {
    ++counts_[Index(nanoseconds)];
    ++total_;
  }

  void Merge(const Histogram& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    total_ += other.total_;
  }

  std::uint64_t total() const { return total_; }

  /// Milliseconds below which the share `quantile` of all lies; 0 when empty.
  double Milliseconds(double quantile) const {
    if (total_ == 0) return 0;
    const double wanted = quantile * static_cast<double>(total_);
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (static_cast<double>(seen) >= wanted) return static_cast<double>(Value(i)) / 1e6;
    }
    return static_cast<double>(Value(counts_.size() - 1)) / 1e6;
  }

 private:
  static constexpr int kSteps = 64;

  static std::size_t Index(std::uint64_t value) {
    if (value < kSteps) return static_cast<std::size_t>(value);
    const int magnitude = static_cast<int>(std::bit_width(value)) - 7;  // 64 = 2^6 steps a power.
    return static_cast<std::size_t>((magnitude + 1) * kSteps) +
           static_cast<std::size_t>((value >> magnitude) - kSteps);
  }

  static std::uint64_t Value(std::size_t index) {
    if (index < kSteps) return index;
    const std::size_t magnitude = index / kSteps - 1;
    return (index % kSteps + kSteps) << magnitude;
  }

  std::array<std::uint64_t, 60 * kSteps> counts_{};
  std::uint64_t total_ = 0;
};

}  // namespace sas::bench
