#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "common/base/clock.h"

namespace sas::sql {

/// Room on the ledger's disk that is kept for vital writes: a file of zeros beside the ledger,
/// which is given back to the disk when it is full, and made again when there is room for it twice.
/// Between the two only vital writes are taken. Used from the writer's thread; Spent from any.
class DiskReserve {
 public:
  /// `bytes` 0: none. A disk that has no room for it from the start has no reserve, which is
  /// logged.
  DiskReserve(const std::string& ledger, std::int64_t bytes, const base::Clock& clock);

  /// Only vital writes, please.
  bool Spent() const { return spent_; }

  /// The disk is full. True when room was given back by it: what failed is worth another try.
  bool GiveBack();

  /// Makes it again when there is room, looking at most once a second.
  void MakeAgain();

 private:
  bool Make() const;

  const std::string path_;
  const std::int64_t bytes_;
  const base::Clock& clock_;
  bool there_ = false;
  std::chrono::nanoseconds looked_{};
  std::atomic<bool> spent_{false};
};

}  // namespace sas::sql
