#pragma once

#include <string_view>
#include <vector>

namespace sas::slots {

/// A site with less of its seats booked is under-filled (S3-25).
inline constexpr int kFillAlertPermille = 500;

/// The site's rules and figures as far as they explain why its slots stay empty (S3-25).
struct FillFacts {
  int offered = 0;                 ///< Seats of the last kRotationDays days.
  int booked = 0;                  ///< Of them.
  int territory_permille = 0;      ///< The same of all competing sites of its territory.
  int entry_points = 0;            ///< Of 11.
  bool own_patients_only = false;  ///< Others are refused.
  bool motifs_limited = false;     ///< Lists of motifs, or rules.
};

struct Fill {
  int permille = 0;  ///< 1000 when nothing was offered: nothing stayed empty.
  bool under_filled = false;
  std::vector<std::string_view> suggestions;  ///< Codes of SiteLoad.suggestion_codes.
};

/// Under-fill and what might help: WIDEN_ENTRY_POINTS where some are closed, WIDEN_MOTIFS where
/// motifs are limited; then MOVE_HOURS when the territory fills its seats (patients come, at other
/// hours), RELEASE_SLOTS when it does not (there are more seats than patients).
Fill JudgeFill(const FillFacts& facts);

}  // namespace sas::slots
