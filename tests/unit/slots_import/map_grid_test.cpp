#include "services/slots/domain/map_grid.h"

#include <gtest/gtest.h>

namespace sas::slots {
namespace {

struct Known {
  const char* what;
  MapGrid grid;
  double x, y;  ///< Made from the degrees by Snyder's forward series, apart from the code.
  care::Point point;
};

const Known kKnown[] = {
    {"origin", MapGrid::kLambert93, 700'000, 6'600'000, {46.5, 3}},
    {"Challans", MapGrid::kLambert93, 328'409.77, 6'649'889.05, {46.8458, -1.8794}},
    {"Brest", MapGrid::kLambert93, 146'632.98, 6'836'262.33, {48.3904, -4.4861}},
    {"Bonifacio", MapGrid::kLambert93, 1'216'166.56, 6'051'870.46, {41.3874, 9.1594}},
    {"Dunkerque", MapGrid::kLambert93, 656'187.52, 7'104'472.92, {51.0344, 2.3768}},
    {"Basse-Terre", MapGrid::kUtm20North, 636'360.68, 1'769'187.47, {15.9985, -61.7256}},
    {"Fort-de-France", MapGrid::kUtm20North, 709'096.32, 1'616'759.73, {14.6161, -61.0588}},
    {"Saint-Pierre", MapGrid::kUtm21North, 562'869.80, 5'181'168.32, {46.7811, -56.1764}},
    {"Cayenne", MapGrid::kUtm22North, 352'980.20, 545'868.92, {4.9372, -52.3260}},
    {"Mamoudzou", MapGrid::kUtm38South, 524'735.37, 8'587'115.81, {-12.7806, 45.2279}},
    {"Saint-Denis", MapGrid::kUtm40South, 338'811.24, 7'690'101.36, {-20.8823, 55.4504}}};

TEST(MapGrid, H05_KnownPlacesLieWhereTheyAre) {
  for (const Known& known : kKnown) {
    const care::Point point = FromGrid(known.grid, known.x, known.y);
    EXPECT_LT(care::DistanceMeters(point, known.point), 0.5) << known.what;
  }
}

TEST(MapGrid, FollowsTheCommuneAndTheSource) {
  EXPECT_EQ(GridOfCommune("85047"), MapGrid::kLambert93);
  EXPECT_EQ(GridOfCommune("2A004"), MapGrid::kLambert93);
  EXPECT_EQ(GridOfCommune("97302"), MapGrid::kUtm22North);
  EXPECT_EQ(GridOfCommune("97408"), MapGrid::kUtm40South);
  EXPECT_EQ(GridOfCommune("97701"), MapGrid::kUtm20North);
  EXPECT_FALSE(GridOfCommune("98613"));
  EXPECT_EQ(GridOfSource("1,ATLASANTE,94,IGN,BD_ADRESSE,V2.1,LAMBERT_93"), MapGrid::kLambert93);
  EXPECT_EQ(GridOfSource("1,ATLASANTE,94,IGN,BD_ADRESSE,V2.1,UTM_S40"), MapGrid::kUtm40South);
  EXPECT_FALSE(GridOfSource(""));
}

}  // namespace
}  // namespace sas::slots
