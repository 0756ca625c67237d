#include "services/booking/domain/source.h"

#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"

namespace sas::booking {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::IsOk;
using testing::ReasonIs;

const base::Instant kNow{seconds(1'795'510'800)};

// A quarter of an hour, or a quarter of what is left.
TEST(Source, H28_TheAnswerIsWaitedForAsLongAsThereIsTime) {
  EXPECT_EQ(AnswerDue(kNow, kNow + hours(24)), kNow + minutes(15));
  EXPECT_EQ(AnswerDue(kNow, kNow + hours(1)), kNow + minutes(15));
  EXPECT_EQ(AnswerDue(kNow, kNow + minutes(59)), kNow + seconds(59 * 15));
  EXPECT_EQ(AnswerDue(kNow, kNow + minutes(20)), kNow + minutes(5));
  EXPECT_EQ(AnswerDue(kNow, kNow + minutes(4)), kNow + minutes(1));
  EXPECT_EQ(AnswerDue(kNow, kNow + minutes(1)), kNow + minutes(1));
  EXPECT_EQ(AnswerDue(kNow, kNow - minutes(5)), kNow + minutes(1));
}

TEST(Source, AsksAgainMoreAndMoreSeldom) {
  EXPECT_EQ(AskAgain(1), seconds(1));
  EXPECT_EQ(AskAgain(2), seconds(2));
  EXPECT_EQ(AskAgain(6), seconds(32));
  EXPECT_EQ(AskAgain(7), seconds(60));
  EXPECT_EQ(AskAgain(1000), seconds(60));
}

struct Case {
  State now;
  Arrival arrival;
  SourceState told;
  Effect effect;
};

// Every pair of what stands here and what the source says.
TEST(Source, S2_44_WhatAReportDoesFollowsFromWhatStandsHere) {
  constexpr auto kNone = Arrival::kUnspecified;
  const Case cases[] = {
      {State::kPending, kNone, SourceState::kBooked, Effect::kConfirm},
      {State::kPending, kNone, SourceState::kRefused, Effect::kRefuse},
      {State::kPending, kNone, SourceState::kCancelled, Effect::kRefuse},
      {State::kBooked, kNone, SourceState::kBooked, Effect::kNothing},
      {State::kBooked, kNone, SourceState::kRefused, Effect::kCancel},
      {State::kBooked, Arrival::kExpected, SourceState::kCancelled, Effect::kCancel},
      {State::kBooked, Arrival::kArrived, SourceState::kCancelled, Effect::kAsk},
      {State::kBooked, Arrival::kInConsultation, SourceState::kRefused, Effect::kAsk},
      {State::kCancelled, kNone, SourceState::kBooked, Effect::kCancelAt},
      {State::kCancelled, kNone, SourceState::kRefused, Effect::kNothing},
      {State::kCancelled, kNone, SourceState::kCancelled, Effect::kNothing},
      {State::kFulfilled, Arrival::kLeft, SourceState::kCancelled, Effect::kNothing},
      {State::kNoShow, kNone, SourceState::kBooked, Effect::kNothing},
      {State::kAbandoned, kNone, SourceState::kCancelled, Effect::kNothing},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(JudgeSource(each.now, each.arrival, each.told), each.effect)
        << StateName(each.now) << " told " << static_cast<int>(each.told);
  }
}

TEST(Source, H32_NoJoinOnATimeOnlyNorOnOneFact) {
  using F = JoinFact;
  EXPECT_THAT(CheckJoinFacts({}), ReasonIs("JOIN_FACTS_REQUIRED"));
  EXPECT_THAT(CheckJoinFacts({F::kStartTime}), ReasonIs("JOIN_FACTS_REQUIRED"));
  EXPECT_THAT(CheckJoinFacts({F::kStartTime, F::kStartTime}), ReasonIs("JOIN_FACTS_REQUIRED"));
  EXPECT_THAT(CheckJoinFacts({F::kPatientSays}), ReasonIs("JOIN_FACTS_REQUIRED"));
  EXPECT_THAT(CheckJoinFacts({F::kPatientSays, F::kUnspecified}), ReasonIs("JOIN_FACTS_REQUIRED"));
  EXPECT_THAT(CheckJoinFacts({F::kStartTime, F::kPractitioner}), IsOk());
  EXPECT_THAT(CheckJoinFacts({F::kRegulator, F::kPracticeSays}), IsOk());
}

TEST(Source, H32_AFactThatTheLedgerKnowsOtherwiseIsNone) {
  using F = JoinFact;
  const JoinSide told{kNow, "99709850103"};
  EXPECT_THAT(CheckFactsHold({F::kStartTime, F::kPractitioner}, told, told), IsOk());
  EXPECT_THAT(
      CheckFactsHold({F::kStartTime, F::kPatientSays}, told, {kNow + minutes(15), "99709850103"}),
      ReasonIs("JOIN_FACT_DIFFERS"));
  EXPECT_THAT(CheckFactsHold({F::kPractitioner, F::kPatientSays}, told, {kNow, "99709850111"}),
              ReasonIs("JOIN_FACT_DIFFERS"));
  // Nobody said that, or one side does not know.
  EXPECT_THAT(
      CheckFactsHold({F::kRegulator, F::kPatientSays}, told, {kNow + minutes(15), "99709850111"}),
      IsOk());
  EXPECT_THAT(CheckFactsHold({F::kPractitioner, F::kPatientSays}, told, {kNow, ""}), IsOk());
}

TEST(Source, H40_TheLinkCarriesTheBookingIdAndWhereItComesFrom) {
  EXPECT_EQ(RedirectUrl("https://rdv.example/agenda?dr=7", "regions/fr-pdl/appointments/a1"),
            "https://rdv.example/agenda?dr=7&origin=sas&ref=regions%2Ffr-pdl%2Fappointments%2Fa1");
  EXPECT_EQ(RedirectUrl("https://rdv.example/agenda?", "a1"),
            "https://rdv.example/agenda?origin=sas&ref=a1");
}

}  // namespace
}  // namespace sas::booking
