#include "tools/bench_driver/synthetic_region.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>

#include "services/slots/convert.h"
#include "services/slots/domain/session_plan.h"
#include "tools/bench_driver/comparator_rows.h"
#include "tools/bench_driver/questions.h"

namespace sas::bench {
namespace {

constexpr char kHead[] = "code_insee,nom,departement,region,codes_postaux,population,lat,lon,x\n";

/// A folder that goes with the test.
class SyntheticRegionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char folder[] = "/tmp/sas-bench-test-XXXXXX";
    ASSERT_NE(mkdtemp(folder), nullptr);
    folder_ = folder;
  }

  void TearDown() override { std::system(("rm -rf " + folder_).c_str()); }

  std::string Write(const std::string& text) const {
    const std::string file = folder_ + "/communes.csv";
    std::ofstream(file) << text;
    return file;
  }

  // One large commune beside a small one, a third beyond the border of the département.
  std::vector<CommuneRow> Communes() const {
    return ReadCommunes(Write(std::string(kHead) +
                              "85047,Challans,85,52,85300,90000,46.8458,-1.8794,g\n"
                              "85001,Petite,85,52,85999|85998,1000,46.80,-1.90,g\n"
                              "44001,Voisine,44,52,44999,9000,46.93,-1.88,g\n"
                              "97101,Lointaine,971,01,97100,50000,16.2,-61.5,g\n"
                              "85002,Sans point,85,52,85000,5000,,,g\n"));
  }

  static RegionOptions Options(int sites, std::int64_t slots) {
    RegionOptions options;
    options.sites = sites;
    options.slots = slots;
    options.now = base::Instant(std::chrono::seconds(1'795'510'800));  // A Tuesday in November.
    return options;
  }

  std::string folder_;
};

TEST_F(SyntheticRegionTest, ReadsMetropolitanCommunesThatHaveAPoint) {
  const auto communes = Communes();
  ASSERT_EQ(communes.size(), 3U);
  EXPECT_EQ(communes[1].postal_codes, (std::vector<std::string>{"85999", "85998"}));
  EXPECT_THROW(ReadCommunes(Write("name;population\n")), std::runtime_error);
  EXPECT_THROW(ReadCommunes(folder_ + "/none.csv"), std::runtime_error);
}

TEST_F(SyntheticRegionTest, SitesFollowThePopulation) {
  int large = 0;
  const auto territory = MakeSyntheticRegion(Communes(), Options(1000, 10'000));
  for (const auto& site : territory.sites()) large += site.place().insee_code() == "85047" ? 1 : 0;
  EXPECT_NEAR(large, 900, 40);
}

TEST_F(SyntheticRegionTest, HasAsManySlotsAsAskedForAtEverySize) {
  for (const std::int64_t wanted : {500, 5'000, 50'000, 160'000}) {
    const RegionOptions options = Options(1000, wanted);
    const auto counts = WriteSiteRows(MakeSyntheticRegion(Communes(), options), options, folder_);
    EXPECT_EQ(counts.sites, 1000);
    EXPECT_NEAR(static_cast<double>(counts.slots) / static_cast<double>(wanted), 1, 0.05) << wanted;
  }
}

TEST_F(SyntheticRegionTest, PlansAreThoseADirectoryWouldTake) {
  const auto territory = MakeSyntheticRegion(Communes(), Options(200, 10'000));
  for (const auto& plan : territory.session_plans()) {
    const auto values = slots::ToPlan(plan);
    ASSERT_TRUE(values.ok());
    EXPECT_TRUE(slots::CheckPlan(*values, slots::PlanFrame(), "").ok()) << plan.ShortDebugString();
  }
}

TEST_F(SyntheticRegionTest, EverythingMadeSaysSo) {
  const auto territory = MakeSyntheticRegion(Communes(), Options(50, 2000));
  for (const auto& site : territory.sites()) {
    EXPECT_NE(site.display_name().find("synthétique"), std::string::npos);
  }
  for (const auto& each : territory.practitioners()) {
    EXPECT_NE(each.display_name().find("Synthétique"), std::string::npos);
    EXPECT_EQ(each.rpps().substr(0, 2), "99") << "the range of test identities";
  }
}

TEST_F(SyntheticRegionTest, OneSeedMakesOneRegion) {
  const RegionOptions options = Options(100, 5000);
  const std::string once = MakeSyntheticRegion(Communes(), options).SerializeAsString();
  EXPECT_EQ(once, MakeSyntheticRegion(Communes(), options).SerializeAsString());
  RegionOptions other = options;
  other.seed = 1;
  EXPECT_NE(once, MakeSyntheticRegion(Communes(), other).SerializeAsString());
}

TEST_F(SyntheticRegionTest, NearABorderBothDepartementsAreReceived) {
  const auto territory = MakeSyntheticRegion(Communes(), Options(100, 5000));
  std::set<std::string> territories;
  for (const auto& site : territory.sites()) {
    territories.insert(site.territories().begin(), site.territories().end());
    EXPECT_EQ(site.territories_size(), 2) << site.place().insee_code();
  }
  EXPECT_EQ(territories, (std::set<std::string>{"44", "85"}));
}

TEST_F(SyntheticRegionTest, QuestionsAreTheSameInEveryForm) {
  const auto questions = MakeQuestions(Communes(), 64, 7);
  WriteQuestionRows(questions, folder_);
  const auto rows = ReadRows(folder_ + "/questions.csv");
  ASSERT_EQ(rows.size(), questions.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto request = ToRequest(questions[i], "fr-banc");
    EXPECT_NEAR(std::stod(rows[i][0]), request.point().latitude_degrees(), 1e-6);
    EXPECT_EQ(rows[i][2], request.need().territory());
    EXPECT_EQ(std::stoi(rows[i][3]), 1 << request.need().entry_point());
    EXPECT_EQ(std::stoi(rows[i][5]), request.need().age().value() * kMonthsPerYear);
  }
}

}  // namespace
}  // namespace sas::bench
