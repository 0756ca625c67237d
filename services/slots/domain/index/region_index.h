#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "services/slots/domain/barrier.h"
#include "services/slots/domain/index/cells.h"
#include "services/slots/domain/index/name_hash.h"
#include "services/slots/domain/index/refs.h"
#include "services/slots/domain/index/tile.h"
#include "services/slots/domain/index/verdicts.h"
#include "services/slots/domain/index/vocabulary.h"
#include "services/slots/domain/index/week_caps.h"
#include "services/slots/domain/indexed_site.h"

namespace sas::slots {

/// Sites of a region at most: their order is a part of the rank, of 19 bits, with gaps for new
/// ones.
inline constexpr std::size_t kRegionSitesMax = 200'000;

/// All slots of one region, as searches read them.
///
/// Readers hold a shared_ptr and never lock. Seats, shares, ranks and freshness are relaxed atomics
/// that one writer stores in place (Store…). When a site changes, a new index shares every tile
/// with the old one but that of the site. Stores go to the newest index; the old one sees those of
/// the tiles that both have.
class RegionIndex {
 public:
  struct Placed {
    Cell cell;
    std::shared_ptr<Tile> tile;
  };

  /// From tiles of one site each (MakeSiteTile). RESOURCE_EXHAUSTED `REGION_TOO_LARGE` beyond
  /// kRegionSitesMax or kTileSitesMax.
  static absl::StatusOr<std::shared_ptr<RegionIndex>> Build(
      std::vector<std::shared_ptr<const Tile>> sites);

  /// When the feed was last heard.
  base::Instant fresh() const { return base::Instant(std::chrono::microseconds(fresh_->Load())); }

  /// Null when there is none.
  SiteRef FindSite(std::string_view name) const;
  SlotRef FindSlot(std::string_view name) const;

  /// Seats in use of a practitioner in a week, over all sites.
  int WeekUsed(std::string_view practitioner, int week) const;
  /// Names of the sites where a practitioner with rules of his own receives.
  std::set<std::string> SitesOf(std::string_view practitioner) const;

  std::size_t site_count() const { return places_->size(); }

  std::size_t slot_count() const;
  std::size_t bytes() const;  ///< Of its tiles.

  template <typename Visit>
  void ForEachSite(Visit visit) const {
    for (const Placed& placed : tiles_) {
      for (std::size_t i = 0; i < placed.tile->sites(); ++i) visit(SiteRef(*placed.tile, i));
    }
  }

  // Storing: one writer at a time, of all indexes that share tiles.

  void StoreFresh(base::Instant fresh) { fresh_->Store(fresh.time_since_epoch().count()); }

  /// `free_seats` below 0: the book does not know the slot. False when there is no such slot.
  bool StoreSlot(std::string_view name, int free_seats, base::Instant hold_expire);
  /// When its own source vouched for the site.
  bool StoreVerified(std::string_view site, base::Instant verified);
  bool StoreRank(std::string_view site, int rank);
  /// With other sites: each tile of one site takes the place of the site of its name, names of
  /// `removed` go, rotation ranks stay.
  absl::StatusOr<std::shared_ptr<RegionIndex>> WithSites(
      const std::vector<std::shared_ptr<const Tile>>& sites,
      const std::vector<std::string>& removed) const;
  /// For one search: as if a seat of `slot` were left. No cap counts it; the slot offers none.
  std::shared_ptr<RegionIndex> Leaving(const SlotRef& slot) const;

  /// Before the first reader; indexes with other sites keep them. Null: there are none.
  void SetBarriers(std::shared_ptr<const Barriers> barriers) { barriers_ = std::move(barriers); }

  // For the search.

  const Barriers* barriers() const { return barriers_.get(); }

  /// Tiles of one row with columns in a span: [first, last) of placed().
  struct Range {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
  };

  Range TilesOf(const CellSpan& span) const;

  const std::vector<Placed>& placed() const { return tiles_; }

  /// What the rules say to a need, judged when first asked for.
  Verdicts VerdictsOf(const Need& need) const {
    return verdicts_->Find(vocabulary_->ClassesOf(need), next_site_, next_series_);
  }

  std::uint8_t TerritoryNumber(std::string_view territory) const {
    return vocabulary_->TerritoryNumber(territory);
  }

 private:
  using Places = std::unordered_map<std::string, Cell, NameHash, std::equal_to<>>;
  struct Change;

  struct Located {
    Tile* tile = nullptr;
    std::size_t site = 0;
  };

  const Placed* FindTile(const Cell& cell) const;
  Located Locate(std::string_view name) const;
  absl::Status Replace(const Cell& cell, const Change& change, std::vector<Placed>& placed);
  absl::Status Apply(const std::vector<std::shared_ptr<const Tile>>& sites,
                     const std::vector<std::string>& removed);
  void RefreshCaps(std::string_view practitioner);
  void IndexRows();
  void NumberAll();
  void GiveBases(Tile& tile);
  void CompactBases();
  bool NumberNew(std::string_view name);

  std::vector<Placed> tiles_;             ///< By cell.
  int first_row_ = 0;                     ///< Of row_tiles_[0].
  std::vector<std::uint32_t> row_tiles_;  ///< First tile of each row; the last ends.
  std::vector<int> columns_;              ///< Of the tile with the same index.
  std::shared_ptr<const Places> places_;
  std::shared_ptr<const Vocabulary> vocabulary_;
  std::shared_ptr<VerdictCache> verdicts_;
  std::shared_ptr<Relaxed<std::int64_t>> fresh_;
  std::shared_ptr<WeekCaps> week_caps_;  ///< Of the newest index of those that share it.
  std::shared_ptr<const Barriers> barriers_;
  std::uint32_t next_site_ = 0;    ///< Base of the next tile.
  std::uint32_t next_series_ = 0;  ///< The same.
};

}  // namespace sas::slots
