#include "services/regulation/domain/call_silence.h"

#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"

namespace sas::regulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::IsOk;
using testing::ReasonIs;

class CallSilence : public ::testing::Test {
 protected:
  // The same band all day, every day.
  CallBands Flat(double low, double high, const std::string& territory = "85") const {
    std::string text = "territory,day,hour,low,high\n";
    for (const char* day : {"MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"}) {
      for (int hour = 0; hour < 24; ++hour) {
        text += territory + "," + day + "," + std::to_string(hour) + "," + std::to_string(low) +
                "," + std::to_string(high) + "\n";
      }
    }
    return *CallBands::Parse(text);
  }

  // One call each `gap` before now, over an hour, from `quiet` ago on.
  std::vector<base::Instant> Every(seconds gap, seconds quiet = seconds(1)) const {
    std::vector<base::Instant> calls;
    for (seconds ago = quiet; ago < hours(1); ago += gap) calls.push_back(now_ - ago);
    return calls;
  }

  CallVerdict Judge(const CallBands& bands, const std::vector<base::Instant>& calls,
                    minutes listened = minutes(600)) const {
    return JudgeCalls(bands, "85", calls, now_ - listened, now_, zone_);
  }

  const care::Zone zone_ = *care::Zone::Load("Europe/Paris");
  const base::Instant now_ = zone_.At({2026, 11, 24}, {14 * 60});
};

TEST_F(CallSilence, H43_FiveMinutesOfSilenceAreEnoughForABusyPlatform) {
  const CallBands bands = Flat(120, 300);  // 1.1 M dossiers a year are 125 in an hour.
  EXPECT_EQ(Judge(bands, Every(seconds(25))).state, CallState::kNormal);
  EXPECT_EQ(Judge(bands, Every(seconds(25), seconds(290))).state, CallState::kNormal);
  const CallVerdict silent = Judge(bands, Every(seconds(25), minutes(5)));
  EXPECT_EQ(silent.state, CallState::kSilent);
  EXPECT_EQ(silent.window, minutes(5));
  EXPECT_EQ(silent.calls, 0);
  EXPECT_DOUBLE_EQ(silent.low, 10);
}

TEST_F(CallSilence, H43_ARateFarBelowIsToldTooAndNotOnlyNothing) {
  const CallBands bands = Flat(120, 300);
  // Two thirds of the lines are cut: 40 in an hour.
  const CallVerdict verdict = Judge(bands, Every(seconds(90)));
  EXPECT_EQ(verdict.state, CallState::kSilent);
  EXPECT_EQ(verdict.window, minutes(15));
}

TEST_F(CallSilence, AQuietTerritoryIsLookedAtForLonger) {
  const CallBands bands = Flat(10, 40);  // A week night.
  EXPECT_EQ(Judge(bands, Every(minutes(12), minutes(40))).state, CallState::kNormal);
  const CallVerdict silent = Judge(bands, {});
  EXPECT_EQ(silent.state, CallState::kSilent);
  EXPECT_EQ(silent.window, minutes(60));
  EXPECT_EQ(Judge(Flat(5, 40), {}).state, CallState::kNormal);  // Chance alone may bring none.
}

TEST_F(CallSilence, H43_AServiceThatHasJustStartedSaysSoAndDoesNotAlarm) {
  const CallBands bands = Flat(300, 600);
  EXPECT_EQ(Judge(bands, {}, minutes(4)).state, CallState::kStarting);
  EXPECT_EQ(Judge(bands, {}, minutes(5)).state, CallState::kSilent);
  // What could be judged stands; a longer window waits until it was heard whole.
  const CallVerdict normal = Judge(Flat(20, 60), {}, minutes(14));
  EXPECT_EQ(normal.state, CallState::kNormal);
  EXPECT_EQ(normal.window, minutes(10));
}

TEST_F(CallSilence, ASurgeOfCallsIsSeen) {
  EXPECT_EQ(Judge(Flat(20, 40), Every(seconds(10))).state, CallState::kHigh);
  EXPECT_EQ(Judge(Flat(1000, 2000), Every(seconds(3))).state, CallState::kNormal);
}

TEST_F(CallSilence, TheHourTheWeekdayAndTheHolidayChooseTheBand) {
  const auto bands = CallBands::Parse(
      "territory,day,hour,low,high\r\n# a comment\n\n85,TUE,14,100,200\r\n85,SUN,14,300,400\n"
      "44,SUN,14,5,6\n44,HOL,14,7,8\n");
  ASSERT_THAT(bands, IsOk());
  EXPECT_EQ(bands->At("85", now_, zone_)->low, 100);
  EXPECT_EQ(bands->At("85", now_ + minutes(59), zone_)->low, 100);
  EXPECT_FALSE(bands->At("85", now_ + minutes(60), zone_));
  EXPECT_FALSE(bands->At("44", now_, zone_));
  // 11 November 2026 is a Wednesday; without a line of its own it is like a Sunday.
  const base::Instant armistice = zone_.At({2026, 11, 11}, {14 * 60});
  EXPECT_EQ(bands->At("85", armistice, zone_)->low, 300);
  EXPECT_EQ(bands->At("44", armistice, zone_)->low, 7);
  EXPECT_EQ(bands->Territories(), (std::vector<std::string>{"44", "85"}));
  // An hour without a band is not watched, also when it begins within the window.
  EXPECT_EQ(JudgeCalls(*bands, "85", {}, now_ - hours(9), now_ + minutes(3), zone_).state,
            CallState::kNoBand);
  EXPECT_EQ(JudgeCalls(*bands, "85", {}, now_ - hours(9), now_ + minutes(15), zone_).state,
            CallState::kSilent);
}

TEST_F(CallSilence, ABadFileNamesItsLine) {
  const std::string head = "territory,day,hour,low,high\n";
  for (const std::string& wrong :
       {std::string("85,MON,8,1,2\n"), head + "85,MON,8,1\n", head + "85,DAY,8,1,2\n",
        head + "85,MON,24,1,2\n", head + "85,MON,8,3,2\n", head + "85,MON,8,-1,2\n",
        head + "85,MON,8,nan,2\n", head + "85,MON,8,1,1e9\n", head + "Vendée,MON,8,1,2\n",
        head + "85,MON,8,1,2\n85,MON,8,1,2\n"}) {
    EXPECT_THAT(CallBands::Parse(wrong), ReasonIs("INVALID_CALL_BANDS")) << wrong;
  }
  const auto twice = CallBands::Parse(head + "\n85,MON,8,1,2\n85,MON,8,1,2\n");
  EXPECT_EQ(base::DetailOf(twice.status()).metadata[0].second, "4");
}

}  // namespace
}  // namespace sas::regulation
