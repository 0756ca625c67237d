#include "common/base/status.h"

#include <gmock/gmock.h>

#include "common/testing/status_matchers.h"

namespace sas::base {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using testing::StatusIs;

TEST(Fail, CarriesReasonAndMetadata) {
  const absl::Status status =
      Fail(absl::StatusCode::kAborted, "CASE_ALREADY_CLAIMED", "the case is held by op-7",
           {{"owner", "op-7"}, {"case", "c:1"}});
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kAborted, "CASE_ALREADY_CLAIMED"));
  EXPECT_EQ(FromAbsl(status.message()), "the case is held by op-7");
  EXPECT_THAT(DetailOf(status).metadata, ElementsAre(Pair("owner", "op-7"), Pair("case", "c:1")));
  EXPECT_FALSE(DetailOf(status).retry_after.has_value());
}

TEST(Fail, KeepsAnyBytes) {
  const std::string odd("12:3\0:4", 7);
  const absl::Status status = Fail(absl::StatusCode::kAborted, "R", "m", {{odd, odd}, {"", ""}});
  EXPECT_THAT(DetailOf(status).metadata, ElementsAre(Pair(odd, odd), Pair("", "")));
}

TEST(InvalidField, NamesTheField) {
  const absl::Status status =
      InvalidField("appointment.slot", "INVALID_RESOURCE_NAME", "must be a slot");
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_RESOURCE_NAME"));
  EXPECT_EQ(FromAbsl(status.message()), "appointment.slot: must be a slot");
  const ErrorDetail detail = DetailOf(status);
  ASSERT_EQ(detail.violations.size(), 1u);
  EXPECT_EQ(detail.violations[0].field, "appointment.slot");
  EXPECT_EQ(detail.violations[0].description, "must be a slot");
  EXPECT_THAT(detail.metadata, ElementsAre(Pair("field", "appointment.slot")));
}

TEST(FailRetryable, CarriesTheDelay) {
  const absl::Status status = FailRetryable(absl::StatusCode::kResourceExhausted, "OVERLOADED",
                                            "later", std::chrono::milliseconds(250));
  ASSERT_TRUE(DetailOf(status).retry_after.has_value());
  EXPECT_EQ(*DetailOf(status).retry_after, std::chrono::milliseconds(250));
}

TEST(DetailOf, IsEmptyForAStatusWithoutOne) {
  EXPECT_EQ(ReasonOf(absl::OkStatus()), "");
  EXPECT_EQ(ReasonOf(absl::AbortedError("x")), "");
  EXPECT_TRUE(WithDetail(absl::OkStatus(), {}).ok());
}

absl::Status Chain(const absl::StatusOr<int>& given, int& seen) {
  SAS_ASSIGN_OR_RETURN(const int value, given);
  seen = value;
  SAS_RETURN_IF_ERROR(value > 1 ? Fail(absl::StatusCode::kOutOfRange, "BIG", "too big")
                                : absl::OkStatus());
  return absl::OkStatus();
}

TEST(Macros, HandTheFirstFailureOn) {
  int seen = 0;
  EXPECT_TRUE(Chain(1, seen).ok());
  EXPECT_EQ(seen, 1);
  EXPECT_THAT(Chain(2, seen), StatusIs(absl::StatusCode::kOutOfRange, "BIG"));
  EXPECT_THAT(Chain(Fail(absl::StatusCode::kNotFound, "GONE", "gone"), seen),
              StatusIs(absl::StatusCode::kNotFound, "GONE"));
  EXPECT_EQ(seen, 2);
}

TEST(Check, StopsTheProcess) {
  EXPECT_DEATH(SAS_CHECK(1 == 2, "numbers differ"), "numbers differ");
}

}  // namespace
}  // namespace sas::base
