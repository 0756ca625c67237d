#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "services/slots/domain/index/tile.h"
#include "services/slots/domain/index/verdicts.h"
#include "services/slots/domain/need.h"

namespace sas::slots {

/// The words that the rules of a region's sites use. Two needs that differ only in words that no
/// site uses are the same need to all of them.
class Vocabulary {
 public:
  static constexpr std::uint8_t kNoTerritory = 128;

  /// The words of a tile's sites and of who receives there.
  void Add(const Tile& tile);

  /// The classes of a need: with equal texts go equal verdicts, of every site of the region, in a
  /// search. What a rule reads of a need must be in the text of its part.
  NeedClasses ClassesOf(const Need& need) const;

  /// Number of a SAS territory, from 0; kNoTerritory for one that no site serves, and for those
  /// beyond the first 128.
  std::uint8_t TerritoryNumber(std::string_view territory) const;
  /// Numbers of those that the site serves, into `hot`.
  void NumberTerritories(const SiteRules& rules, SiteHot& hot) const;

 private:
  void Add(const SiteRules& rules);
  void Add(const PractitionerRules& rules);
  void AddAges(const care::Age& minimum, const care::Age& maximum);

  std::set<std::string, std::less<>> motifs_;
  std::set<std::string, std::less<>> professions_;
  std::map<std::string, std::uint8_t, std::less<>> territories_;  ///< Numbers stay.
  std::set<double> ages_;  ///< Days, at which a limit of some site binds.
};

}  // namespace sas::slots
