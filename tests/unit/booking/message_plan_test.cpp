#include "services/booking/domain/message_plan.h"

#include <gtest/gtest.h>

namespace sas::booking {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const care::Zone& Paris() {
  static const care::Zone kZone = *care::Zone::Load("Europe/Paris");
  return kZone;
}

// 2026-11-24, a Tuesday, local.
base::Instant At(int hour, int minute, int day = 24) {
  return Paris().At({2026, 11, day}, {hour * 60 + minute});
}

Living Booked(base::Instant start, const std::string& slot = "s1") {
  return {State::kBooked, start, slot};
}

Told Said(Occasion occasion, base::Instant start, base::Instant time,
          const std::string& slot = "s1") {
  return {occasion, start, slot, time};
}

TEST(MessagePlan, S2_45_RemindersWhereThereIsTime) {
  const std::vector<minutes> before{hours(24), hours(2)};
  using Times = std::vector<base::Instant>;
  EXPECT_EQ(ReminderTimes(At(10, 0), At(14, 0, 26), before), (Times{At(14, 0, 25), At(12, 0, 26)}));
  EXPECT_EQ(ReminderTimes(At(10, 0), At(14, 0), before), Times{At(12, 0)});
  EXPECT_EQ(ReminderTimes(At(10, 0), At(13, 5), before), Times{At(11, 5)});
  EXPECT_EQ(ReminderTimes(At(10, 0), At(13, 4), before), Times{});
}

TEST(MessagePlan, S2_45_HeSetsOffForTheSoonerHourThatHeWasToldOf) {
  Verdict verdict;
  EXPECT_EQ(SetsOffFor(verdict, At(14, 0, 25), At(23, 0)), At(14, 0, 25));
  verdict.replaced = At(8, 30, 25);
  EXPECT_EQ(SetsOffFor(verdict, At(14, 0, 25), At(23, 0)), At(8, 30, 25));
  EXPECT_EQ(SetsOffFor(verdict, At(8, 0, 25), At(23, 0)), At(8, 0, 25));
  EXPECT_EQ(SetsOffFor(verdict, At(14, 0, 26), At(22, 0, 25)), At(14, 0, 26))
      << "he has been there, or never will";
}

TEST(MessagePlan, S2_45_QuietHoursWaitForTheMorning) {
  EXPECT_EQ(QuietUntil(At(21, 59), At(14, 0, 25), Paris()), std::nullopt);
  EXPECT_EQ(QuietUntil(At(22, 0), At(14, 0, 25), Paris()), At(8, 0, 25));
  EXPECT_EQ(QuietUntil(At(7, 59, 25), At(14, 0, 25), Paris()), At(8, 0, 25));
  EXPECT_EQ(QuietUntil(At(8, 0, 25), At(14, 0, 25), Paris()), std::nullopt);
  // Who has to leave early is told at night.
  EXPECT_EQ(QuietUntil(At(23, 0), At(8, 59, 25), Paris()), std::nullopt);
  EXPECT_EQ(QuietUntil(At(23, 0), At(9, 0, 25), Paris()), At(8, 0, 25));
}

TEST(MessagePlan, H33_WhoWasToldOfAnotherTimeIsToldWhichOneIsReplaced) {
  const base::Instant now = At(10, 0);
  const auto moved =
      Judge(Occasion::kMoved, Booked(At(15, 0)), Said(Occasion::kBooked, At(14, 0), At(9, 0)), now);
  EXPECT_EQ(moved.occasion, Occasion::kMoved);
  EXPECT_EQ(moved.replaced, At(14, 0));
  // Nobody was told of the first hour: then it is no change for him.
  EXPECT_EQ(Judge(Occasion::kMoved, Booked(At(15, 0)), std::nullopt, now).occasion,
            Occasion::kBooked);
  // There and back again within the undo: nothing to say.
  const auto back =
      Judge(Occasion::kMoved, Booked(At(14, 0)), Said(Occasion::kBooked, At(14, 0), At(9, 0)), now);
  EXPECT_EQ(back.occasion, Occasion::kUnspecified);
  EXPECT_EQ(back.reason, "ALREADY_TOLD");
  // The same hour at another place is a change too.
  const auto place = Judge(Occasion::kMoved, Booked(At(14, 0), "s2"),
                           Said(Occasion::kBooked, At(14, 0), At(9, 0)), now);
  EXPECT_EQ(place.occasion, Occasion::kMoved);
  EXPECT_EQ(place.replaced, std::nullopt);
}

TEST(MessagePlan, H33_AReminderOfAMovedAppointmentSaysTheChange) {
  const auto verdict = Judge(Occasion::kReminder, Booked(At(15, 0)),
                             Said(Occasion::kBooked, At(14, 0), At(9, 0)), At(13, 0));
  EXPECT_EQ(verdict.occasion, Occasion::kMoved);
  EXPECT_EQ(verdict.replaced, At(14, 0));
}

TEST(MessagePlan, H33_TheDeadTellNothing) {
  const base::Instant now = At(10, 0);
  const auto told = Said(Occasion::kBooked, At(14, 0), At(9, 0));
  const Living cancelled{State::kCancelled, At(14, 0), "s1"};
  for (const Occasion written : {Occasion::kBooked, Occasion::kMoved, Occasion::kReminder}) {
    EXPECT_EQ(Judge(written, cancelled, told, now).reason, "SUPERSEDED");
  }
  EXPECT_EQ(Judge(Occasion::kCancelled, cancelled, told, now).occasion, Occasion::kCancelled);
  EXPECT_EQ(Judge(Occasion::kCancelled, cancelled, std::nullopt, now).reason, "NEVER_TOLD");
  EXPECT_EQ(
      Judge(Occasion::kCancelled, cancelled, Said(Occasion::kCancelled, At(14, 0), At(9, 30)), now)
          .reason,
      "ALREADY_TOLD");
  EXPECT_EQ(Judge(Occasion::kBooked, Booked(At(10, 0)), std::nullopt, now).reason, "TOO_LATE");
  for (const State state :
       {State::kFulfilled, State::kNoShow, State::kAbandoned, State::kPending}) {
    EXPECT_EQ(Judge(Occasion::kReminder, {state, At(14, 0), "s1"}, told, now).reason,
              "APPOINTMENT_ENDED");
  }
}

TEST(MessagePlan, S2_45_AReminderNeverFollowsTheConfirmationClosely) {
  const auto told = Said(Occasion::kBooked, At(14, 0), At(11, 1));
  EXPECT_EQ(Judge(Occasion::kReminder, Booked(At(14, 0)), told, At(12, 0)).reason, "ALREADY_TOLD");
  EXPECT_EQ(Judge(Occasion::kReminder, Booked(At(14, 0)), told, At(12, 1)).occasion,
            Occasion::kReminder);
  // Whose confirmation did not go out is reminded all the same.
  EXPECT_EQ(Judge(Occasion::kReminder, Booked(At(14, 0)), std::nullopt, At(12, 0)).occasion,
            Occasion::kReminder);
}

TEST(MessagePlan, WaitsDoubleToAnHourAndHalfIsChance) {
  EXPECT_EQ(RetryWait(1, 0), milliseconds(2500));
  EXPECT_EQ(RetryWait(1, 2500), milliseconds(5000));
  EXPECT_EQ(RetryWait(2, 0), milliseconds(5000));
  EXPECT_EQ(RetryWait(kAttemptsMax, 0), milliseconds(1'800'000));
  EXPECT_EQ(RetryWait(1000, 1'800'000), milliseconds(3'600'000));
  for (std::uint64_t chance : {0ULL, 1ULL, ~0ULL}) {
    EXPECT_LE(RetryWait(3, chance), milliseconds(20'000));
    EXPECT_GE(RetryWait(3, chance), milliseconds(10'000));
  }
}

TEST(MessagePlan, H34_ThePracticeIsCalledAfterFiveMinutesOrAnHourBefore) {
  EXPECT_EQ(PracticeCallTime(At(10, 0), At(14, 0)), At(10, 5));
  EXPECT_EQ(PracticeCallTime(At(10, 0), At(11, 3)), At(10, 3));
  EXPECT_EQ(PracticeCallTime(At(10, 0), At(10, 30)), At(10, 0));
}

TEST(MessagePlan, AReceiptIsAskedForADay) {
  EXPECT_EQ(ReceiptWait(At(10, 0), At(10, 0)), seconds(10));
  EXPECT_EQ(ReceiptWait(At(10, 0), At(10, 1)), seconds(60));
  EXPECT_EQ(ReceiptWait(At(10, 0), At(12, 0)), seconds(600));
  EXPECT_EQ(ReceiptWait(At(10, 0), At(9, 59, 25)), seconds(600));
  EXPECT_EQ(ReceiptWait(At(10, 0), At(10, 0, 25)), std::nullopt);
}

TEST(MessagePlan, H33_NoSmsToALandline) {
  EXPECT_TRUE(TakesSms("+33639980001"));
  EXPECT_TRUE(TakesSms("+33639980002"));
  EXPECT_FALSE(TakesSms("+33199000001"));
  EXPECT_TRUE(TakesSms("+262692990001"));
  EXPECT_FALSE(TakesSms("+262262000001"));
  EXPECT_TRUE(TakesSms("+447700900001"));
  EXPECT_FALSE(TakesSms(""));
}

}  // namespace
}  // namespace sas::booking
