#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/care/calendar.h"

namespace sas::slots {

/// Days before today that count; a newcomer's credit has faded after as many.
inline constexpr int kRotationDays = 28;
inline constexpr int kRotationRankMax = 255;

/// The part of one site in the fair share, as the load table shows it.
struct SiteShare {
  std::string site;                      ///< Full name.
  std::vector<std::string> territories;  ///< Sites that reach one another by them compete.
  int agreed_weekly_seats = 0;           ///< 0: the share follows from what it offers.
  int offered_seats = 0;                 ///< Over `offered_days`, past and to come.
  int offered_days = kRotationDays;
  int booked = 0;                 ///< Appointments since kRotationDays ago; held seats included.
  int days_open = kRotationDays;  ///< Whole days since its opening, before today.
  bool competes = true;           ///< Receives patients who are not its own, and is open.
};

/// What makes the order of equals: with it and the rows anybody can replay the rotation.
struct RotationFrame {
  std::string seed;
  care::Date day;  ///< Equals change places from day to day.
};

/// Where a site stands.
struct SiteTurn {
  int share_seats = 0;      ///< Seats of kRotationDays that are its fair part.
  int newcomer_credit = 0;  ///< Appointments that it has not had and that count.
  int load_permille = 0;    ///< (booked + credit) / share.
  std::uint8_t rank = 0;    ///< 0 is served first.
};

/// The rule of the rotation: weighted least-loaded with newcomer calibration (S2-25, S2-27).
///
/// 1. Share = agreed seats a week × 4; without an agreement the seats that the site offers,
///    brought to 28 days.
/// 2. Credit: until a site has been open for 28 days it is taken for one of median load, the less
///    the older it gets: credit = median load × share × (28 − days open) / 28. The median is that
///    of the sites it competes with that are older. So a newcomer starts in the middle, instead of
///    having every patient until it has caught up.
/// 3. Load = (booked + credit) / share, in permille, rounded down.
/// 4. Order by load; equals by RotationHash, then name. Sites that do not compete come last.
/// 5. Rank = place in that order, among the sites that compete with it; of more than 256 sites
///    several neighbours have one rank, and the score of the search decides between them.
///
/// Who competes: sites that share a territory, directly or by others between them. Integers only,
/// so that every machine and every practice that replays it finds the same. Deterministic; n log n.
class Rotation {
 public:
  Rotation(RotationFrame frame, std::vector<SiteShare> sites);

  const RotationFrame& frame() const { return frame_; }

  const std::vector<SiteShare>& sites() const { return sites_; }

  /// In the order of sites().
  const std::vector<SiteTurn>& turns() const { return turns_; }

  /// Other counts of appointments, in the order of sites(). Ranks only those anew who compete with
  /// a site whose count is another; false when none is.
  bool Count(const std::vector<int>& booked);

 private:
  void Rank(const std::vector<std::size_t>& members);
  void Credit(const std::vector<std::size_t>& members);

  bool Competes(std::size_t site) const {
    return sites_[site].competes && turns_[site].share_seats > 0;
  }

  RotationFrame frame_;
  std::vector<SiteShare> sites_;
  std::vector<SiteTurn> turns_;
  std::vector<std::uint64_t> hashes_;
  std::vector<int> group_of_;
  std::map<int, std::vector<std::size_t>> groups_;
};

/// The same in one call.
std::vector<SiteTurn> Rotate(const RotationFrame& frame, std::vector<SiteShare> sites);

/// Only the ranks.
std::vector<std::uint8_t> RotationRanks(const RotationFrame& frame, std::vector<SiteShare> sites);

/// FNV-1a, 64 bits, of "seed|YYYY-MM-DD|site".
std::uint64_t RotationHash(const RotationFrame& frame, std::string_view site);

/// For each site a number of those that it competes with, whether or not it competes now.
std::vector<int> RotationGroups(const std::vector<SiteShare>& sites);

/// Gini coefficient of what is not negative, in permille: 0 when all are equal or all zero.
int GiniPermille(std::vector<int> loads);

}  // namespace sas::slots
