#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "services/slots/domain/index/region_index.h"
#include "services/slots/domain/search_kernel.h"
#include "services/slots/domain/search_rank.h"

namespace sas::slots {

/// Bits of the run's slots that start in [from, to).
inline std::uint32_t SlotsWithin(const Run& run, Minute from, Minute to) {
  const std::uint32_t all = run.count == kRunSlotsMax ? ~0U : (1U << run.count) - 1;
  const Minute last = run.StartOf(run.count - 1);
  if (run.start >= from && last < to) return all;
  if (run.start >= to || last < from) return 0;
  const Minute step = run.step;
  const std::uint32_t before = run.start >= from ? 0 : (from - run.start + step - 1) / step;
  const std::uint32_t until = last < to ? run.count : (to - run.start + step - 1) / step;
  const std::uint32_t low = until >= kRunSlotsMax ? ~0U : (1U << until) - 1;
  return low & all & ~((1U << before) - 1);  // before < count: the last is not before `from`.
}

/// What the search knows of a site while it looks at its tile. Values order by nearness to suiting:
/// of several reasons the one is told that was the last obstacle.
enum class SiteState : std::uint8_t {
  kOutside = 0,  ///< Of the radius, or its rules refuse.
  kEmpty,        ///< Nothing seen yet.
  kUnstaffed,
  kModeNotOffered,
  kMotifNotForPractitioner,
  kSlotTooShort,
  kNoSession,
  kFull,
  kCapped,
  kMatched
};

/// A site that offers nothing.
struct LeftOut {
  std::uint64_t key = 0;  ///< Metres, then the number of the site.
  std::uint32_t visit = 0;
  std::uint16_t site = 0;
  SiteState state = SiteState::kOutside;
};

/// Working memory, kept by each thread from search to search.
struct Scratch {
  std::vector<CellSpan> spans;
  std::vector<const Tile*> visits;
  std::vector<int> meters;              ///< Of the sites of one tile.
  std::vector<std::uint64_t> site_key;  ///< Its part of the rank.
  std::vector<SiteState> state;
  std::vector<LeftOut> left_out;
};

/// One pass over the tiles of a circle: every run of the window is judged, and every site. No
/// branch depends on a text, and nothing is allocated once the scratch has grown.
class Scan {
 public:
  Scan(const RegionIndex& index, const Query& query, Scratch& scratch);

  /// Calls `take(visit, run, site_key, mask)` for each run that has free slots which suit; bit i of
  /// the mask is slot i of the run. Counts the sites left out, and with
  /// kListLeftOut fills the scratch's `left_out`.
  template <bool kListLeftOut, typename Take>
  void Walk(Take take) {
    for (std::uint32_t visit = 0; visit < scratch_.visits.size(); ++visit) {
      Prefetch(visit + 1);
      const Tile& tile = *scratch_.visits[visit];
      if (!EnterTile(tile)) continue;
      const auto [first, last] = RunsOf(tile);
      for (std::size_t run = first; run < last; ++run) {
        const std::size_t site = tile.runs[run].site;
        SiteState& state = scratch_.state[site];
        if (state == SiteState::kOutside) continue;
        const std::uint32_t allowed = Allowed(tile, run, from_, to_);
        const std::uint32_t mask = allowed & tile.runs[run].free.Load();
        if (mask != 0) {
          if (state != SiteState::kMatched) --left_out_count_;
          state = SiteState::kMatched;
          take(visit, run, scratch_.site_key[site], mask);
        } else if (kListLeftOut && state < SiteState::kCapped) {
          state = std::max(state, WhyNot(tile, run, allowed));
        }
      }
      if (kListLeftOut) ListLeftOut(visit);
    }
  }

  std::size_t left_out_count() const { return left_out_count_; }

  const RankFrame& frame() const { return frame_; }

  /// Slots of the run that suit, free or not, by window, release and return; 0 when its series is
  /// refused. `from` and `to`: minutes of the window.
  std::uint32_t Allowed(const Tile& tile, std::size_t run_index, Minute from, Minute to) const {
    const Run& run = tile.runs[run_index];
    const std::uint8_t audience = verdicts_.Audience(tile, run.series, query_.need);
    const std::uint8_t care = verdicts_.SeriesCare(tile, run.series, query_.need);
    if (((audience & ~Verdict::kOtherSource) | care) == 0) return SlotsWithin(run, from, to);
    if ((audience & Verdict::kReason) != 0 || care != 0) return 0;
    return AllowedBy(audience, tile, run_index, from, to);
  }

  /// What the rules of the site say.
  Exclusion RefusedBy(const Tile& tile, std::size_t site) const;

  bool NamesMotif(const Tile& tile, std::size_t site) const {
    return (verdicts_.Care(tile, site, query_.need) & Verdict::kNamesMotif) != 0;
  }

  /// Does who receives speak a language that was wished for?
  bool Speaks(const Tile& tile, std::size_t run) const;

  /// Is it the source of the run's slots that has not vouched for them?
  bool Unvouched(const Tile& tile, std::size_t run) const {
    const std::uint32_t series = tile.runs[run].series;
    return (verdicts_.Audience(tile, series, query_.need) & Verdict::kOtherSource) != 0 &&
           frame_.IsSilent(tile.series[series].text->source->vouched());
  }

  const UnitVector& centre() const { return centre_; }

  Minute from() const { return from_; }

  Minute to() const { return to_; }

  bool OwnDoctor(const Tile& tile, std::size_t run) const {
    return has_doctor_ &&
           tile.series[tile.runs[run].series].text->rpps == query_.need.treating_doctor_rpps;
  }

 private:
  void FindTiles(const RegionIndex& index);
  void Prefetch(std::uint32_t visit) const;
  bool EnterTile(const Tile& tile);
  bool Serves(const Tile& tile, std::size_t site) const;
  bool IsPatientOf(const Tile& tile, std::size_t site) const;
  void ListLeftOut(std::uint32_t visit);
  std::uint32_t AllowedBy(std::uint8_t audience, const Tile& tile, std::size_t run_index,
                          Minute from, Minute to) const;
  std::pair<std::size_t, std::size_t> RunsOf(const Tile& tile) const;
  SiteState WhyNot(const Tile& tile, std::size_t run, std::uint32_t allowed) const;

  const Query& query_;
  Scratch& scratch_;
  const Verdicts verdicts_;
  RankFrame frame_;
  UnitVector centre_;
  Minute from_ = 0;
  Minute to_ = 0;
  Minute now_ = 0;              ///< Whole minutes that have passed.
  std::uint8_t territory_ = 0;  ///< Number of the need's.
  bool has_doctor_ = false;
  std::size_t left_out_count_ = 0;
};

}  // namespace sas::slots
