// Column hours_caps of a coordinator's sites: "6 in the morning, 4 on Saturday" (S2-26).

#include <string>
#include <utility>
#include <vector>

#include "tests/rpc/slots_import/import_fixture.h"

namespace sas::slots {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kWithout[] =
    "site_id;structure_id;structure_name;kind;display_name;insee_code;territories;opening_date\n"
    "msp-a;msp-a;MSP A;MSP;MSP A;85047;85;2024-01-01\n";

/// Caps are changed by files that have no other column.
class HoursCapsColumn : public ImportTest {
 protected:
  void SetUp() override {
    ImportTest::SetUp();
    ImportCommunes();
    EXPECT_EQ(Sites(kWithout).last.totals().applied_count(), 1);
  }

  FileTold Sites(const std::string& bytes) {
    FileSent file;
    file.format = v1::ImportHeader::FORMAT_SITES;
    file.bytes = bytes;
    file.import_id = "sites-" + std::to_string(++files_);
    return SendWell(file);
  }

  FileTold Caps(const std::string& cell) {
    return Sites("site_id;hours_caps\nmsp-a;" + cell + "\n");
  }

  /// "1 2 | 08:00 | 12:00 | 6" of each cap that the site has.
  std::vector<std::string> Kept() {
    std::vector<std::string> caps;
    const v1::Site site = Read().sites.at("regions/fr-pdl/sites/msp-a");
    for (const v1::HoursCap& cap : site.hours_caps()) {
      std::string& text = caps.emplace_back();
      for (const int day : cap.weekdays()) text += std::to_string(day) + " ";
      text += "| " + cap.start_time_of_day() + " | " + cap.end_time_of_day() + " | " +
              std::to_string(cap.appointment_max());
    }
    return caps;
  }

  int files_ = 0;
};

TEST_F(HoursCapsColumn, S2_26_CapsAreReadAndReplaceThoseThatWereThere) {
  EXPECT_EQ(Caps("1-5 08:00-12:00=6|1-5 13:00-=4 | 6=10").last.totals().applied_count(), 1);
  EXPECT_THAT(Kept(), ElementsAre("1 2 3 4 5 | 08:00 | 12:00 | 6", "1 2 3 4 5 | 13:00 |  | 4",
                                  "6 |  |  | 10"));
  EXPECT_EQ(Caps("1-5 08:00-12:00=6|1-5 13:00-=4 | 6=10").last.totals().unchanged_count(), 1);
  EXPECT_EQ(Caps("18:00-20:00=2").last.totals().applied_count(), 1);
  EXPECT_THAT(Kept(), ElementsAre("| 18:00 | 20:00 | 2"));
}

TEST_F(HoursCapsColumn, S2_26_AMissingColumnLeavesThemAnEmptyCellTakesThemAway) {
  Caps("6=4");
  EXPECT_EQ(Sites("site_id;local_tip\nmsp-a;Sonner\n").last.totals().applied_count(), 1);
  EXPECT_THAT(Kept(), ElementsAre("6 |  |  | 4"));
  EXPECT_EQ(Caps("").last.totals().applied_count(), 1);
  EXPECT_THAT(Kept(), IsEmpty());
}

TEST_F(HoursCapsColumn, S2_26_AWrongCapIsToldWithItsColumnAndLeavesTheSite) {
  Caps("6=4");
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"lun-ven 18:00-20:00=4", "INVALID_HOURS_CAP"},
      {"1-5 18:00-20:00", "INVALID_HOURS_CAP"},
      {"1-8=4", "INVALID_HOURS_CAP"},
      {"1-5 18h-20h=4", "INVALID_TIME_OF_DAY"},
      {"1-5 20:00-18:00=4", "INVALID_HOURS_CAP"},
      {"1-5 18:00-20:00=quatre", "INVALID_NUMBER"},
      {"1-5=0", "NUMBER_OUT_OF_RANGE"},
      {"1-5=1001", "NUMBER_OUT_OF_RANGE"},
      {"1-5 08:00-12:00=4|5 11:59-=4", "INVALID_HOURS_CAP"},
      {"1=1|2=1|3=1|4=1|5=1|6=1|7 08:00-12:00=1|7 12:00-14:00=1|7 14:00-=1", "TOO_MANY_VALUES"},
  };
  for (const auto& [cell, reason] : wrong) {
    const FileTold told = Caps(cell);
    ASSERT_EQ(told.refused.size(), 1U) << cell;
    EXPECT_EQ(told.refused[0].line(), 2) << cell;
    EXPECT_EQ(told.refused[0].field(), "hours_caps") << cell;
    EXPECT_EQ(told.refused[0].reason(), reason) << cell;
    EXPECT_FALSE(told.refused[0].message().empty()) << cell;
    EXPECT_THAT(Kept(), ElementsAre("6 |  |  | 4")) << cell;
  }
  // At the bound: eight.
  EXPECT_THAT(Caps("1=1|2=1|3=1|4=1|5=1|6=1|7 08:00-12:00=1|7 12:00-=1").refused, IsEmpty());
  EXPECT_EQ(Kept().size(), 8U);
}

}  // namespace
}  // namespace sas::slots
