#include "common/care/pdsa_hours.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "common/base/status.h"
#include "common/testing/status_matchers.h"

namespace sas::care {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;
using testing::ReasonIs;

constexpr TimeOfDay Time(int hours, int minutes = 0) {
  return {hours * 60 + minutes};
}

/// The national hours are back afterwards.
class PdsaHoursFile : public ::testing::Test {
 protected:
  ~PdsaHoursFile() override {
    std::remove(path_.c_str());
    EXPECT_THAT(UsePdsaHours(""), IsOk());
  }

  absl::Status Use(const std::string& text) {
    std::ofstream(path_) << text;
    return UsePdsaHours(path_);
  }

  // Tests run beside each other, each in its own process.
  const std::string path_ = ::testing::TempDir() + std::to_string(getpid()) + "_pdsa_hours.tsv";
};

TEST_F(PdsaHoursFile, ADepartementHasItsOwnAllOthersTheNational) {
  ASSERT_THAT(Use("# departement\tmatin\tsoir\tsamedi\n"
                  "85\t08:00\t20:00\t13:00\r\n"
                  "\n"
                  "2A\t07:30\t19:00\t12:00\n"
                  "974\t08:00\t19:00\t12:00"),
              IsOk());
  EXPECT_EQ(PdsaHoursOf("85047"), (PdsaHours{Time(8), Time(20), Time(13)}));
  EXPECT_EQ(PdsaHoursOf("2A004"), (PdsaHours{Time(7, 30), Time(19), Time(12)}));
  EXPECT_EQ(PdsaHoursOf("97408").evening, Time(19));
  EXPECT_EQ(PdsaHoursOf("97209"), PdsaHours{});
  EXPECT_EQ(PdsaHoursOf("44087"), PdsaHours{});
  EXPECT_EQ(PdsaHoursOf(""), PdsaHours{});

  const Date saturday{2026, 11, 28};
  const Date tuesday{2026, 11, 24};
  EXPECT_FALSE(IsPdsa(saturday, Time(12, 30), HolidayRegime::kMetropole, PdsaHoursOf("85047")));
  EXPECT_TRUE(IsPdsa(saturday, Time(13), HolidayRegime::kMetropole, PdsaHoursOf("85047")));
  EXPECT_TRUE(IsPdsa(saturday, Time(12, 30), HolidayRegime::kMetropole, PdsaHoursOf("44087")));
  EXPECT_TRUE(IsPdsa(tuesday, Time(19), HolidayRegime::kMetropole, PdsaHoursOf("2A004")));
  EXPECT_FALSE(IsPdsa(tuesday, Time(7, 30), HolidayRegime::kMetropole, PdsaHoursOf("2A004")));
  // A holiday and a Sunday are PDSA from the morning on, whenever that is.
  EXPECT_TRUE(IsPdsa({2026, 11, 29}, Time(7, 30), HolidayRegime::kMetropole, PdsaHoursOf("2A004")));
  EXPECT_TRUE(TouchesPdsa(tuesday, Time(18), Time(19, 15), HolidayRegime::kMetropole,
                          PdsaHoursOf("2A004")));
  EXPECT_THAT(PdsaHoursText(PdsaHoursOf("85047")),
              HasSubstr("20:00 to 08:00, Saturday from 13:00"));
}

TEST_F(PdsaHoursFile, ABadLineChangesNothing) {
  ASSERT_THAT(Use("85\t08:00\t20:00\t13:00\n"), IsOk());
  for (const char* bad :
       {"85\t08:00\t20:00\n", "85;08:00;20:00;13:00\n", "99\t08:00\t20:00\t13:00\n",
        "vendée\t08:00\t20:00\t13:00\n", "85\t8:00\t20:00\t13:00\n", "85\t24:00\t20:00\t13:00\n",
        "85\t04:59\t20:00\t13:00\n", "85\t10:01\t20:00\t13:00\n", "85\t08:00\t17:59\t13:00\n",
        "85\t08:00\t22:01\t13:00\n", "85\t08:00\t20:00\t09:59\n", "85\t08:00\t20:00\t20:01\n",
        "85\t08:00\t20:00\t13:00\n85\t08:00\t19:00\t13:00\n"}) {
    const absl::Status status = Use(std::string("# a comment\n") + bad);
    EXPECT_THAT(status, ReasonIs("INVALID_PDSA_HOURS")) << bad;
    EXPECT_THAT(std::string(base::FromAbsl(status.message())), HasSubstr("pdsa_hours.tsv:")) << bad;
    EXPECT_EQ(PdsaHoursOf("85047").saturday, Time(13)) << bad;
  }
  for (const char* good : {"85\t05:00\t18:00\t10:00\n", "85\t10:00\t22:00\t22:00\n"}) {
    EXPECT_THAT(Use(good), IsOk());
  }
  EXPECT_THAT(UsePdsaHours("/nowhere/at/all"), ReasonIs("INVALID_PDSA_HOURS"));
}

}  // namespace
}  // namespace sas::care
