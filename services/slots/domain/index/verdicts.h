#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "services/slots/domain/index/tile.h"
#include "services/slots/domain/index/verdict.h"
#include "services/slots/domain/need.h"

namespace sas::slots {

/// The classes of one need (vocabulary.h).
struct NeedClasses {
  std::string entry;     ///< Entry point, profession, order, reason of access.
  std::string care;      ///< Motif and age.
  std::string audience;  ///< Entry point, order, modes.
};

/// What the rules of a region say to one need.
class Verdicts {
 public:
  Verdicts() = default;

  Verdicts(std::shared_ptr<VerdictTable> entry, std::shared_ptr<VerdictTable> care,
           std::shared_ptr<VerdictTable> audience)
      : entry_(std::move(entry)), care_(std::move(care)), audience_(std::move(audience)) {}

  std::uint8_t Entry(const Tile& tile, std::size_t site, const Need& need) const {
    auto& kept = entry_->sites[tile.site_base + site];
    const std::uint8_t verdict = kept.Load();
    return verdict != Verdict::kUnknown ? verdict : Keep(kept, JudgeEntryOf(tile, site, need));
  }

  std::uint8_t Care(const Tile& tile, std::size_t site, const Need& need) const {
    auto& kept = care_->sites[tile.site_base + site];
    const std::uint8_t verdict = kept.Load();
    return verdict != Verdict::kUnknown ? verdict : Keep(kept, JudgeCareOf(tile, site, need));
  }

  std::uint8_t SeriesCare(const Tile& tile, std::size_t series, const Need& need) const {
    auto& kept = care_->series[tile.series_base + series];
    const std::uint8_t verdict = kept.Load();
    return verdict != Verdict::kUnknown ? verdict
                                        : Keep(kept, JudgeSeriesCareOf(tile, series, need));
  }

  std::uint8_t Audience(const Tile& tile, std::size_t series, const Need& need) const {
    auto& kept = audience_->series[tile.series_base + series];
    const std::uint8_t verdict = kept.Load();
    return verdict != Verdict::kUnknown ? verdict : Keep(kept, JudgeAudienceOf(tile, series, need));
  }

  /// The kept verdicts of a tile's sites and series, kUnknown where nobody has asked yet.
  const Relaxed<std::uint8_t>* EntriesOf(const Tile& tile) const {
    return entry_->sites.data() + tile.site_base;
  }

  const Relaxed<std::uint8_t>* CaresOf(const Tile& tile) const {
    return care_->sites.data() + tile.site_base;
  }

  const Relaxed<std::uint8_t>* SeriesCaresOf(const Tile& tile) const {
    return care_->series.data() + tile.series_base;
  }

  const Relaxed<std::uint8_t>* AudiencesOf(const Tile& tile) const {
    return audience_->series.data() + tile.series_base;
  }

  /// Brings what a search of the tile will read nearer.
  void Prefetch(const Tile& tile) const {
    __builtin_prefetch(entry_->sites.data() + tile.site_base);
    __builtin_prefetch(care_->sites.data() + tile.site_base);
    __builtin_prefetch(care_->series.data() + tile.series_base);
    __builtin_prefetch(audience_->series.data() + tile.series_base);
  }

 private:
  static std::uint8_t Keep(Relaxed<std::uint8_t>& kept, std::uint8_t verdict) {
    kept.Store(verdict);
    return verdict;
  }

  static std::uint8_t JudgeEntryOf(const Tile& tile, std::size_t site, const Need& need);
  static std::uint8_t JudgeCareOf(const Tile& tile, std::size_t site, const Need& need);
  static std::uint8_t JudgeSeriesCareOf(const Tile& tile, std::size_t series, const Need& need);
  static std::uint8_t JudgeAudienceOf(const Tile& tile, std::size_t series, const Need& need);

  std::shared_ptr<VerdictTable> entry_;
  std::shared_ptr<VerdictTable> care_;
  std::shared_ptr<VerdictTable> audience_;
};

/// The tables of the classes that are asked for most recently. Thread-safe.
class VerdictCache {
 public:
  /// Of each of the three kinds. A table has a byte for each site and each series.
  static constexpr std::size_t kClassesMax = 512;

  /// The tables of a need, with room for so many sites and series.
  Verdicts Find(const NeedClasses& classes, std::size_t sites, std::size_t series);

 private:
  using Entry = std::pair<std::string, std::shared_ptr<VerdictTable>>;

  struct Recent {
    std::list<Entry> order;  ///< Latest first.
    std::unordered_map<std::string, std::list<Entry>::iterator> tables;
  };

  static std::shared_ptr<VerdictTable> Find(Recent& recent, const std::string& need_class,
                                            std::size_t sites, std::size_t series);

  std::mutex mutex_;
  std::array<Recent, 3> recent_;
};

}  // namespace sas::slots
