#include "services/slots/commune_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/base/status.h"
#include "common/testing/status_matchers.h"

namespace sas::slots {
namespace {

using sas::testing::IsOk;
using sas::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

type::v1::Commune Commune(const std::string& code, const std::string& name,
                          const std::string& department, const std::string& postal,
                          int population) {
  type::v1::Commune commune;
  commune.set_insee_code(code);
  commune.set_display_name(name);
  commune.set_department_code(department);
  commune.add_postal_codes(postal);
  commune.set_population(population);
  commune.mutable_point()->set_latitude_degrees(46.8);
  commune.mutable_point()->set_longitude_degrees(-1.9);
  return commune;
}

class CommuneTableTest : public ::testing::Test {
 protected:
  std::string Message(std::string_view code) {
    const auto centre = table_.Centre(code, "insee_code");
    EXPECT_THAT(centre, StatusIs(absl::StatusCode::kInvalidArgument, "UNKNOWN_COMMUNE"));
    return std::string(centre.status().message());
  }

  const CommuneTable table_{{Commune("85047", "Challans", "85", "85300", 22943),
                             Commune("85284", "Soullans", "85", "85300", 4400),
                             Commune("44203", "Vue", "44", "44640", 1600),
                             Commune("85234", "Saint-Jean-de-Monts", "85", "85160", 8900),
                             Commune("42249", "Saint-Jean-de-Monts", "42", "42111", 300)}};
};

TEST_F(CommuneTableTest, InseeCodeHasACentre) {
  const auto centre = table_.Centre("85047", "insee_code");
  ASSERT_THAT(centre, IsOk());
  EXPECT_DOUBLE_EQ(centre->latitude, 46.8);
  EXPECT_DOUBLE_EQ(centre->longitude, -1.9);
}

TEST_F(CommuneTableTest, H05_PostalCodeIsNoCommuneAndNamesThoseItCovers) {
  EXPECT_THAT(Message("85300"), HasSubstr("Challans (85) 85047, Soullans (85) 85284"));
}

TEST_F(CommuneTableTest, H05_HomonymsAreToldApartByTheirDepartment) {
  EXPECT_THAT(Message("saint jean de monts"),
              HasSubstr("Saint-Jean-de-Monts (85) 85234, Saint-Jean-de-Monts (42) 42249"));
}

TEST_F(CommuneTableTest, UnknownTextSaysHowToFindACommune) {
  EXPECT_THAT(Message("99999"), HasSubstr("SearchCommunes"));
  EXPECT_THAT(Message("99999"), Not(HasSubstr("Challans")));
}

TEST_F(CommuneTableTest, AtMostFiveCandidatesAreNamed) {
  std::vector<type::v1::Commune> communes;
  for (int i = 0; i < 46; ++i) {
    communes.push_back(
        Commune(std::to_string(51000 + i), "C" + std::to_string(i), "51", "51300", 1000 - i));
  }
  const auto centre = CommuneTable(communes).Centre("51300", "insee_code");
  EXPECT_THAT(base::DetailOf(centre.status()).metadata,
              ::testing::Contains(::testing::Pair("candidate_count", "46")));
  EXPECT_THAT(std::string(centre.status().message()), HasSubstr("C4 (51) 51004 and others"));
}

}  // namespace
}  // namespace sas::slots
