#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/base/status.h"
#include "services/slots/domain/slot_day.h"
#include "services/slots/domain/slot_name.h"
#include "services/slots/region_view.h"

// The caps of a day and of its hours where the night before is still at work when the morning
// begins, in another agenda: booking's ledger counts starts between two instants.
namespace sas::slots {
namespace {

constexpr char kSite[] = "regions/fr-naq/sites/mmg";
constexpr care::Date kTuesday{2026, 11, 24};

bool Holds(const DaySpan& span, const SlotRef& slot) {
  return span.begin <= slot.start() && slot.start() < span.end;
}

/// A night of 20:00 to `night_end`, half an hour a slot, and a morning to 12:00 of quarters; caps
/// of all days from `morning` to `between`, to 10:00, and of the rest with its night.
class TwoShifts {
 public:
  TwoShifts(const std::string& night_end, const std::string& morning, const std::string& between) {
    v1::Site& site = ledger_.sites.emplace_back().site;
    site.set_name(kSite);
    site.set_kind(v1::Structure::KIND_MMG);
    site.set_opening_date("2025-09-29");
    AddCap(site, morning, between);
    AddCap(site, between, "10:00");
    AddCap(site, "10:00", "");
    AddPlan("nuit", "20:00", night_end, 30);
    AddPlan("matin", morning, "12:00", 15);
    const auto picture = MakePicture(ledger_, At(-1, 13 * 60), 7);
    SAS_CHECK(picture.ok(), "no picture");
    view_ = picture->view;
  }

  base::Instant At(int days, int minutes) const {
    return zone_.At(care::AddDays(kTuesday, days), {minutes});
  }

  SlotRef Find(const std::string& agenda, int days, int minutes) const {
    return view_.index->FindSlot(SlotName(kSite, agenda, At(days, minutes)));
  }

  /// Of Monday to Wednesday. The picture is of Monday, which has its nights on both sides too.
  std::vector<SlotRef> All() const {
    return view_.index->FindSite(kSite).Slots(At(-1, 0), At(2, 12 * 60));
  }

  DaySpan Day(const SlotRef& slot) const { return DayOf(slot, zone_); }

  /// Of one of the site's caps, from 1, on the slot's day.
  DaySpan Hours(const SlotRef& slot, int cap) const {
    return HoursSpanOf(slot.rules().hours_caps.at(static_cast<std::size_t>(cap - 1)), Day(slot),
                       zone_);
  }

 private:
  static void AddCap(v1::Site& site, const std::string& start, const std::string& end) {
    v1::HoursCap& cap = *site.add_hours_caps();
    cap.set_start_time_of_day(start);
    cap.set_end_time_of_day(end);
    cap.set_appointment_max(4);
  }

  void AddPlan(const std::string& agenda, const std::string& start, const std::string& end,
               int minutes) {
    v1::SessionPlan& plan = ledger_.sites[0].plans.emplace_back();
    plan.set_name(std::string(kSite) + "/plans/" + agenda);
    plan.set_agenda(agenda);
    plan.set_practitioner("regions/fr-naq/practitioners/" + agenda);
    for (int day = 1; day <= 7; ++day) plan.add_weekdays(day);
    plan.set_start_time_of_day(start);
    plan.set_end_time_of_day(end);
    plan.set_slot_minutes(minutes);
    plan.set_seats(2);
    plan.set_pdsa_hours(true);
    plan.set_public_holidays(true);
    plan.set_effective_start_date("2025-09-29");
  }

  const care::Zone zone_ = *care::Zone::Load("Europe/Paris");
  RegionLedger ledger_;
  RegionView view_;
};

TEST(NightOverlap, S2_26_ACapThatEndsBeforeTheNightDoesIsCounted) {
  const TwoShifts site("08:30", "07:00", "08:15");
  const SlotRef early = site.Find("matin", 0, 7 * 60);
  ASSERT_TRUE(early);
  ASSERT_EQ(early.hours_cap(), 1);
  const DaySpan hours = site.Hours(early, 1);
  EXPECT_EQ(hours.begin, site.At(0, 7 * 60));
  EXPECT_EQ(hours.end, site.At(0, 8 * 60 + 15));
  // And one that begins while the night still is at work: its first slot counts.
  const SlotRef later = site.Find("matin", 0, 8 * 60 + 15);
  ASSERT_TRUE(later);
  ASSERT_EQ(later.hours_cap(), 2);
  EXPECT_EQ(site.Hours(later, 2).begin, site.At(0, 8 * 60 + 15));
}

TEST(NightOverlap, S2_26_ANightsLastSlotThatStillRunsTakesNothingFromTheMorning) {
  const TwoShifts site("08:30", "08:15", "09:00");  // The last one starts at eight.
  const base::Instant begin = site.At(0, 8 * 60 + 15);
  const SlotRef morning = site.Find("matin", 0, 9 * 60);
  const SlotRef night = site.Find("nuit", 0, 8 * 60);
  ASSERT_TRUE(morning);
  ASSERT_TRUE(night);
  EXPECT_EQ(site.Day(morning).begin, begin);
  EXPECT_EQ(site.Day(night).end, begin);
}

// Whatever the hours: what is of a day, and under a cap, counts there. What is not does not, unless
// the two shifts start patients in turn, which no two instants can tell apart.
TEST(NightOverlap, S2_26_EachStartCountsOnItsOwnDayAndUnderItsOwnCap) {
  for (const char* night_end : {"00:30", "06:30", "07:30", "08:30", "09:00"}) {
    for (const char* morning : {"06:45", "07:00", "07:15", "08:15", "08:30", "08:45"}) {
      SCOPED_TRACE(std::string("night to ") + night_end + ", morning from " + morning);
      const TwoShifts site(night_end, morning, "09:15");
      const base::Instant last = site.At(0, care::ParseTimeOfDay(night_end, "")->minutes - 30);
      const bool in_turn = site.At(0, care::ParseTimeOfDay(morning, "")->minutes) <= last;
      const std::vector<SlotRef> all = site.All();
      int checked = 0;
      for (const SlotRef& of : all) {
        if (of.day_begin() != site.At(0, 0)) continue;
        const DaySpan day = site.Day(of);
        const DaySpan hours[] = {site.Hours(of, 1), site.Hours(of, 2), site.Hours(of, 3)};
        for (const SlotRef& each : all) {
          const bool same = each.day_begin() == of.day_begin();
          if (!same && in_turn) continue;
          ++checked;
          ASSERT_EQ(Holds(day, each), same) << of.name() << " " << each.name();
          for (int cap = 1; cap <= 3; ++cap) {
            ASSERT_EQ(Holds(hours[cap - 1], each), same && each.hours_cap() == cap)
                << of.name() << " " << each.name() << " " << cap;
          }
        }
      }
      EXPECT_GT(checked, 100);
    }
  }
}

}  // namespace
}  // namespace sas::slots
