#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/care/geo.h"
#include "sas/slots/v1/directory_service.pb.h"

/// A region for measurements: invented sites, practitioners and plans on real communes of
/// metropolitan France, as many as the population asks for. Everything made says "synthétique" in
/// its name. One seed makes one region; only the dates move with `now`.
namespace sas::bench {

/// A line of a communes file (columns of shared/data/geo/communes.csv); only those with a point.
struct CommuneRow {
  std::string insee_code;
  std::string name;
  std::string department;
  std::vector<std::string> postal_codes;
  int population = 0;
  care::Point point;
};

/// Metropolitan communes in the order of the file. Throws std::runtime_error.
std::vector<CommuneRow> ReadCommunes(const std::string& file);

/// Draws communes in proportion to their population.
class PopulationDraw {
 public:
  explicit PopulationDraw(const std::vector<CommuneRow>& communes);
  /// `draw` is any 64 evenly spread bits.
  const CommuneRow& At(std::uint64_t draw) const;

 private:
  const std::vector<CommuneRow>& communes_;
  std::vector<std::uint64_t> cumulated_;
};

struct RegionOptions {
  std::string region = "fr-banc";
  int sites = 20'000;
  std::int64_t slots = 1'000'000;  ///< From now on, over `days`; met to a few in a thousand.
  int days = 90;                   ///< The service's HORIZON_DAYS; today counts.
  base::Instant now{};
  std::uint64_t seed = 20'261'124;
};

/// Motifs that sites and questions of the region speak of.
inline constexpr const char* kSyntheticMotifs[] = {"M02.05", "M02.06", "M02.07", "M03.03",
                                                   "M03.05", "M03.11", "M03.14", "M03.15",
                                                   "M03.18", "M03.20", "M03.21", "M03.22"};

/// The whole directory; larger than an import takes.
slots::v1::Territory MakeSyntheticRegion(const std::vector<CommuneRow>& communes,
                                         const RegionOptions& options);

/// Evenly spread bits of (seed, what, index): the only source of chance here.
std::uint64_t Mix(std::uint64_t seed, std::uint64_t what, std::uint64_t index);

/// About `point`, at most `meters` away to the north and to the east.
care::Point Near(const care::Point& point, std::uint64_t bits, double meters);

}  // namespace sas::bench
