#include "services/slots/slot_rules.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "common/base/status.h"
#include "services/slots/domain/search_kernel.h"
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

}  // namespace
}  // namespace sas::slots
