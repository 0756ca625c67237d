#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"

/// The number that a caller dialled: the service's own, 15 or a dedicated line (seed S3-37).
namespace sas::regulation {

/// INVALID_ARGUMENT `INVALID_DIALLED_NUMBER` unless a short number (2 to 6 digits) or E.164. The
/// number itself is never in the message.
absl::Status CheckDialledNumber(std::string_view number, std::string_view field);

/// A number as marks keep it; 0 for none. Reversible: E.164 has at least 8 digits, a short number
/// at most 6.
std::int64_t PackDialled(std::string_view number);
std::string UnpackDialled(std::int64_t packed);

/// Lines by their numbers, as figures and metrics show them: a number that is no line of ours comes
/// under `other`, so that what is typed in makes no new label.
class Lines {
 public:
  static constexpr std::size_t kMax = 50;
  static constexpr std::string_view kOther = "other";
  static constexpr std::string_view kUnknown = "unknown";  ///< Nobody has said which.

  /// INVALID_ARGUMENT `INVALID_DIALLED_NUMBER`, `TOO_MANY_ITEMS`.
  static absl::Status Check(const std::vector<std::string>& numbers);

  Lines() = default;

  /// Of numbers that Check has accepted.
  explicit Lines(std::vector<std::string> numbers) : numbers_(std::move(numbers)) {}

  std::string LabelOf(std::string_view number) const;

  /// All that LabelOf can give.
  std::vector<std::string> Labels() const;

 private:
  std::vector<std::string> numbers_{"15", "116117"};
};

}  // namespace sas::regulation
