#include "services/booking/domain/severity.h"

#include <gtest/gtest.h>

#include <random>

#include "common/base/status.h"
#include "common/testing/status_matchers.h"

namespace sas::booking {
namespace {

using testing::ReasonIs;
using testing::StatusIs;

base::Actor Pharmacist() {
  base::Actor actor;
  actor.role = base::Role::kProfessional;
  actor.profession = "21";
  return actor;
}

base::Actor Regulator() {
  base::Actor actor;
  actor.role = base::Role::kRegulatorMg;
  return actor;
}

TEST(Severity, AnAnsweredFormPasses) {
  const auto lifted =
      PassSeverity({{"purpura", true, SignAnswer::kNo}, {"raideur", false, SignAnswer::kNotAsked}},
                   Pharmacist(), "");
  ASSERT_TRUE(lifted.ok());
  EXPECT_FALSE(*lifted);
  EXPECT_TRUE(PassSeverity({}, Pharmacist(), "").ok());
}

TEST(Severity, S2_12_APositiveSignStopsTheBookingAndProposesThe15) {
  const auto refused = PassSeverity({{"purpura", false, SignAnswer::kYes}}, Pharmacist(), "");
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition, "SEVERITY_SIGN"));
  const base::Metadata expected{{"propose", "15"}, {"positive", "purpura"}};
  EXPECT_EQ(base::DetailOf(refused.status()).metadata, expected);
  EXPECT_NE(refused.status().message().find("15"), std::string::npos);
}

TEST(Severity, S2_12_H06_NotAskedIsNeverNo) {
  const auto refused = PassSeverity(
      {{"purpura", true, SignAnswer::kNotAsked}, {"dyspnee", true, SignAnswer::kNotAsked}},
      Pharmacist(), "");
  EXPECT_THAT(refused, ReasonIs("SEVERITY_SIGN"));
  const base::Metadata expected{{"propose", "15"}, {"unasked", "purpura,dyspnee"}};
  EXPECT_EQ(base::DetailOf(refused.status()).metadata, expected);
}

TEST(Severity, S2_12_H06_OnlyADoctorLiftsItAndSaysWhy) {
  const std::vector<SeveritySign> positive{{"purpura", true, SignAnswer::kYes}};
  EXPECT_THAT(PassSeverity(positive, Pharmacist(), "vu ce matin"), ReasonIs("SEVERITY_SIGN"));
  EXPECT_THAT(PassSeverity(positive, Regulator(), ""), ReasonIs("SEVERITY_SIGN"));
  const auto lifted = PassSeverity(positive, Regulator(), "lésion ancienne");
  ASSERT_TRUE(lifted.ok());
  EXPECT_TRUE(*lifted);
  base::Actor mao = Pharmacist();
  mao.profession = "10";
  EXPECT_TRUE(PassSeverity(positive, mao, "lésion ancienne").ok());
}

// H-06: whatever the form, a positive or unasked mandatory sign never books without a doctor.
TEST(Severity, H06_PositiveSignNeverBooksWithoutOverride) {
  std::mt19937 chance(20261123);
  for (int round = 0; round < 20'000; ++round) {
    std::vector<SeveritySign> signs(chance() % 6);
    bool stops = false;
    for (SeveritySign& sign : signs) {
      sign.code = "s";
      sign.mandatory = chance() % 2 == 0;
      sign.answer = static_cast<SignAnswer>(chance() % 4);
      stops = stops || sign.answer == SignAnswer::kYes ||
              (sign.mandatory && sign.answer == SignAnswer::kNotAsked);
    }
    EXPECT_EQ(PassSeverity(signs, Pharmacist(), "because").ok(), !stops);
  }
}

}  // namespace
}  // namespace sas::booking
