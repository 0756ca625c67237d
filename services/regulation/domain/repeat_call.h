#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/care/geo.h"

/// Whether a call may belong to a dossier that is there already (hazard H-07). The worsening that a
/// second caller tells must not be a stranger's: dossiers are proposed, and a person attaches.
namespace sas::regulation {

inline constexpr double kNearMeters = 300;
inline constexpr std::chrono::minutes kNearTime{30};  ///< From a dossier's latest call.
/// A dossier that has ended is proposed for so long: it may be taken up again, or tell who decided
/// what for this caller. Later calls are a new need.
inline constexpr std::chrono::hours kEndedRecently{24};
inline constexpr std::size_t kCandidatesMax = 20;

/// Values equal RepeatCandidate.Match; the strongest first.
enum class RepeatMatch { kSameNumber = 1, kNear = 2, kSameCommune = 3, kSameMotif = 4 };

/// What is known of a call that has just come. Parts that are empty are not known.
struct RepeatCall {
  std::string number;
  std::optional<care::Point> point;
  std::string insee_code;
  std::string motif_code;
  base::Instant now{};
};

/// What a dossier is compared by.
struct RepeatFacts {
  std::vector<std::string> numbers;  ///< That have called or are called back, as they are stored.
  std::optional<care::Point> point;  ///< Exact enough for "near"; a commune's centre is not.
  std::string insee_code;
  std::string motif_code;
  base::Instant last_call{};
  bool open = false;
  base::Instant ended{};
};

/// What speaks for a dossier.
struct Resemblance {
  std::vector<RepeatMatch> matches;  ///< The strongest first; empty: it is no candidate.
  std::optional<double> distance_meters;
};

/// The motif alone proposes nothing: it ranks what something else proposes.
Resemblance Resembles(const RepeatCall& call, const RepeatFacts& facts);

/// Is `a` the better candidate of two that were called about at `a_called` and `b_called`?
bool IsBetter(const Resemblance& a, base::Instant a_called, const Resemblance& b,
              base::Instant b_called);

}  // namespace sas::regulation
