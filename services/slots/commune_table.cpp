#include "services/slots/commune_table.h"

#include <algorithm>

#include "common/base/status.h"
#include "services/slots/domain/place_name.h"

namespace sas::slots {
namespace {

constexpr std::size_t kHintsMax = 5;

bool MayMean(const type::v1::Commune& commune, std::string_view text, const std::string& folded) {
  const auto& codes = commune.postal_codes();
  if (std::find(codes.begin(), codes.end(), text) != codes.end()) return true;
  return !folded.empty() && FoldPlaceName(commune.display_name()) == folded;
}

}  // namespace

CommuneTable::CommuneTable(const std::vector<type::v1::Commune>& communes) {
  for (const type::v1::Commune& commune : communes) by_code_[commune.insee_code()] = commune;
}

std::vector<CommunePoint> CommuneTable::Points() const {
  std::vector<CommunePoint> points;
  points.reserve(by_code_.size());
  for (const auto& [code, commune] : by_code_) {
    const type::v1::GeoPoint& point = commune.point();
    points.push_back({code, {point.latitude_degrees(), point.longitude_degrees()}});
  }
  return points;
}

absl::StatusOr<care::Point> CommuneTable::Centre(std::string_view insee_code,
                                                 std::string_view field) const {
  const auto found = by_code_.find(insee_code);
  if (found != by_code_.end()) {
    const type::v1::GeoPoint& point = found->second.point();
    return care::Point{point.latitude_degrees(), point.longitude_degrees()};
  }
  const std::string folded = FoldPlaceName(insee_code);
  std::vector<const type::v1::Commune*> meant;
  for (const auto& [code, commune] : by_code_) {
    if (MayMean(commune, insee_code, folded)) meant.push_back(&commune);
  }
  std::stable_sort(meant.begin(), meant.end(),
                   [](const auto* a, const auto* b) { return a->population() > b->population(); });
  base::Metadata metadata = {{"insee_code", std::string(insee_code)}};
  std::string message = "no commune of this region has this INSEE code";
  if (meant.empty()) {
    message += "; find it with SearchCommunes, or give a point";
  } else {
    std::string list;
    for (std::size_t i = 0; i < std::min(meant.size(), kHintsMax); ++i) {
      list += (i == 0 ? "" : ", ") + meant[i]->display_name() + " (" + meant[i]->department_code() +
              ") " + meant[i]->insee_code();
    }
    metadata.emplace_back("candidates", list);
    metadata.emplace_back("candidate_count", std::to_string(meant.size()));
    message += "; as a postal code or a name it may mean " + list +
               (meant.size() > kHintsMax ? " and others" : "") + ": ask the caller which";
  }
  return base::InvalidField(field, "UNKNOWN_COMMUNE", message, std::move(metadata));
}

}  // namespace sas::slots
