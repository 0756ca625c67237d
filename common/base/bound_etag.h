#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sas::base {

/// Etag of a version of the entry `name`. It differs from that of the same version of another
/// entry, so that an act with the name of one and the etag of another is noticed (hazard H-31).
/// VersionOf reads it.
std::string BoundEtag(std::string_view name, std::int64_t version);

/// False when `etag` was made for an entry of another name. One from before etags were bound, and
/// what is none of ours, belongs to anybody: its version is compared all the same.
bool BelongsTo(std::string_view etag, std::string_view name);

}  // namespace sas::base
