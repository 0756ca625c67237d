#include "services/slots/slot_rules.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "common/base/status.h"
#include "common/testing/fake_clock.h"
#include "services/slots/domain/search_kernel.h"
#include "services/slots/region_view.h"
#include "tests/support/slots/random_region.h"

namespace sas::slots {
namespace {

using testing::RandomRegion;

// Whatever a hold lets pass, a search would have offered to the same caller, if it had a free seat.
// The search knows the rules by another way (whole sites, then slots), so that a criterion that one
// of them forgets shows here.
TEST(SlotRules, H21_AHoldLetsPassWhatASearchOffersAndNothingElse) {
  int passed = 0;
  std::set<std::string> reasons;
  for (unsigned seed = 0; seed < 120; ++seed) {
    SCOPED_TRACE(seed);
    RandomRegion region(seed);
    Query query = region.MakeQuery();
    query.radius_meters = 150'000;
    if (query.need.modes.empty()) query.need.modes = {Mode::kAmb};  // As ReadNeed does.
    query.start = query.now;
    query.end = query.now + std::chrono::hours(14 * 24);
    const auto index = naive::IndexOf(region.snapshot);
    std::set<std::string> offered;
    for (const Match& match : Search(*index, query).matches) offered.insert(match.slot.name());
    index->ForEachSite([&](const SiteRef& site) {
      if (site.rules().daily_appointment_max > 0) return;  // Caps are asked apart.
      for (const SlotRef& slot : site.Slots(query.now, query.end)) {
        const auto& doctor = slot.practitioner_rules();
        const bool capped = doctor != nullptr && index->WeekUsed(doctor->name, slot.week()) >=
                                                     doctor->weekly_appointment_max;
        if (slot.free_seats() == 0 || capped) continue;
        const absl::Status status =
            CheckSlotFor(slot, query.need, query.now, Stage::kHold, nullptr);
        if (status.ok()) {
          ++passed;
          EXPECT_EQ(offered.count(slot.name()), 1U) << slot.name();
          EXPECT_TRUE(CheckSlotFor(slot, query.need, query.now, Stage::kConfirm, nullptr).ok());
          continue;
        }
        reasons.insert(base::ReasonOf(status));
        // A search still shows what the caller can be asked for; nothing else differs.
        const bool asked =
            Judge(site.rules(), query.need, Strictness::kSearch) == Exclusion::kNone &&
            Judge(site.rules(), query.need, Strictness::kHold) != Exclusion::kNone;
        const bool may_order = !query.need.has_order;
        EXPECT_TRUE(asked || may_order || offered.count(slot.name()) == 0) << status;
      }
    });
  }
  EXPECT_GT(passed, 500);
  EXPECT_GT(reasons.size(), 9U);
}

// Of a slot of an old step nothing says how long it was: it is withdrawn, not too short.
TEST(SlotRules, S2_08_AHoldOfWhatNothingMakesIsToldSoWhateverItsLength) {
  const sas::testing::FakeClock clock;  // Tuesday 24 November 2026, 10:00 in Paris.
  const std::string name = "regions/fr-naq/sites/csnp/slots/csnp-20261124t1715z";
  RegionLedger ledger;
  v1::Site& site = ledger.sites.emplace_back().site;
  site.set_name("regions/fr-naq/sites/csnp");
  site.set_opening_date("2025-09-29");
  site.add_territories("33");
  v1::EntryRule& entry = *site.mutable_entry_policy()->add_rules();
  entry.set_entry_point(type::v1::ENTRY_POINT_LINE_15);
  entry.set_access(v1::EntryRule::ACCESS_REGULATED);
  v1::MotifRule& motif = *site.mutable_care_policy()->add_accepted_motifs();
  motif.set_motif_code("M03.14");
  motif.set_minutes_min(15);
  ledger.sites[0].taken.push_back({name, 0, "a1", true, 1});
  const auto picture = MakePicture(ledger, clock.Now(), 1);
  ASSERT_TRUE(picture.ok()) << picture.status();
  const SlotRef slot = picture->view.index->FindSlot(name);
  ASSERT_TRUE(slot);
  Need need;
  need.entry_point = EntryPoint::kLine15;
  need.has_order = true;
  need.motif_code = "M03.14";
  need.age = {40, care::AgeUnit::kYear};
  need.modes = {Mode::kAmb};
  need.territory = "33";
  const absl::Status refused = CheckSlotFor(slot, need, clock.Now(), Stage::kHold, nullptr);
  EXPECT_EQ(base::ReasonOf(refused), "SLOT_WITHDRAWN") << refused;
}

}  // namespace
}  // namespace sas::slots
