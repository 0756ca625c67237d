#include "services/regulation/domain/patient_place.h"

#include <gtest/gtest.h>

#include "common/care/department.h"
#include "common/testing/status_matchers.h"

namespace sas::regulation {
namespace {

using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

constexpr care::Point kChallans{46.8458, -1.8794};

RoughPoint North(double meters, double radius = 0) {
  return {{kChallans.latitude + meters / 111195, kChallans.longitude}, radius};
}

TEST(PatientPlace, H05_ConflictTable) {
  struct Row {
    double apart, said_radius, telephone_radius;
    bool conflict;
  };

  for (const Row& row :
       {Row{0, 0, 0, false}, Row{1990, 0, 0, false}, Row{2020, 0, 0, true},
        Row{2020, 0, 100, false}, Row{9000, 0, 6900, true},
        Row{9000, 0, 7100, false},  // A cell of the network says nothing.
        Row{6500, kCommuneRadiusMeters, 0, false}, Row{7100, kCommuneRadiusMeters, 0, true},
        Row{150000, kCommuneRadiusMeters, 100000, true}}) {
    const int meters =
        ConflictMeters(North(0, row.said_radius), North(row.apart, row.telephone_radius));
    EXPECT_EQ(meters > 0, row.conflict) << row.apart << " " << row.telephone_radius;
    EXPECT_NEAR(meters, row.conflict ? row.apart : 0, row.apart * 0.01) << row.apart;
  }
  EXPECT_EQ(ConflictMeters(std::nullopt, North(9000)), 0);
  EXPECT_EQ(ConflictMeters(North(9000), std::nullopt), 0);
}

TEST(PatientPlace, H05_OutsideTable) {
  struct Row {
    const char *territory, *commune;
    bool outside;
  };

  for (const Row& row :
       {Row{"85", "85047", false}, Row{"85", "44109", true}, Row{"85", "", false},
        Row{"2A", "2A004", false}, Row{"2A", "2B033", true}, Row{"2B", "2B033", false},
        Row{"974", "97411", false}, Row{"971", "97411", true}, Row{"97", "97411", true},
        Row{"971", "97105", false}, Row{"971", "97701", false}, Row{"971", "97801", false},
        Row{"972", "97701", true}, Row{"976", "97608", false}, Row{"975", "97502", false},
        Row{"01", "01004", false}, Row{"10", "01004", true}, Row{"75", "75112", false}}) {
    EXPECT_EQ(IsOutside(row.territory, row.commune), row.outside)
        << row.territory << " " << row.commune;
  }
}

TEST(PatientPlace, H05_APlaceOutsideIsSaidTwice) {
  const absl::Status refused = CheckInside("85", "44109", "Nantes", false);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition, "PLACE_OUTSIDE_TERRITORY"));
  EXPECT_THAT(std::string(refused.message()), ::testing::HasSubstr("Nantes, département 44"));
  EXPECT_THAT(std::string(CheckInside("2A", "2B033", "", false).message()),
              ::testing::HasSubstr("2B033, département 2B"));
  EXPECT_THAT(CheckInside("85", "44109", "Nantes", true), IsOk());
  EXPECT_THAT(CheckInside("85", "85047", "Challans", false), IsOk());
  EXPECT_THAT(CheckInside("85", "", "", false), IsOk());
}

TEST(PatientPlace, H05_APointIsOfItsCommune) {
  EXPECT_THAT(CheckPointOfCommune(kChallans, "85047", "p"), IsOk());
  EXPECT_THAT(CheckPointOfCommune(kChallans, "", "p"), IsOk());
  // Latitude and longitude exchanged, and a homonym at the other end of the country.
  EXPECT_THAT(CheckPointOfCommune({-1.8794, 46.8458}, "85047", "p"),
              ReasonIs("POINT_FAR_FROM_COMMUNE"));
  EXPECT_THAT(CheckPointOfCommune({-20.8789, 55.4481}, "93066", "p"),  // Saint-Denis.
              ReasonIs("POINT_FAR_FROM_COMMUNE"));
  EXPECT_THAT(CheckPointOfCommune({-20.8789, 55.4481}, "97411", "p"), IsOk());
  EXPECT_THAT(CheckPointOfCommune({42.3, 9.15}, "2B033", "p"), IsOk());
  EXPECT_THAT(CheckPointOfCommune({43.3, 5.4}, "2A004", "p"), ReasonIs("POINT_FAR_FROM_COMMUNE"));
  // The wide land of Guyane, and islands of which nothing is known.
  EXPECT_THAT(CheckPointOfCommune({2.2, -54.4}, "97353", "p"), IsOk());
  EXPECT_THAT(CheckPointOfCommune({18.07, -63.05}, "97801", "p"), IsOk());
  // Just over the border of the département: a farm may lie there.
  EXPECT_THAT(CheckPointOfCommune({47.2, -1.55}, "85047", "p"), IsOk());
}

}  // namespace
}  // namespace sas::regulation
