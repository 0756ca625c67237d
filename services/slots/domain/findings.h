#pragma once

#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "common/base/status.h"

namespace sas::slots {

/// What is wrong with a request, all of it in one answer: who repairs a file wants to see it once.
/// The answer has code and reason of the first finding, and one violation for each, whose
/// description begins with its own reason.
class Findings {
 public:
  static constexpr std::size_t kMax = 50;  ///< One more is only counted.

  /// Nothing when `status` is OK. A status with violations gives one finding for each.
  void Add(const absl::Status& status);

  bool empty() const { return count_ == 0; }

  absl::Status Result() const;

 private:
  absl::Status first_;
  std::vector<base::FieldViolation> violations_;
  std::size_t count_ = 0;
};

}  // namespace sas::slots
