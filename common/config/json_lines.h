#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace sas::config {

/// Where each value of a JSON text begins, so that a fault found later is told with its line. Paths
/// are `questions[2].ask_when[0].question`, keys as they stand in the text.
class JsonLines {
 public:
  static constexpr int kDepthMax = 20;

  /// INVALID_ARGUMENT `INVALID_JSON` with the line as metadata `line`: no JSON object, a key twice,
  /// or nested deeper than kDepthMax.
  static absl::StatusOr<JsonLines> Read(std::string_view text);

  /// From 1. A path that the text does not have has the line of the nearest that it has: what is
  /// missing is missing there.
  int LineOf(std::string_view path) const;

 private:
  std::map<std::string, int, std::less<>> lines_;
};

}  // namespace sas::config
