#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "services/slots/domain/index/tile.h"
#include "services/slots/domain/need.h"

namespace sas::slots {

/// What the rules of a site say to a need, in one byte.
struct SiteVerdict {
  static constexpr std::uint8_t kExclusion = 0x1f;
  static constexpr std::uint8_t kOwnOnly = 0x20;     ///< So says the rest, if he is a patient here.
  static constexpr std::uint8_t kNamesMotif = 0x40;  ///< The protocol names the motif.
};

/// What the rules say of the slots of a series, seats and window aside, in one byte. With
/// kExcluded, the low five bits are an Exclusion.
struct SeriesVerdict {
  static constexpr std::uint8_t kExclusion = 0x1f;
  static constexpr std::uint8_t kAfterRelease = 0x01;  ///< Open once the slot's release has come.
  static constexpr std::uint8_t kSpeaks = 0x20;        ///< Who receives speaks a wished language.
  static constexpr std::uint8_t kGivenBack = 0x40;     ///< Until the slot is given back.
  static constexpr std::uint8_t kExcluded = 0x80;
};

/// The verdicts of one tile for one class of needs: of its sites, then of its series.
struct TileVerdicts {
  std::uint64_t serial = 0;  ///< Of the tile.
  std::vector<std::uint8_t> sites;
  std::vector<std::uint8_t> series;
};

TileVerdicts JudgeTile(const Tile& tile, const Need& need);

/// The verdicts of a region for one class of needs, judged tile by tile when they are first asked
/// for. Readers never lock; of two that judge the same tile one result is kept.
class VerdictTable {
 public:
  explicit VerdictTable(std::size_t tiles) : tiles_(tiles) {}

  ~VerdictTable();
  VerdictTable(const VerdictTable&) = delete;
  VerdictTable& operator=(const VerdictTable&) = delete;

  std::size_t size() const { return tiles_.size(); }

  /// What is known of a tile; null when nothing, or only of an older assembly.
  const TileVerdicts* Peek(std::size_t tile, std::uint64_t serial) const {
    const TileVerdicts* known = tiles_[tile].load(std::memory_order_acquire);
    return known != nullptr && known->serial == serial ? known : nullptr;
  }

  /// The same; judges when needed.
  const TileVerdicts* Get(std::size_t tile, const Tile& shape, const Need& need);

  /// Verdicts of replaced tiles are kept for those who still read them, until so many are there.
  bool worn() const { return retired_count_.load(std::memory_order_relaxed) > kRetiredMax; }

 private:
  static constexpr int kRetiredMax = 4096;

  std::vector<std::atomic<const TileVerdicts*>> tiles_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<const TileVerdicts>> retired_;
  std::atomic<int> retired_count_{0};
};

/// The tables of the classes that are asked for most recently. Thread-safe.
class VerdictCache {
 public:
  static constexpr std::size_t kClassesMax = 128;

  /// The table of a class, with room for so many tiles.
  std::shared_ptr<VerdictTable> Find(const std::string& need_class, std::size_t tiles);

 private:
  using Entry = std::pair<std::string, std::shared_ptr<VerdictTable>>;

  std::mutex mutex_;
  std::list<Entry> recent_;  ///< Latest first.
  std::unordered_map<std::string, std::list<Entry>::iterator> tables_;
};

}  // namespace sas::slots
