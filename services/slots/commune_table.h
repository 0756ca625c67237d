#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/care/geo.h"
#include "sas/type/v1/place.pb.h"
#include "services/slots/domain/border_map.h"

namespace sas::slots {

/// The communes of a region in memory, so that a search never waits for the ledger. Immutable.
class CommuneTable {
 public:
  explicit CommuneTable(const std::vector<type::v1::Commune>& communes);

  /// Centre of a commune. INVALID_ARGUMENT `UNKNOWN_COMMUNE` about `field`; when the text is a
  /// postal code or a name, the message names the communes that it may mean, most populous first: 1
  /// 441 names and most postal codes are shared, and guessing sends a patient to the wrong valley.
  absl::StatusOr<care::Point> Centre(std::string_view insee_code, std::string_view field) const;

  /// All of them; their codes live as long as the table.
  std::vector<CommunePoint> Points() const;

  std::size_t size() const { return by_code_.size(); }

 private:
  std::map<std::string, type::v1::Commune, std::less<>> by_code_;
};

}  // namespace sas::slots
