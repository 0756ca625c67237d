#include "services/regulation/domain/protocol_life.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "common/testing/status_matchers.h"

namespace sas::regulation {
namespace {

using std::chrono::hours;
using testing::IsOk;
using testing::ReasonIs;

constexpr base::Instant kNow{hours(24 * 20'000)};

VersionTimes Version(const char* name, bool is_signed, hours from_now) {
  return {name, is_signed, kNow + from_now};
}

TEST(ProtocolLife, S2_54_OneVersionIsInForce) {
  const std::vector<VersionTimes> all{Version("1", true, hours(-48)), Version("2", true, hours(-1)),
                                      Version("3", true, hours(5)), Version("4", false, hours(-1))};
  EXPECT_EQ(InForce(all, kNow), "2");
  EXPECT_EQ(StateOf(all[0], all, kNow), ProtocolState::kSuperseded);
  EXPECT_EQ(StateOf(all[1], all, kNow), ProtocolState::kInForce);
  EXPECT_EQ(StateOf(all[2], all, kNow), ProtocolState::kSigned);
  EXPECT_EQ(StateOf(all[3], all, kNow), ProtocolState::kDraft);
  // At the instant of its effect, not one microsecond earlier.
  EXPECT_EQ(InForce(all, kNow + hours(5)), "3");
  EXPECT_EQ(InForce(all, kNow + hours(5) - std::chrono::microseconds(1)), "2");
  EXPECT_EQ(InForce(all, kNow - hours(49)), "");
  EXPECT_EQ(InForce({}, kNow), "");
}

TEST(ProtocolLife, H49_TheNextInForceIsTheSignedOneThatTakesOver) {
  const std::vector<VersionTimes> all{
      Version("now", true, hours(-1)), Version("far", true, hours(9)),
      Version("near", true, hours(5)), Version("draft", false, hours(2))};
  EXPECT_EQ(NextInForce(all, kNow), "near");
  EXPECT_EQ(NextInForce(all, kNow + hours(5)), "far");
  EXPECT_EQ(NextInForce(all, kNow + hours(9)), "");
}

TEST(ProtocolLife, S2_54_H49_NeverTwoInForceAtAnyHour) {
  std::mt19937 random(54);
  const auto upto = [&](int n) { return std::uniform_int_distribution<int>(0, n)(random); };
  for (int round = 0; round < 2000; ++round) {
    std::vector<VersionTimes> all;
    for (int i = 0, n = upto(6); i < n; ++i) {
      all.push_back({std::to_string(i), upto(2) > 0, kNow + hours(upto(40) - 20)});
    }
    const base::Instant at = kNow + hours(upto(60) - 30);
    int in_force = 0;
    for (const VersionTimes& each : all) {
      if (StateOf(each, all, at) == ProtocolState::kInForce) ++in_force;
    }
    EXPECT_EQ(in_force, InForce(all, at).empty() ? 0 : 1);
  }
}

class SigningTest : public ::testing::Test {
 protected:
  Signing Draft(hours effect) {
    Signing signing;
    signing.signatory_rpps = signing.actor_rpps = "99704000027";
    signing.simulated = true;
    signing.version = Version("new", false, effect);
    signing.now = kNow;
    return signing;
  }
};

TEST_F(SigningTest, H49_TheNamedDoctorSignsWhatWasSimulated) {
  EXPECT_EQ(*EffectOf(Draft(hours(3)), {}), kNow + hours(3));
  Signing signing = Draft(hours(3));
  signing.actor_rpps = "99704000019";
  EXPECT_THAT(EffectOf(signing, {}), ReasonIs("NOT_THE_SIGNATORY"));
  signing.actor_rpps.clear();
  EXPECT_THAT(EffectOf(signing, {}), ReasonIs("NOT_THE_SIGNATORY"));
  signing = Draft(hours(3));
  signing.simulated = false;
  EXPECT_THAT(EffectOf(signing, {}), ReasonIs("SIMULATION_REQUIRED"));
}

TEST_F(SigningTest, H49_NothingIsInForceBeforeItIsSigned) {
  EXPECT_EQ(*EffectOf(Draft(hours(-100)), {}), kNow);
}

TEST_F(SigningTest, ASignedOneIsSigned) {
  Signing signing = Draft(hours(3));
  signing.version.is_signed = true;
  EXPECT_THAT(EffectOf(signing, std::vector{signing.version}), ReasonIs("ALREADY_SIGNED"));
}

TEST_F(SigningTest, S2_54_TwoVersionsNeverTakeEffectAtOneInstant) {
  EXPECT_THAT(EffectOf(Draft(hours(3)), std::vector{Version("other", true, hours(3))}),
              ReasonIs("EFFECT_TAKEN"));
  EXPECT_THAT(EffectOf(Draft(hours(3)), std::vector{Version("other", false, hours(3))}), IsOk());
}

TEST_F(SigningTest, H49_OneCommandReturnsToTheLastVersion) {
  Signing signing = Draft(hours(-48));
  signing.version = Version("old", true, hours(-48));
  const std::vector<VersionTimes> all{signing.version, Version("bad", true, hours(-1))};
  const auto effect = EffectOf(signing, all);
  ASSERT_THAT(effect, IsOk());
  EXPECT_EQ(*effect, kNow);
  EXPECT_EQ(InForce(std::vector{VersionTimes{"old", true, *effect}, all[1]}, kNow), "old");
}

TEST(ProtocolLife, AScopeBeginsWithItsTerritory) {
  EXPECT_EQ(TerritoryOfScope("85"), "85");
  EXPECT_EQ(TerritoryOfScope("2a"), "2A");
  EXPECT_EQ(TerritoryOfScope("85-lvo"), "85");
}

}  // namespace
}  // namespace sas::regulation
