#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace sas::base {

/// Resource names after AIP-122: `regions/fr-pdl/cases/01h…/orders/01h…`.
/// Collections are lower camel case; ids are 1 to 63 of [a-z0-9-._~] (unreserved, no upper case).

/// Ids of `name` in the order of `pattern`, for example
/// ParseName("regions/*/cases/*", name) gives {"fr-pdl", "01h…"}; INVALID_ARGUMENT
/// `INVALID_RESOURCE_NAME` names the field and the expected pattern. A pattern part "*" matches one
/// id; the id "-" is refused unless the pattern part is "*-" (wildcard allowed).
absl::StatusOr<std::vector<std::string>> ParseName(std::string_view pattern, std::string_view name,
                                                   std::string_view field);

/// JoinName({{"regions", "fr-pdl"}, {"cases", "01h…"}}).
std::string JoinName(std::initializer_list<std::pair<std::string_view, std::string_view>> parts);

/// Id after `regions/`; empty when the name does not start so.
std::string_view RegionOf(std::string_view name);

/// Last id of a name.
std::string_view LastId(std::string_view name);

bool IsId(std::string_view text);

}  // namespace sas::base
