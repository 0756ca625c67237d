#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "services/slots/domain/index/minute.h"
#include "services/slots/domain/index/relaxed.h"
#include "services/slots/domain/index/run.h"
#include "services/slots/domain/index/unit_vector.h"
#include "services/slots/domain/indexed_site.h"
#include "services/slots/domain/need.h"
#include "services/slots/domain/site_rules.h"

namespace sas::slots {

/// What does not change with the seats of a site. A service may derive its own card from it.
struct SiteRecord {
  SiteRecord() = default;
  SiteRecord(const SiteRecord&) = default;
  SiteRecord& operator=(const SiteRecord&) = default;
  virtual ~SiteRecord() = default;

  SiteRules rules;
  /// As IndexedSite's.
  std::vector<WeekUse> earlier_this_week;
};

/// A site as the search reads it, all those of a tile from front to back.
struct SiteHot {
  RoundedPlace place;
  std::uint32_t ordinal = 0;      ///< Grows with the names of the region's sites.
  Relaxed<std::int64_t> vouched;  ///< µs since 1970 when its own source vouched; INT64_MAX: none.
  Relaxed<std::uint8_t> rank;     ///< Of the rotation, 0 is served first.
  std::uint8_t flags = 0;
  /// The SAS territories that it serves, by their numbers (Vocabulary).
  std::array<std::uint64_t, 2> territories{};

  static constexpr std::uint8_t kSoftCapped = 1;       ///< Has a daily soft cap.
  static constexpr std::uint8_t kOwnPatients = 2;      ///< Takes its own patients only.
  static constexpr std::uint8_t kNoWheelchair = 4;     ///< Is known to be out of reach for them.
  static constexpr std::uint8_t kManyTerritories = 8;  ///< One has no number; ask the rules.
  static constexpr std::uint8_t kAskWheelchair = 16;   ///< Whether it is, is not known.
  static constexpr std::uint8_t kNoPregnancy = 32;   ///< Is known not to receive pregnant patients.
  static constexpr std::uint8_t kAskPregnancy = 64;  ///< Whether it does, is not known.
  static constexpr std::uint8_t kReadByName = 128;   ///< Not everybody may see what it offers.
};

static_assert(sizeof(SiteHot) == 48);

/// The rest of a site.
struct SiteCold {
  std::shared_ptr<const SiteRecord> record;
  Relaxed<std::int32_t> booked_recent;  ///< Appointments of the last 28 days, for the fair share.
  std::uint32_t first_row = 0;
  std::uint32_t first_series = 0;
  std::uint32_t first_run = 0;  ///< In site_runs.
};

/// The slots of all sites in a square of about 12 km: parallel arrays that a search reads from
/// front to back. The shape never changes; seats, shares and ranks are relaxed atomics that one
/// writer stores. When a site changes, its tile is assembled anew (tile_build.h).
///
/// Runs are sorted by UTC day, site, start: a circle is a set of tiles, a window of days one
/// stretch of runs in each. Each array of sites has one more element that ends the last.
struct alignas(64) Tile {
  // First what a search reads of every tile.
  std::vector<std::uint32_t> day_runs;  ///< First run of each day; the last ends the one before.
  std::uint32_t first_day = 0;          ///< UTC day of day_runs[0].
  /// First of the numbers that its sites and series have in the region's tables of verdicts. An
  /// assembly of other sites or series gets other numbers.
  std::uint32_t site_base = 0;
  std::vector<Run> runs;
  std::uint32_t series_base = 0;
  std::vector<SiteHot> hot;

  std::vector<SiteCold> cold;            ///< In the order of names; the last ends the one before.
  std::vector<Series> series;            ///< Sorted by site.
  std::vector<RunDetail> details;        ///< Of the run with the same index.
  std::vector<std::uint32_t> site_runs;  ///< Runs of each site by start.
  std::vector<Relaxed<std::uint8_t>> free_seats;   ///< Of each row, as IndexedSlot's.
  std::vector<Relaxed<std::int64_t>> hold_expire;  ///< µs since 1970; 0 when no hold lives.

  std::size_t sites() const { return hot.size(); }

  std::size_t slots() const;
  /// Bytes that it takes, records and texts excluded.
  std::size_t bytes() const;
};

/// Mondays since 5 January 1970, of a local day of which only midnight is known: no zone of ours is
/// off by half a day.
int WeekOfDay(Minute day_begin);

}  // namespace sas::slots
