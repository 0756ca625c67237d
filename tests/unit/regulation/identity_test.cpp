#include "services/regulation/domain/identity.h"

#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "services/regulation/domain/case_number.h"

namespace sas::regulation {
namespace {

using care::AgeUnit;
using testing::IsOk;
using testing::ReasonIs;

constexpr care::Date kToday{2026, 11, 24};

absl::Status Check(int value, AgeUnit unit, const care::Date& birth) {
  return CheckAgeAgainstBirth({value, unit}, birth, kToday, "patients[0].birth_date");
}

// age_unit_vectors: P6M is not P6Y.
TEST(Identity, H16_AgeAndBirthDateMustAgree) {
  EXPECT_THAT(Check(6, AgeUnit::kYear, {2020, 5, 1}), IsOk());
  EXPECT_THAT(Check(6, AgeUnit::kMonth, {2026, 5, 1}), IsOk());
  EXPECT_THAT(Check(6, AgeUnit::kMonth, {2020, 5, 1}), ReasonIs("AGE_DISAGREES"));
  EXPECT_THAT(Check(6, AgeUnit::kYear, {2026, 5, 1}), ReasonIs("AGE_DISAGREES"));
  EXPECT_THAT(Check(10, AgeUnit::kDay, {2026, 11, 14}), IsOk());
  EXPECT_THAT(Check(10, AgeUnit::kDay, {2026, 11, 4}), ReasonIs("AGE_DISAGREES"));
  EXPECT_THAT(Check(71, AgeUnit::kYear, {1955, 11, 24}), IsOk());  // The birthday itself.
  EXPECT_THAT(Check(70, AgeUnit::kYear, {1955, 11, 25}), IsOk());  // The day before it.
  EXPECT_THAT(Check(71, AgeUnit::kYear, {1950, 11, 24}), ReasonIs("AGE_DISAGREES"));
}

TEST(Identity, UnknownAgeAgreesWithAnyPastBirthDate) {
  EXPECT_THAT(Check(0, AgeUnit::kUnspecified, {1955, 11, 24}), IsOk());
  EXPECT_THAT(Check(0, AgeUnit::kUnspecified, {2026, 11, 25}), ReasonIs("BIRTH_DATE_IN_FUTURE"));
}

// phone_identity_is_provisional
TEST(Identity, H30_WhatIsHeardIsNeverSurerThanWhatWasKnown) {
  const auto of = [](IdentityStatus status, const std::string& name = "ROSSI") {
    return IdentityValue{name, "Ada", "1990-03-01", 1, status};
  };
  const auto check = [](const IdentityValue& heard, const IdentityValue* known) {
    return CheckHeardIdentity(heard, known, "patients[0].identity_status");
  };
  constexpr IdentityStatus kAll[] = {IdentityStatus::kUnspecified, IdentityStatus::kProvisional,
                                     IdentityStatus::kRetrieved, IdentityStatus::kValidated,
                                     IdentityStatus::kQualified};
  for (const IdentityStatus heard : kAll) {
    const bool provisional = heard <= IdentityStatus::kProvisional;
    EXPECT_EQ(check(of(heard), nullptr).ok(), provisional);
    for (const IdentityStatus known : kAll) {
      const IdentityValue before = of(known);
      EXPECT_EQ(check(of(heard), &before).ok(), provisional || heard <= known);
      // One trait that differs makes it what was heard, and no more.
      EXPECT_EQ(check(of(heard, "ROSSY"), &before).ok(), provisional);
    }
  }
  const IdentityValue sure = of(IdentityStatus::kQualified);
  IdentityValue other = sure;
  other.birth_date = "1990-03-02";
  EXPECT_THAT(check(other, &sure), ReasonIs("IDENTITY_NOT_PROVISIONAL"));
  other = sure;
  other.sex = 2;
  EXPECT_THAT(check(other, &sure), ReasonIs("IDENTITY_NOT_PROVISIONAL"));
  other = sure;
  other.given_names = "Eva";
  EXPECT_THAT(check(other, &sure), ReasonIs("IDENTITY_NOT_PROVISIONAL"));
}

TEST(CaseNumber, HasDepartmentSiteDayAndCount) {
  EXPECT_EQ(*FormatCaseNumber("85", kToday, 12),
            "DRFR1585026328"
            "00012");
  EXPECT_EQ(*FormatCaseNumber("2A", {2027, 1, 1}, 1),
            "DRFR152A027001"
            "00001");
  EXPECT_EQ(*FormatCaseNumber("974", {2028, 12, 31}, 99'999),
            "DRFR1597428366"
            "99999");
  EXPECT_EQ(FormatCaseNumber("974", kToday, 1)->size(), FormatCaseNumber("01", kToday, 1)->size());
  EXPECT_THAT(FormatCaseNumber("85", kToday, 100'000), ReasonIs("CASE_NUMBERS_EXHAUSTED"));
}

TEST(CaseNumber, CountsByTerritoryAndDay) {
  EXPECT_EQ(CaseCounter("85", kToday), "85-26328");
  EXPECT_NE(CaseCounter("85", kToday), CaseCounter("44", kToday));
  EXPECT_NE(CaseCounter("85", kToday), CaseCounter("85", {2026, 11, 25}));
}

}  // namespace
}  // namespace sas::regulation
