#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace sas::base {

/// Page tokens are opaque, versioned and bound to the query that made them: a token used with
/// another filter or parent is refused (`INVALID_PAGE_TOKEN`) instead of skipping rows.
std::string MakePageToken(std::string_view query, std::string_view position);

/// Position that MakePageToken was given; an empty token gives an empty position.
absl::StatusOr<std::string> ParsePageToken(std::string_view query, std::string_view token);

/// AIP-158: 0 gives `standard`, above `maximum` is lowered, negative is INVALID_ARGUMENT
/// `INVALID_PAGE_SIZE`.
absl::StatusOr<int> PageSize(int asked, int standard, int maximum);

}  // namespace sas::base
