#include "services/regulation/domain/dialled_number.h"

#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"

namespace sas::regulation {
namespace {

using testing::IsOk;
using testing::ReasonIs;

TEST(DialledNumber, S3_37_AShortNumberOrE164AndNothingElse) {
  for (const char* number : {"15", "18", "112", "3966", "116117", "+33199008515"}) {
    EXPECT_THAT(CheckDialledNumber(number, "n"), IsOk()) << number;
  }
  for (const char* number : {"", "1", "015", "0199008515", "1161171", "quinze", "15 ", "+33 1 99",
                             "++33199008515", "+3319900"}) {
    const absl::Status refused = CheckDialledNumber(number, "n");
    EXPECT_THAT(refused, ReasonIs("INVALID_DIALLED_NUMBER")) << number;
    if (std::string(number).size() > 3) {
      EXPECT_EQ(std::string(refused.message()).find(number), std::string::npos);
    }
  }
}

TEST(DialledNumber, PackingIsReversible) {
  for (const char* number : {"15", "116117", "+33199008515", "+199012345678901", "+19901234"}) {
    EXPECT_EQ(UnpackDialled(PackDialled(number)), number);
  }
  EXPECT_EQ(PackDialled(""), 0);
  EXPECT_EQ(UnpackDialled(0), "");
}

TEST(DialledNumber, S3_37_ANumberThatIsNoLineOfOursMakesNoLabel) {
  const Lines lines({"15", "+33199008515"});
  EXPECT_EQ(lines.LabelOf("15"), "15");
  EXPECT_EQ(lines.LabelOf("+33199008515"), "+33199008515");
  EXPECT_EQ(lines.LabelOf("116117"), "other");
  EXPECT_EQ(lines.LabelOf("+33199000001"), "other");
  EXPECT_EQ(lines.LabelOf(""), "unknown");
  EXPECT_EQ(lines.Labels(), (std::vector<std::string>{"15", "+33199008515", "other", "unknown"}));
  EXPECT_EQ(Lines().LabelOf("116117"), "116117");
  EXPECT_THAT(Lines::Check(std::vector<std::string>(Lines::kMax, "15")), IsOk());
  EXPECT_THAT(Lines::Check(std::vector<std::string>(Lines::kMax + 1, "15")),
              ReasonIs("TOO_MANY_ITEMS"));
  EXPECT_THAT(Lines::Check({"15", "here"}), ReasonIs("INVALID_DIALLED_NUMBER"));
}

}  // namespace
}  // namespace sas::regulation
