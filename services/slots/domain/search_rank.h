#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "common/base/clock.h"
#include "services/slots/domain/index/minute.h"
#include "services/slots/domain/index/tile.h"
#include "services/slots/domain/search_points.h"

namespace sas::slots {

/// The place of a slot in the order of a search, in 64 bits; smaller is better. From the highest:
///
///   past deadline 1 | not the treating doctor 1 | delay class 3 | unverified 1 | distance band 3
///   | rank of the rotation 8 | 511 − score 10 | start 18 | number of the site 19
///
/// A part of the site and a part of the start are added. Within a run the key grows with the start,
/// since everything else is the same: the first free slot of a run is its best.
class RankKey {
 public:
  static constexpr int kSiteBits = 19;
  static constexpr int kStartBits = 18;
  static constexpr int kScoreShift = kSiteBits + kStartBits;
  static constexpr int kRankShift = kScoreShift + 10;
  static constexpr int kBandShift = kRankShift + 8;
  static constexpr int kUnverifiedShift = kBandShift + 3;
  static constexpr int kDelayShift = kUnverifiedShift + 1;
  static constexpr int kOtherDoctorShift = kDelayShift + 3;
  static constexpr int kPastShift = kOtherDoctorShift + 1;
  static_assert(kPastShift == 63);
  static constexpr int kScoreTop = 511;

  static constexpr std::uint64_t Field(std::uint64_t value, int shift) { return value << shift; }

  static int Score(std::uint64_t key) {
    return kScoreTop - static_cast<int>((key >> kScoreShift) & 0x3ffU);
  }

  static bool Unverified(std::uint64_t key) { return ((key >> kUnverifiedShift) & 1U) != 0; }

  static bool OwnDoctor(std::uint64_t key) { return ((key >> kOtherDoctorShift) & 1U) == 0; }

  static bool Past(std::uint64_t key) { return ((key >> kPastShift) & 1U) != 0; }
};

/// The longest window that can be ranked, from its first minute.
inline constexpr Minute kRankedMinutesMax = (1U << RankKey::kStartBits) - 1;

/// The hours of one query as the rank needs them.
class RankFrame {
 public:
  RankFrame() = default;
  /// `from`: the first minute of the window.
  RankFrame(base::Instant now, base::Instant due, Minute from);

  /// The part of the start.
  std::uint64_t OfStart(Minute start) const {
    std::uint64_t key = RankKey::Field(start - from_, RankKey::kSiteBits);
    key -= RankKey::Field(static_cast<std::uint64_t>(DelayTerm(start)), RankKey::kScoreShift);
    std::uint64_t delay_class = 0;
    for (const Minute limit : class_ends_) delay_class += start > limit ? 1U : 0U;
    key += RankKey::Field(delay_class, RankKey::kDelayShift);
    key += RankKey::Field(start > due_ ? 1U : 0U, RankKey::kPastShift);
    return key;
  }

  /// The part of the site, for a slot of another than the treating doctor. `meters`: with the
  /// detour; `points`: of the site beside distance and verification.
  std::uint64_t OfSite(const SiteHot& site, int meters, int points) const {
    const bool unverified = Unverified(site);
    int score = DistanceTerm(meters) + points;
    if (unverified) score += kUnverifiedPoints;
    return site.ordinal +
           RankKey::Field(static_cast<std::uint64_t>(RankKey::kScoreTop - score),
                          RankKey::kScoreShift) +
           RankKey::Field(site.rank.Load(), RankKey::kRankShift) +
           RankKey::Field(static_cast<std::uint64_t>(DistanceBand(meters)), RankKey::kBandShift) +
           RankKey::Field(unverified ? 1U : 0U, RankKey::kUnverifiedShift) +
           RankKey::Field(1U, RankKey::kOtherDoctorShift);
  }

  /// What the treating doctor's own slot has less than another of its site.
  static constexpr std::uint64_t OwnDoctor() {
    return RankKey::Field(1U, RankKey::kOtherDoctorShift) +
           RankKey::Field(kTreatingDoctorPoints, RankKey::kScoreShift);
  }

  /// What other points of a run take from the key of its site; negative points add.
  static constexpr std::uint64_t OfPoints(int points) {
    return RankKey::Field(static_cast<std::uint64_t>(std::int64_t{points}), RankKey::kScoreShift);
  }

  /// What a slot has more than the others of its site when only its own source is silent.
  static constexpr std::uint64_t Unvouched() {
    return RankKey::Field(1U, RankKey::kUnverifiedShift) +
           RankKey::Field(static_cast<std::uint64_t>(-kUnverifiedPoints), RankKey::kScoreShift);
  }

  bool IsSilent(base::Instant vouched) const {
    return vouched.time_since_epoch().count() < verified_from_;
  }

  /// Minutes until a start, 0 for one that is past.
  int MinutesUntil(Minute start) const { return start > now_ ? static_cast<int>(start - now_) : 0; }

  int DelayTerm(Minute start) const {
    const int term = kDelayPoints - MinutesUntil(start) / kMinutesPerDelayPoint;
    return term > 0 ? term : 0;
  }

  /// When the feed was last heard; must be told before OfSite.
  void SetFresh(base::Instant fresh) { fresh_ = fresh.time_since_epoch().count(); }

  bool Unverified(const SiteHot& site) const {
    const std::int64_t vouched = site.vouched.Load();
    return (vouched < fresh_ ? vouched : fresh_) < verified_from_;
  }

 private:
  Minute from_ = 0;
  Minute now_ = 0;  ///< Rounded up: a delay counts whole minutes.
  Minute due_ = 0;
  std::array<Minute, 4> class_ends_{};
  std::int64_t verified_from_ = 0;
  std::int64_t fresh_ = 0;
};

}  // namespace sas::slots
