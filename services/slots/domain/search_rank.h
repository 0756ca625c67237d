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
///   past deadline 1 | not the treating doctor 1 | delay class 3 | unverified 1 | distance band 2
///   | above the soft cap 1 | what the patient misses 5 | rank of the rotation 8
///   | what the other points lack 8 | start 15 | number of the site 19
///
/// A part of the site and a part of the start are added. Within a run the key grows with the start,
/// since everything else is the same: the first free slot of a run is its best. No points stand
/// twice: the score is read from all fields together.
class RankKey {
 public:
  static constexpr int kSiteBits = 19;
  static constexpr int kStartBits = 15;
  static constexpr int kPointsShift = kSiteBits + kStartBits;
  static constexpr int kRankShift = kPointsShift + 8;
  static constexpr int kPatientShift = kRankShift + 8;
  static constexpr int kSoftCapShift = kPatientShift + 5;
  static constexpr int kBandShift = kSoftCapShift + 1;
  static constexpr int kUnverifiedShift = kBandShift + 2;
  static constexpr int kDelayShift = kUnverifiedShift + 1;
  static constexpr int kOtherDoctorShift = kDelayShift + 3;
  static constexpr int kPastShift = kOtherDoctorShift + 1;
  static_assert(kPastShift == 63);
  /// Of a slot at the door, at once, whose protocol names the motif.
  static constexpr int kPointsTop = kDelayPoints + kDistancePoints + kMotifPoints;
  static_assert(kPointsTop <= 0xff);
  /// Patient's points are multiples of it, and so take 5 bits.
  static constexpr int kPatientStep = 5;
  static_assert(kLanguagePoints % kPatientStep == 0 && kNoWayPoints % kPatientStep == 0 &&
                kUnknownPoints % kPatientStep == 0);
  static_assert((kPatientTop - kPatientLeast) / kPatientStep <= 0x1f);

  static constexpr std::uint64_t Field(std::uint64_t value, int shift) { return value << shift; }

  static int Score(std::uint64_t key);

  static bool Unverified(std::uint64_t key) { return ((key >> kUnverifiedShift) & 1U) != 0; }

  static bool AboveSoftCap(std::uint64_t key) { return ((key >> kSoftCapShift) & 1U) != 0; }

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
    key -= RankKey::Field(static_cast<std::uint64_t>(DelayTerm(start)), RankKey::kPointsShift);
    std::uint64_t delay_class = 0;
    for (const Minute limit : class_ends_) delay_class += start > limit ? 1U : 0U;
    key += RankKey::Field(delay_class, RankKey::kDelayShift);
    key += RankKey::Field(start > due_ ? 1U : 0U, RankKey::kPastShift);
    return key;
  }

  /// The part of the site, for a slot of another than the treating doctor. `meters`: with the
  /// detour; `unknowns`: criteria of the patient that are to be asked there.
  std::uint64_t OfSite(const SiteHot& site, int meters, int unknowns, bool names_motif) const {
    const int points = DistanceTerm(meters) + (names_motif ? kMotifPoints : 0);
    return site.ordinal +
           RankKey::Field(static_cast<std::uint64_t>(RankKey::kPointsTop - points),
                          RankKey::kPointsShift) +
           RankKey::Field(site.rank.Load(), RankKey::kRankShift) +
           PatientMisses(kPatientTop - unknowns * kUnknownPoints) +
           RankKey::Field(static_cast<std::uint64_t>(DistanceBand(meters)), RankKey::kBandShift) +
           RankKey::Field(Unverified(site) ? 1U : 0U, RankKey::kUnverifiedShift) +
           RankKey::Field(1U, RankKey::kOtherDoctorShift);
  }

  /// What the treating doctor's own slot has less than another of its site.
  static constexpr std::uint64_t OwnDoctor() {
    return RankKey::Field(1U, RankKey::kOtherDoctorShift);
  }

  /// Points of the patient's as a part of a key: a site's has what it lacks of them, and a run that
  /// brings some takes that away again.
  static constexpr std::uint64_t PatientMisses(int points) {
    return RankKey::Field(static_cast<std::uint64_t>(points / RankKey::kPatientStep),
                          RankKey::kPatientShift);
  }

  /// What a slot has more whose day is above the soft cap of its site.
  static constexpr std::uint64_t AboveSoftCap() {
    return RankKey::Field(1U, RankKey::kSoftCapShift);
  }

  /// What a slot has more than the others of its site when only its own source is silent.
  static constexpr std::uint64_t Unvouched() {
    return RankKey::Field(1U, RankKey::kUnverifiedShift);
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
