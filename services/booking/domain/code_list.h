#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/base/status.h"

namespace sas::booking {

/// INVALID_ARGUMENT `UNKNOWN_CODE` naming `codes` when `code` is none of them.
inline absl::Status CheckCode(std::string_view code, std::span<const std::string_view> codes,
                              std::string_view field) {
  if (std::find(codes.begin(), codes.end(), code) != codes.end()) return absl::OkStatus();
  std::string list(codes.front());
  for (std::size_t i = 1; i < codes.size(); ++i) {
    list.append(i + 1 < codes.size() ? ", " : " or ").append(codes[i]);
  }
  return base::InvalidField(field, "UNKNOWN_CODE", "must be " + list);
}

}  // namespace sas::booking
