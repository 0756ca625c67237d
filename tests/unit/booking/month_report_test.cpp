#include "services/booking/domain/month_report.h"

#include <gmock/gmock.h>

#include "common/testing/status_matchers.h"

namespace sas::booking {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::ReasonIs;

const base::Instant kNow{seconds(1'800'000'000)};  // January 2027.

absl::StatusOr<Month> Parsed(std::string_view text, base::Instant now = kNow) {
  return ParseMonth(text, *care::Zone::Load("Europe/Paris"), now);
}

ReportedAppointment Of(State state, std::string_view reason = "") {
  return {state, state == State::kAbandoned ? reason : "", state == State::kCancelled ? reason : "",
          "LINE_15", "10"};
}

MonthCounts Counts(const std::vector<std::pair<ReportedAppointment, int>>& appointments) {
  MonthCounts counts;
  for (const auto& [appointment, times] : appointments) {
    for (int i = 0; i < times; ++i) counts.Add(appointment);
  }
  return counts;
}

TEST(Month, S2_55_ItsDaysBeginAtMidnightInParis) {
  const auto november = Parsed("2026-11");
  ASSERT_THAT(november, IsOk());
  EXPECT_EQ(november->start, base::Instant(seconds(1'793'487'600)));  // 31 October, 23:00 UTC.
  EXPECT_EQ(november->end - november->start, hours(24 * 30));
  EXPECT_EQ(care::DateText(november->first), "2026-11-01");
  EXPECT_EQ(care::DateText(november->last), "2026-11-30");
}

TEST(Month, S2_55_TheMonthsOfTheChangesAreAnHourOff) {
  EXPECT_EQ(Parsed("2026-03")->end - Parsed("2026-03")->start, hours(24 * 31 - 1));
  EXPECT_EQ(Parsed("2026-10")->end - Parsed("2026-10")->start, hours(24 * 31 + 1));
  EXPECT_EQ(Parsed("2024-02")->end - Parsed("2024-02")->start, hours(24 * 29));
}

TEST(Month, OneEndsWhereTheNextBegins) {
  for (int month = 1; month < 12; ++month) {
    const auto name = [](int of) {
      return "2026-" + std::string(of < 10 ? "0" : "") + std::to_string(of);
    };
    EXPECT_EQ(Parsed(name(month))->end, Parsed(name(month + 1))->start) << month;
  }
  EXPECT_EQ(Parsed("2025-12")->end, Parsed("2026-01")->start);
}

TEST(Month, WhatIsNoMonthOrHasNotBegunIsRefused) {
  for (const char* text : {"", "2026", "2026-1", "2026-13", "2026-00", "2026-11-01", "26-11-1",
                           "novembr", "2026/11"}) {
    EXPECT_THAT(Parsed(text), ReasonIs("INVALID_MONTH")) << text;
  }
  const base::Instant begin = Parsed("2026-11")->start;
  EXPECT_THAT(Parsed("2026-11", begin), IsOk());
  EXPECT_THAT(Parsed("2026-11", begin - std::chrono::microseconds(1)), ReasonIs("INVALID_MONTH"));
}

TEST(MonthCounts, S2_55_AbandonAndCancellationAreCountedByReason) {
  const MonthCounts counts = Counts({{Of(State::kFulfilled), 7},
                                     {Of(State::kNoShow), 2},
                                     {Of(State::kAbandoned, "WAIT_TOO_LONG"), 3},
                                     {Of(State::kAbandoned, "OTHER"), 1},
                                     {Of(State::kCancelled, "PATIENT"), 2},
                                     {Of(State::kBooked), 1},
                                     {Of(State::kPending), 1}});
  EXPECT_THAT(counts.Outcomes(), ElementsAre(ReportCount{"BOOKED", 17}, ReportCount{"FULFILLED", 7},
                                             ReportCount{"NO_SHOW", 2}, ReportCount{"ABANDONED", 4},
                                             ReportCount{"CANCELLED", 2}, ReportCount{"OPEN", 2}));
  EXPECT_THAT(counts.AbandonedByReason(),
              ElementsAre(ReportCount{"OTHER", 1}, ReportCount{"WAIT_TOO_LONG", 3}));
  EXPECT_THAT(counts.CancelledByReason(), ElementsAre(ReportCount{"PATIENT", 2}));
  EXPECT_THAT(counts.ByEntryPoint(), ElementsAre(ReportCount{"LINE_15", 17}));
  EXPECT_THAT(counts.ByProfession(), ElementsAre(ReportCount{"10", 17}));
  EXPECT_EQ(counts.kept(), 15);
  EXPECT_THAT(MonthCounts().AbandonedByReason(), IsEmpty());
}

std::vector<std::string> Shown(const std::vector<ReportCount>& counts) {
  std::vector<std::string> shown;
  for (const ReportCount& each : counts) {
    shown.push_back(each.label + "=" + (each.masked ? "*" : std::to_string(each.count)));
  }
  return shown;
}

MonthFigures Masked(const MonthCounts& counts, std::int64_t seats = 100) {
  MonthFigures figures = FiguresOf(counts, seats);
  MaskSmall(figures);
  return figures;
}

TEST(MaskSmall, H51_OneHiddenCountIsNotToldByTheOthers) {
  const MonthFigures figures = Masked(Counts(
      {{Of(State::kFulfilled), 20}, {Of(State::kNoShow), 9}, {Of(State::kAbandoned, "OTHER"), 3}}));
  // Three abandoned: hidden, and with them the next smallest, or the sum would tell.
  EXPECT_THAT(Shown(figures.outcomes), ElementsAre("BOOKED=32", "FULFILLED=20", "NO_SHOW=*",
                                                   "ABANDONED=*", "CANCELLED=0", "OPEN=0"));
  EXPECT_THAT(Shown(figures.abandoned_by_reason), ElementsAre("OTHER=*"));
  EXPECT_EQ(figures.fill.appointments, 32);
}

TEST(MaskSmall, H51_SmallOnesTogetherAreAboutFiveAtLeast) {
  MonthCounts counts;
  for (const auto& [profession, times] :
       std::map<std::string, int>{{"10", 8}, {"21", 1}, {"60", 2}}) {
    for (int i = 0; i < times; ++i) {
      counts.Add({State::kFulfilled, "", "", "LINE_15", profession});
    }
  }
  EXPECT_THAT(Shown(Masked(counts).by_profession), ElementsAre("10=*", "21=*", "60=*"));
}

TEST(MaskSmall, H51_WhoseTotalIsHiddenHasHiddenParts) {
  // CANCELLED is hidden only because NO_SHOW is; its reasons, shown, would tell both.
  const MonthFigures figures = Masked(Counts({{Of(State::kFulfilled), 20},
                                              {Of(State::kNoShow), 2},
                                              {Of(State::kCancelled, "PATIENT"), 6}}));
  EXPECT_THAT(Shown(figures.outcomes), ElementsAre("BOOKED=28", "FULFILLED=20", "NO_SHOW=*",
                                                   "ABANDONED=0", "CANCELLED=*", "OPEN=0"));
  EXPECT_THAT(Shown(figures.cancelled_by_reason), ElementsAre("PATIENT=*"));
  EXPECT_TRUE(figures.fill.masked);
  EXPECT_EQ(figures.fill.appointments, 0);
}

TEST(MaskSmall, H51_FourInAllAreNotTold) {
  const MonthFigures figures = Masked(Counts({{Of(State::kFulfilled), 4}}));
  EXPECT_THAT(Shown(figures.outcomes), ElementsAre("BOOKED=*", "FULFILLED=*", "NO_SHOW=0",
                                                   "ABANDONED=0", "CANCELLED=0", "OPEN=0"));
  EXPECT_THAT(Shown(figures.by_entry_point), ElementsAre("LINE_15=*"));
  EXPECT_TRUE(figures.fill.masked);
}

TEST(MaskSmall, FiveAndNobodyAreTold) {
  const MonthFigures figures = Masked(Counts({{Of(State::kFulfilled), 5}}));
  EXPECT_THAT(Shown(figures.outcomes), ElementsAre("BOOKED=5", "FULFILLED=5", "NO_SHOW=0",
                                                   "ABANDONED=0", "CANCELLED=0", "OPEN=0"));
  EXPECT_FALSE(figures.fill.masked);
  EXPECT_FALSE(Masked(MonthCounts()).fill.masked);
}

}  // namespace
}  // namespace sas::booking
