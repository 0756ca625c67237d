#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "common/base/status.h"
#include "services/slots/domain/session_plan.h"
#include "services/slots/domain/slot_day.h"
#include "services/slots/domain/slot_name.h"
#include "services/slots/region_view.h"
#include "services/slots/slot_rules.h"

// The caps of day and week while a session goes on through midnight.
namespace sas::slots {
namespace {

constexpr char kSite[] = "regions/fr-naq/sites/mmg";
constexpr char kDoctor[] = "regions/fr-naq/practitioners/a";

struct Night {
  care::Date day;           ///< On which it begins.
  const char* end;          ///< Of each night, on the next day.
  care::TimeOfDay asked{};  ///< When the picture is made, and of a slot still to come.
};

constexpr Night kOrdinary{{2026, 11, 24}, "01:00", {30}};
constexpr Night kAutumn{{2026, 10, 24}, "04:00", {210}};  // The clock goes back at three.
constexpr Night kSpring{{2027, 3, 27}, "04:00", {210}};   // And forward at two.
constexpr Night kSunday{{2026, 11, 22}, "01:00", {30}};

class NightPicture : public ::testing::TestWithParam<Night> {
 protected:
  NightPicture() {
    v1::Site& site = ledger_.sites.emplace_back().site;
    site.set_name(kSite);
    site.set_kind(v1::Structure::KIND_MMG);
    site.set_opening_date("2025-09-29");
    AddPlan("nuit", "22:00", GetParam().end);
    AddPlan("matin", "08:00", "12:00");
  }

  void AddPlan(const std::string& agenda, const std::string& start, const std::string& end) {
    v1::SessionPlan& plan = ledger_.sites[0].plans.emplace_back();
    plan.set_name(std::string(kSite) + "/plans/" + agenda);
    plan.set_agenda(agenda);
    plan.set_practitioner(kDoctor);
    for (int day = 1; day <= 7; ++day) plan.add_weekdays(day);
    plan.set_start_time_of_day(start);
    plan.set_end_time_of_day(end);
    plan.set_slot_minutes(30);
    plan.set_seats(2);
    plan.set_pdsa_hours(true);
    plan.set_public_holidays(true);
    plan.set_effective_start_date("2025-09-29");
  }

  base::Instant At(int days, int minutes) const {
    return zone_.At(care::AddDays(GetParam().day, days), {minutes});
  }

  std::string Name(const std::string& agenda, int days, int minutes) const {
    return SlotName(kSite, agenda, At(days, minutes));
  }

  void Book(const std::string& agenda, int days, int minutes) {
    const std::string id = std::to_string(ledger_.sites[0].taken.size());
    ledger_.sites[0].taken.push_back({Name(agenda, days, minutes), 0, id, true, 1});
  }

  /// Days from the evening on which the night begins; minutes are local.
  void BookAround() {
    Book("nuit", -1, 23 * 60);  // Of the night before, as the next.
    Book("nuit", 0, 30);
    Book("matin", 0, 9 * 60);  // Three of the day.
    Book("nuit", 0, 23 * 60);
    Book("nuit", 1, 0);
    Book("matin", 1, 9 * 60);  // Of the next.
  }

  RegionView Make(base::Instant now, int horizon_days = 7) {
    const auto picture = MakePicture(ledger_, now, horizon_days, [&](std::vector<OpenSlot> slots) {
      open_ = std::move(slots);  // There is one site.
      return absl::OkStatus();
    });
    SAS_CHECK(picture.ok(), "no picture");
    return picture->view;
  }

  bool IsOpen(const std::string& name) const {
    return std::any_of(open_.begin(), open_.end(),
                       [&](const OpenSlot& slot) { return slot.slot == name; });
  }

  const care::Zone zone_ = *care::Zone::Load("Europe/Paris");
  RegionLedger ledger_;
  std::vector<OpenSlot> open_;
};

TEST_P(NightPicture, ADayIsThatOnWhichItsSessionsBegin) {
  BookAround();
  const int asked = GetParam().asked.minutes;
  const base::Instant night_end =
      zone_.At(GetParam().day, *care::ParseTimeOfDay(GetParam().end, ""));
  const base::Instant next_end =
      zone_.At(care::AddDays(GetParam().day, 1), *care::ParseTimeOfDay(GetParam().end, ""));
  // In the evening, ten minutes after midnight, and in the morning after the night.
  for (const base::Instant now : {At(0, 20 * 60), At(1, 10), At(1, 7 * 60)}) {
    const RegionView view = Make(now);
    const SlotRef night = view.index->FindSlot(Name("nuit", 1, asked));
    ASSERT_TRUE(night);
    if (now < next_end) {
      EXPECT_EQ(UsedThatDay(night), 3);
      EXPECT_EQ(DayOf(night, zone_).begin, night_end);
      EXPECT_EQ(DayOf(night, zone_).end, next_end);
    }
    const SlotRef morning = view.index->FindSlot(Name("matin", 1, 10 * 60));
    ASSERT_TRUE(morning);
    EXPECT_EQ(UsedThatDay(morning), 1);
    EXPECT_EQ(DayOf(morning, zone_).begin, next_end);
  }
}

TEST_P(NightPicture, WhatIsOverIsShownAndNotOpened) {
  BookAround();
  const RegionView view = Make(At(1, 10));
  EXPECT_TRUE(view.index->FindSlot(Name("matin", 0, 9 * 60)));
  EXPECT_FALSE(IsOpen(Name("matin", 0, 9 * 60)));
  EXPECT_FALSE(IsOpen(Name("nuit", 0, 23 * 60)));
  EXPECT_TRUE(IsOpen(Name("nuit", 1, GetParam().asked.minutes)));
  // After the night nothing of yesterday stays but what lies after midnight.
  const RegionView later = Make(At(1, 7 * 60));
  EXPECT_FALSE(later.index->FindSlot(Name("nuit", 0, 23 * 60)));
  EXPECT_TRUE(later.index->FindSlot(Name("nuit", 1, 0)));
}

TEST_P(NightPicture, TheShareIsTheSameBeforeAndAfterTheNight) {
  BookAround();
  const SiteOffered during = Make(At(1, 10)).FindSite(kSite)->offered;
  const SiteOffered after = Make(At(1, 7 * 60)).FindSite(kSite)->offered;
  EXPECT_EQ(during.past, after.past);
  EXPECT_EQ(during.past_booked, after.past_booked);
  EXPECT_EQ(during.past_booked, 5);
  EXPECT_EQ(during.ahead, after.ahead);
}

TEST_P(NightPicture, S2_53_AWeekIsThatInWhichItsSessionsBegin) {
  BookAround();
  const int week = WeekOf(GetParam().day);
  const bool ends = WeekOf(care::AddDays(GetParam().day, 1)) != week;
  for (const base::Instant now : {At(0, 20 * 60), At(1, 10)}) {
    const RegionView view = Make(now);
    const SlotRef night = view.index->FindSlot(Name("nuit", 1, GetParam().asked.minutes));
    ASSERT_TRUE(night);
    EXPECT_EQ(night.week(), week);
    EXPECT_EQ(view.index->WeekUsed(kDoctor, week), ends ? 5 : 6);
    EXPECT_EQ(view.index->WeekUsed(kDoctor, week + 1), ends ? 1 : 0);
  }
}

// For booking, which counts starts: in the middle of the week the night before it is over.
TEST_P(NightPicture, S2_53_AWeekLiesBetweenTwoNightsOfSundays) {
  v1::Practitioner doctor;
  doctor.set_name(kDoctor);
  doctor.set_rpps("99700000013");
  ledger_.practitioners[kDoctor] = doctor;
  const care::TimeOfDay end = *care::ParseTimeOfDay(GetParam().end, "");
  const std::vector<std::pair<int, int>> hours{{0, 20 * 60}, {1, 10}, {1, 7 * 60}, {3, 7 * 60}};
  for (const auto& [day, minutes] : hours) {
    const RegionView view = Make(At(day, minutes), 14);
    const SlotRef slot = view.index->FindSlot(Name("matin", day, 9 * 60));
    ASSERT_TRUE(slot) << day;
    const care::Date monday = care::AddDays({1970, 1, 5}, 7 * slot.week());
    const DaySpan week = WeekSpanOf(*view.index, slot, zone_);
    EXPECT_EQ(week.begin, zone_.At(monday, end)) << day << " " << minutes;
    EXPECT_EQ(week.end, zone_.At(care::AddDays(monday, 7), end)) << day << " " << minutes;
  }
}

TEST_P(NightPicture, ASessionLiesBetweenItsFirstAndItsLastSlot) {
  const RegionView view = Make(At(0, 20 * 60));
  const SlotRef slot = view.index->FindSlot(Name("nuit", 0, 23 * 60));
  ASSERT_TRUE(slot);
  const DaySpan session = SessionSpanOf(slot);
  EXPECT_EQ(session.begin, At(0, 22 * 60));
  EXPECT_EQ(session.end, At(1, care::ParseTimeOfDay(GetParam().end, "")->minutes));
}

INSTANTIATE_TEST_SUITE_P(Nights, NightPicture,
                         ::testing::Values(kOrdinary, kAutumn, kSpring, kSunday));

}  // namespace
}  // namespace sas::slots
