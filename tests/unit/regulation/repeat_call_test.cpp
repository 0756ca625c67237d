#include "services/regulation/domain/repeat_call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sas::regulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using enum RepeatMatch;

constexpr base::Instant kNow{hours(24 * 365 * 50)};
constexpr care::Point kHere{46.8458, -1.8794};

// Degrees of latitude of so many metres.
care::Point North(double meters) {
  return {kHere.latitude + meters / 111195, kHere.longitude};
}

RepeatCall Call() {
  return {"+33199000001", kHere, "85047", "M03.14", kNow};
}

RepeatFacts Facts() {
  RepeatFacts facts;
  facts.numbers = {"+33199000009"};
  facts.last_call = kNow - minutes(5);
  facts.open = true;
  return facts;
}

std::vector<RepeatMatch> Matches(const RepeatFacts& facts) {
  return Resembles(Call(), facts).matches;
}

TEST(RepeatCall, H07_WhatSpeaksForADossier) {
  EXPECT_THAT(Matches(Facts()), IsEmpty());
  RepeatFacts facts = Facts();
  facts.numbers = {"+33199000008", "+33199000001"};
  EXPECT_THAT(Matches(facts), ElementsAre(kSameNumber));
  facts.motif_code = "M03.14";
  EXPECT_THAT(Matches(facts), ElementsAre(kSameNumber, kSameMotif));
  facts.point = North(100);
  facts.insee_code = "85047";
  EXPECT_THAT(Matches(facts), ElementsAre(kSameNumber, kNear, kSameCommune, kSameMotif));
  EXPECT_NEAR(*Resembles(Call(), facts).distance_meters, 100, 1);
}

TEST(RepeatCall, H07_TheMotifAloneProposesNothing) {
  RepeatFacts facts = Facts();
  facts.motif_code = "M03.14";
  EXPECT_THAT(Matches(facts), IsEmpty());
}

TEST(RepeatCall, H07_NearIsThreeHundredMetresAndThirtyMinutes) {
  RepeatFacts facts = Facts();
  facts.point = North(299);
  EXPECT_THAT(Matches(facts), ElementsAre(kNear));
  facts.point = North(302);
  EXPECT_THAT(Matches(facts), IsEmpty());
  facts.point = North(299);
  facts.last_call = kNow - minutes(30);
  EXPECT_THAT(Matches(facts), ElementsAre(kNear));
  facts.last_call -= seconds(1);
  EXPECT_THAT(Matches(facts), IsEmpty());
  facts.insee_code = "85047";
  EXPECT_THAT(Matches(facts), IsEmpty());
  facts.last_call = kNow - minutes(30);
  facts.point.reset();
  EXPECT_THAT(Matches(facts), ElementsAre(kSameCommune));
}

TEST(RepeatCall, H07_ANumberIsRememberedWhileTheDossierIsOpenAndADayLonger) {
  RepeatFacts facts = Facts();
  facts.numbers = {"+33199000001"};
  facts.last_call = kNow - hours(24 * 30);
  EXPECT_THAT(Matches(facts), ElementsAre(kSameNumber));
  facts.open = false;
  facts.ended = kNow - hours(24) + seconds(1);
  EXPECT_THAT(Matches(facts), ElementsAre(kSameNumber));
  facts.ended = kNow - hours(24);
  EXPECT_THAT(Matches(facts), IsEmpty());
}

TEST(RepeatCall, H07_WhatIsNotKnownMatchesNothing) {
  RepeatFacts facts = Facts();
  facts.numbers = {""};
  facts.point = kHere;
  RepeatCall nothing;
  nothing.now = kNow;
  EXPECT_THAT(Resembles(nothing, facts).matches, IsEmpty());
}

TEST(RepeatCall, H07_TheNumberRanksBeforeThePlaceThenTheMotifThenTheHour) {
  const Resemblance number{{kSameNumber}, {}};
  const Resemblance number_and_motif{{kSameNumber, kSameMotif}, {}};
  const Resemblance place{{kNear, kSameCommune, kSameMotif}, 10};
  EXPECT_TRUE(IsBetter(number, kNow - hours(5), place, kNow));
  EXPECT_FALSE(IsBetter(place, kNow, number, kNow - hours(5)));
  EXPECT_TRUE(IsBetter(number_and_motif, kNow - hours(5), number, kNow));
  EXPECT_TRUE(IsBetter(number, kNow, number, kNow - hours(1)));
  EXPECT_FALSE(IsBetter(number, kNow, number, kNow));
}

}  // namespace
}  // namespace sas::regulation
