#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace sas::base {

/// INVALID_ARGUMENT `REQUEST_ID_REUSED`: the id belongs to another body.
absl::Status RequestIdReused(std::string_view request_id);

}  // namespace sas::base
