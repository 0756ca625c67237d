#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "services/slots/domain/index/region_index.h"
#include "services/slots/domain/search_kernel.h"
#include "services/slots/domain/search_rank.h"
#include "services/slots/domain/search_scratch.h"

namespace sas::slots {

/// One pass over the tiles of a circle: every run of the window is judged. No
/// branch depends on a text, and nothing is allocated once the scratch has grown.
class Scan {
 public:
  Scan(const RegionIndex& index, const Query& query, Scratch& scratch);

  /// Calls `take(visit, run, site_key, mask)` for each run that has free slots which suit; bit i of
  /// the mask is slot i of the run. Every site within the radius that has none goes to the
  /// scratch's `left_out` when the query wants any explained.
  template <typename Take>
  void Walk(Take take) {
    for (std::uint32_t visit = 0; visit < scratch_.visits.size(); ++visit) {
      Prefetch(visit);
      const Tile& tile = *scratch_.visits[visit];
      const auto [first, last] = RunsOf(tile);
      if (first == last && query_.excluded_limit == 0) continue;
      const bool open = PickSites(tile) && first < last;
      const std::size_t picked = open ? PickRuns(tile, first, last) : 0;
      for (std::size_t i = 0; i < picked; ++i) {
        const std::uint32_t run = scratch_.picked[i].run;
        const std::uint32_t mask = Exactly(tile, scratch_.picked[i]);
        if (mask == 0) continue;
        const std::size_t site = tile.runs[run].site;
        Standing& standing = scratch_.standing[site];
        if (standing == Standing::kOpen) standing = EnterSite(tile, site);
        if (standing == Standing::kRefused) continue;
        take(visit, run, scratch_.site_key[site], mask);
      }
      if (query_.excluded_limit > 0) ListLeftOut(visit);
    }
  }

  /// Why a site within the radius offers nothing, that its rules do not refuse.
  SiteState WhyNothing(const Tile& tile, std::size_t site) const;
  /// First start after the window that would suit, of such a site.
  base::Instant NextStart(const Tile& tile, std::size_t site) const;

  /// Of the sites left out as many as the query wants explained, nearest first.
  const std::vector<NearLeftOut>& NearestLeftOut();

  /// All sites left out by the rule that refuses them, kNone for those that no rule refuses.
  const ExclusionCounts& left_out_by_rule() const { return left_out_by_rule_; }

  std::size_t left_out_total() const { return left_out_total_; }

  const RankFrame& frame() const { return frame_; }

  /// Slots of the run that suit, free or not, by window, release and return; 0 when its series is
  /// refused. `from` and `to`: minutes of the window.
  std::uint32_t Allowed(const Tile& tile, std::size_t run_index, Minute from, Minute to) const {
    const Run& run = tile.runs[run_index];
    const std::uint8_t audience = verdicts_.Audience(tile, run.series, query_.need);
    const std::uint8_t care = verdicts_.SeriesCare(tile, run.series, query_.need);
    if (((audience & ~Verdict::kOtherSource) | care) == 0) return SlotsWithin(run, from, to);
    if ((audience & Verdict::kReason) != 0 || care != 0) return 0;
    const bool asks = (audience & Verdict::kAsksWho) != 0;
    if (asks && StateOfAsker(tile, run.series) != SiteState::kEmpty) return 0;
    return AllowedBy(audience, tile, run_index, from, to);
  }

  bool NamesMotif(const Tile& tile, std::size_t site) const;

  /// What barriers add to the way from the centre.
  Detour DetourTo(const Tile& tile, std::size_t site) const;

  /// The part of the rank that the site has, `meters` from the centre as the crow flies.
  std::uint64_t SiteKey(const Tile& tile, std::size_t site, int meters) const;

  bool OwnDoctor(const Tile& tile, std::size_t run) const;
  /// Does who receives speak a language that was wished for?
  bool Speaks(const Tile& tile, std::size_t run) const;
  /// At home or by video, for a patient without vehicle.
  bool SparesTheWay(const Tile& tile, std::size_t run) const;

  /// Is it the source of the run's slots that has not vouched for them?
  bool Unvouched(const Tile& tile, std::size_t run) const;

  /// Can a run be nearer to what the patient wishes than its site?
  bool asks_for_points() const { return asks_for_points_; }

  const UnitVector& centre() const { return centre_; }

  Minute from() const { return from_; }

  Minute to() const { return to_; }

 private:
  void FindTiles(const RegionIndex& index);
  void Prefetch(std::uint32_t visit) const;
  bool PickSites(const Tile& tile);
  std::size_t PickRuns(const Tile& tile, std::size_t first, std::size_t last);

  // What of a picked run's mask suits.
  std::uint32_t Exactly(const Tile& tile, const PickedRun& picked) const {
    const std::uint32_t series = tile.runs[picked.run].series;
    const unsigned audience = verdicts_.AudiencesOf(tile)[series].Load();
    const unsigned care = verdicts_.SeriesCaresOf(tile)[series].Load();
    return (audience | care) == 0 ? picked.mask
                                  : picked.mask & Allowed(tile, picked.run, from_, to_);
  }

  Standing EnterSite(const Tile& tile, std::size_t site);
  Exclusion RefusedBy(const Tile& tile, std::size_t site) const;
  bool Serves(const Tile& tile, std::size_t site) const;
  bool IsPatientOf(const Tile& tile, std::size_t site) const;
  void ListLeftOut(std::uint32_t visit);
  float ReachOf(std::size_t wanted) const;
  std::uint32_t AllowedBy(std::uint8_t audience, const Tile& tile, std::size_t run_index,
                          Minute from, Minute to) const;
  std::size_t DayOf(const Tile& tile, Minute minute) const;
  std::pair<std::size_t, std::size_t> RunsOf(const Tile& tile) const;
  // Of a series that is not for everybody (Verdict::kAsksWho): kEmpty when it is for the asker.
  SiteState StateOfAsker(const Tile& tile, std::size_t series) const;
  SiteState WhyNot(const Tile& tile, std::size_t run, std::uint32_t allowed) const;

  const Query& query_;
  Scratch& scratch_;
  const Verdicts verdicts_;
  RankFrame frame_;
  UnitVector centre_;
  double square_max_ = 0;   ///< No chord within the radius has more, however it is rounded.
  double square_sure_ = 0;  ///< A chord that has no more is within the radius.
  std::size_t left_out_total_ = 0;
  ExclusionCounts left_out_by_rule_{};
  Minute from_ = 0;
  Minute to_ = 0;
  Minute now_ = 0;                        ///< Whole minutes that have passed.
  std::uint8_t territory_ = 0;            ///< Number of the need's.
  std::vector<const Barrier*> barriers_;  ///< Within the radius; nearly always none.
  std::uint8_t own_classes_ = 0;  ///< Bits by which the entry point sees a slot without CPTS.
  std::uint8_t rare_rules_ = 0;   ///< Of SiteHot::flags: ask RefusedBy about such a site.
  bool has_doctor_ = false;
  bool asks_for_points_ = false;
};

}  // namespace sas::slots
