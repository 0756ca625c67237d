#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sas::base {

/// Of an entry that the ledger keeps: the version, in quotes.
std::string EtagOf(std::int64_t version);

/// 0 when `etag` is not one of ours.
std::int64_t VersionOf(std::string_view etag);

}  // namespace sas::base
