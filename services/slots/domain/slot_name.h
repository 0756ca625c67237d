#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/base/clock.h"

namespace sas::slots {

/// Name of a slot: agenda and start make it, so it survives a new plan version or a re-import.
/// {site}/slots/{agenda}-{start in UTC as yyyymmddthhmmz}
std::string SlotName(std::string_view site, std::string_view agenda, base::Instant start);

/// What a slot's name says.
struct SlotIdentity {
  std::string region;  ///< Id.
  std::string site;    ///< Resource name.
  std::string agenda;
  base::Instant start;
};

/// INVALID_ARGUMENT `INVALID_RESOURCE_NAME` about `field` for what SlotName does not make.
absl::StatusOr<SlotIdentity> ParseSlotName(std::string_view name, std::string_view field);

}  // namespace sas::slots
