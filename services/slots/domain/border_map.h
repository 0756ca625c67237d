#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/care/geo.h"
#include "services/slots/domain/index/unit_vector.h"

namespace sas::slots {

/// Of which places a region's book knows what is offered.
struct Coverage {
  std::set<std::string, std::less<>> departments;
  std::set<std::string, std::less<>> communes;  ///< INSEE codes, of whatever département.

  /// By a site of the book: its commune is covered, and its whole département when the SAS there
  /// books at the site and the département is not known to be of another region. One practice
  /// beyond the border, a member or authorised, does not speak for its neighbours.
  template <typename Territories>
  void Add(std::string_view region, std::string_view insee_code, const Territories& territories) {
    for (const auto& territory : territories) AddOne(region, insee_code, territory);
  }

 private:
  void AddOne(std::string_view region, std::string_view insee_code, std::string_view territory);
};

struct CommunePoint {
  std::string_view insee_code;
  care::Point point;
};

/// A département, or a part of it, that the book does not cover.
struct Uncovered {
  std::string department;
  int distance_meters = 0;  ///< Of its nearest commune without cover, by its centre.
  bool confirmed = true;    ///< False: that commune is not known, and is at least so far.
};

/// Where a region's book ends, so that a search near the border does not take a neighbour's slots
/// for none (hazard H-18). Immutable.
class BorderMap {
 public:
  /// `communes`: as many of the neighbours' as are known. A département of which some are missing
  /// may begin anywhere in its box.
  BorderMap(const Coverage& coverage, const std::vector<CommunePoint>& communes);

  /// What a circle reaches, nearest first. Without neighbours within reach it costs some hundred
  /// comparisons.
  std::vector<Uncovered> Within(const care::Point& centre, int radius_meters) const;

 private:
  struct Box {
    double south = 90, north = -90, west = 180, east = -180;  // Empty.

    void Widen(const Box& other);
    bool Fills(const Box& other) const;
  };

  struct Part {
    std::string department;
    Box may;                               // Where its communes can be.
    Box known;                             // Around those that are known.
    std::vector<RoundedPlace> communes{};  // Known, without cover.
  };

  std::vector<Part> parts_;
  std::vector<Box> reach_;  // Around all of each part: what most searches look at.
};

}  // namespace sas::slots
