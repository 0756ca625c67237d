#pragma once

#include <set>
#include <string>
#include <string_view>

#include "services/slots/domain/index/tile.h"
#include "services/slots/domain/need.h"

namespace sas::slots {

/// The words that the rules of a region's sites use. Two needs that differ only in words that no
/// site uses are the same need to all of them.
class Vocabulary {
 public:
  /// The words of a tile's sites and of who receives there.
  void Add(const Tile& tile);

  /// The class of a need: equal texts get equal verdicts from every site of the region, in a
  /// search. The treating doctor and the hour are not in it, and what only a hold asks is not
  /// either.
  std::string ClassOf(const Need& need) const;

 private:
  void Add(const SiteRules& rules);
  void Add(const PractitionerRules& rules);
  void AddAges(const care::Age& minimum, const care::Age& maximum);

  std::set<std::string, std::less<>> motifs_;
  std::set<std::string, std::less<>> professions_;
  std::set<std::string, std::less<>> territories_;
  std::set<std::string, std::less<>> languages_;
  std::set<double> ages_;  ///< Days, at which a limit of some site binds.
};

}  // namespace sas::slots
