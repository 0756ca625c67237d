#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "common/base/status.h"
#include "common/testing/fake_clock.h"
#include "services/slots/domain/index/tile_build.h"
#include "services/slots/domain/slot_name.h"
#include "services/slots/domain/unmade_slot.h"
#include "services/slots/region_view.h"
#include "services/slots/slot_caps.h"
#include "services/slots/slot_rules.h"

// Memory counts under the caps of day, hours and week what the ledgers count: seats by their start,
// whatever has become of their slots.
namespace sas::slots {
namespace {

constexpr char kSite[] = "regions/fr-naq/sites/csnp";
constexpr char kDoctor[] = "regions/fr-naq/practitioners/a";
constexpr unsigned kRegions = 30;

/// Tuesday 24 November 2026, 10:00. Sessions of each morning and, through midnight, each evening,
/// by one doctor, at a step of 20 minutes; the appointments may be of the step before.
class CapCount : public ::testing::Test {
 protected:
  CapCount() {
    v1::Site& site = ledger_.sites.emplace_back().site;
    site.set_name(kSite);
    site.set_kind(v1::Structure::KIND_MMG);
    site.set_opening_date("2025-09-29");
    site.set_daily_appointment_max(8);
    AddCap(site, "", "10:00");
    AddCap(site, "10:00", "");
    AddPlan("jour", "08:00", "12:00");
    AddPlan("nuit", "22:00", "01:00");
    v1::Practitioner doctor;
    doctor.set_name(kDoctor);
    doctor.set_rpps("99700000013");
    doctor.set_weekly_appointment_max(20);
    ledger_.practitioners[kDoctor] = doctor;
  }

  static void AddCap(v1::Site& site, const std::string& start, const std::string& end) {
    v1::HoursCap& cap = *site.add_hours_caps();
    for (int day = 1; day <= 7; ++day) cap.add_weekdays(day);
    cap.set_start_time_of_day(start);
    cap.set_end_time_of_day(end);
    cap.set_appointment_max(4);
  }

  void AddPlan(const std::string& agenda, const std::string& start, const std::string& end) {
    v1::SessionPlan& plan = ledger_.sites[0].plans.emplace_back();
    plan.set_name(std::string(kSite) + "/plans/" + agenda);
    plan.set_agenda(agenda);
    plan.set_practitioner(kDoctor);
    for (int day = 1; day <= 7; ++day) plan.add_weekdays(day);
    plan.set_start_time_of_day(start);
    plan.set_end_time_of_day(end);
    plan.set_slot_minutes(20);
    plan.set_seats(2);
    plan.set_pdsa_hours(true);
    plan.set_public_holidays(true);
    plan.set_effective_start_date("2025-09-29");
  }

  base::Instant At(int days, int minutes) const {
    return zone_.At(care::AddDays({2026, 11, 24}, days), {0}) + std::chrono::minutes(minutes);
  }

  std::string Book(const std::string& agenda, base::Instant start, int seat = 0) {
    auto& taken = ledger_.sites[0].taken;
    const std::string id = "a" + std::to_string(taken.size());
    taken.push_back({SlotName(kSite, agenda, start), seat, id, true, 1});
    return taken.back().slot;
  }

  /// A patient is moved elsewhere or has cancelled.
  void Free(std::size_t seat) {
    auto& taken = ledger_.sites[0].taken;
    taken.erase(taken.begin() + static_cast<std::ptrdiff_t>(seat));
  }

  RegionView Make() const {
    const auto picture = MakePicture(ledger_, clock_.Now(), 7);
    SAS_CHECK(picture.ok(), "no picture");
    return picture->view;
  }

  /// By the ledger: seats that start in the span, as ListSiteSeats and booking count them.
  int Booked(const DaySpan& span) const {
    const auto& taken = ledger_.sites[0].taken;
    return static_cast<int>(std::count_if(taken.begin(), taken.end(), [&](const SeatFact& seat) {
      const auto slot = ParseSlotName(seat.slot, "slot");
      return slot->start >= span.begin && slot->start < span.end;
    }));
  }

  /// As the book tells it after a change of the slot's seats.
  SeatChange Told(const SlotRef& slot) const {
    const auto& taken = ledger_.sites[0].taken;
    const auto used = std::count_if(taken.begin(), taken.end(),
                                    [&](const SeatFact& seat) { return seat.slot == slot.name(); });
    return {slot.name(), slot.seats() - static_cast<int>(used), {}, 1, {}};
  }

  void ExpectSame(const RegionView& kept, const RegionView& made) const {
    for (const SlotRef& want : made.index->FindSite(kSite).Slots(
             clock_.Now() - std::chrono::hours(48), clock_.Now() + std::chrono::hours(240))) {
      if (!want.staffed()) continue;
      const SlotRef got = kept.index->FindSlot(want.name());
      ASSERT_TRUE(got) << want.name();
      ASSERT_EQ(UsedThatDay(got), UsedThatDay(want)) << want.name();
      ASSERT_EQ(kept.index->WeekUsed(kDoctor, got.week()),
                made.index->WeekUsed(kDoctor, want.week()));
      if (!got.staffed()) continue;  // Overlapped until the site is read again.
      const auto offered = [](const SlotRef& slot) {
        return (slot.run().free.Load() >> static_cast<unsigned>(slot.slot_index())) & 1U;
      };
      ASSERT_EQ(offered(got), offered(want)) << want.name();
    }
    ASSERT_EQ(kept.index->FindSite(kSite).booked_recent(),
              made.index->FindSite(kSite).booked_recent());
  }

  static absl::Status CapsAt(const RegionView& view, const SlotRef& slot,
                             const SlotRef& leaving = {}) {
    return CheckCaps({"fr-naq", std::make_shared<RegionView>(view), nullptr, slot}, leaving);
  }

  const care::Zone zone_ = *care::Zone::Load("Europe/Paris");
  const testing::FakeClock clock_;
  RegionLedger ledger_;
};

// The step was 15 minutes: six patients of it stay, two more close the day.
TEST_F(CapCount, S2_08_S2_26_PatientsOfTheOldStepCountOnTheirDay) {
  for (const int minutes : {495, 510, 525, 555, 570, 585}) Book("jour", At(1, minutes));
  RegionView view = Make();
  const SlotRef late = view.index->FindSlot(SlotName(kSite, "jour", At(1, 640)));
  ASSERT_TRUE(late);
  EXPECT_EQ(UsedThatDay(late), 6);
  EXPECT_TRUE(CapsAt(view, late).ok());
  Book("jour", At(1, 660));
  Book("jour", At(1, 680));
  view = Make();
  const SlotRef full = view.index->FindSlot(SlotName(kSite, "jour", At(1, 640)));
  ASSERT_TRUE(full);
  EXPECT_EQ(base::ReasonOf(CapsAt(view, full)), "SITE_DAILY_CAP");
  EXPECT_EQ(full.run().free.Load(), 0U);  // And no search offers it.
  // Hazard H-26: whoever moves one of the six has his place already.
  const SlotRef left = view.index->FindSlot(SlotName(kSite, "jour", At(1, 495)));
  ASSERT_TRUE(left);
  EXPECT_TRUE(CapsAt(view, full, left).ok());
}

// The morning is closed with its patients: until they are moved they are of the day.
TEST_F(CapCount, H27_S2_26_PatientsOfAWithdrawnMorningCountUntilTheyAreMoved) {
  for (int i = 0; i < 8; ++i) Book("jour", At(1, 480 + 20 * i));
  ledger_.sites[0].closures.push_back({"jour", At(1, 480), At(1, 720)});
  const RegionView view = Make();
  const SlotRef evening = view.index->FindSlot(SlotName(kSite, "nuit", At(1, 22 * 60)));
  ASSERT_TRUE(evening);
  EXPECT_EQ(base::ReasonOf(CapsAt(view, evening)), "SITE_DAILY_CAP");
  const SlotRef closed = view.index->FindSlot(SlotName(kSite, "jour", At(1, 480)));
  EXPECT_EQ(closed.free_seats(), 0);
  Free(0);
  const RegionView moved = WithChanges(view, {Told(closed)}, clock_.Now());
  EXPECT_TRUE(CapsAt(moved, evening).ok());
  EXPECT_EQ(closed.free_seats(), 0);  // Nobody has it, and nobody can.
  ASSERT_NO_FATAL_FAILURE(ExpectSame(moved, Make()));
}

// A plan that is edited on Tuesday does not begin the week anew.
TEST_F(CapCount, S2_53_AppointmentsOfMondayCountWithoutTheirSlots) {
  for (int i = 0; i < 5; ++i) Book("jour", At(-1, 485 + 20 * i));
  Book("jour", At(-8, 485));  // Of the week before.
  const RegionView view = Make();
  EXPECT_EQ(view.index->WeekUsed(kDoctor, WeekOf({2026, 11, 24})), 5);
}

// By weekday, hour and days in force; an agenda without a plan has nobody's week.
TEST_F(CapCount, S2_53_WhoReceivedIsToldByTheNearestPlanOfTheAgenda) {
  v1::SessionPlan& other = ledger_.sites[0].plans.emplace_back(ledger_.sites[0].plans[0]);
  other.set_name(std::string(kSite) + "/plans/autre");
  other.set_practitioner("regions/fr-naq/practitioners/b");
  other.set_start_time_of_day("14:00");
  other.set_end_time_of_day("18:00");
  Book("jour", At(1, 485));
  Book("jour", At(1, 15 * 60 + 5));
  Book("jour", At(1, 15 * 60 + 10));
  Book("rien", At(1, 16 * 60));
  const RegionView view = Make();
  const int week = WeekOf({2026, 11, 24});
  EXPECT_EQ(view.index->WeekUsed(kDoctor, week), 1);
  EXPECT_EQ(view.index->WeekUsed("regions/fr-naq/practitioners/b", week), 2);
}

// Each count of a memory, made anew or kept by the stream, is that of the ledger.
TEST_F(CapCount, S2_26_MemoryCountsAsTheLedgerAndTheStreamAsTheRebuild) {
  std::size_t unmade = 0;
  for (unsigned seed = 0; seed < kRegions; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    ledger_.sites[0].taken.clear();
    ledger_.sites[0].closures.clear();
    std::map<std::string, int> seats;
    for (int i = pick(40); i > 0; --i) {
      const bool night = pick(3) == 0;
      const int minutes = night ? 22 * 60 + 5 * pick(36) : 8 * 60 + 5 * pick(48);
      const std::string agenda = night ? "nuit" : "jour";
      const base::Instant start = At(pick(5), minutes);
      int& seat = seats[SlotName(kSite, agenda, start)];
      if (seat < 2) Book(agenda, start, seat++);
    }
    if (pick(2) == 0) {
      const int day = pick(5);
      ledger_.sites[0].closures.push_back({"", At(day, 8 * 60), At(day, (9 + pick(16)) * 60)});
    }
    const RegionView view = Make();
    for (const SlotRef& slot : view.index->FindSite(kSite).Slots(
             clock_.Now() - std::chrono::hours(48), clock_.Now() + std::chrono::hours(240))) {
      unmade += IsUnmade(slot.Planned()) ? 1 : 0;
      if (!slot.staffed() || slot.day_begin() < At(0, 0)) continue;
      const DaySpan day = DayOf(slot, zone_);
      ASSERT_EQ(UsedThatDay(slot), Booked(day)) << slot.name();
      const HoursCap* cap = HoursCapOf(slot);
      ASSERT_NE(cap, nullptr);
      ASSERT_EQ(UsedInHours(slot.tile(), slot.run_index()), Booked(HoursSpanOf(*cap, day, zone_)));
      ASSERT_EQ(view.index->WeekUsed(kDoctor, slot.week()),
                Booked(WeekSpanOf(*view.index, slot, zone_)));
    }
    while (!ledger_.sites[0].taken.empty()) {
      const int gone = pick(static_cast<int>(ledger_.sites[0].taken.size()));
      const SlotRef slot =
          view.index->FindSlot(ledger_.sites[0].taken[static_cast<std::size_t>(gone)].slot);
      ASSERT_TRUE(slot);
      Free(static_cast<std::size_t>(gone));
      WithChanges(view, {Told(slot)}, clock_.Now());
      ASSERT_NO_FATAL_FAILURE(ExpectSame(view, Make()));
      if (pick(4) == 0) break;
    }
  }
  EXPECT_GT(unmade, 100U);
}

}  // namespace
}  // namespace sas::slots
