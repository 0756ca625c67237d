#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "services/slots/domain/slot_name.h"
#include "tests/support/slots/naive_search.h"
#include "tests/unit/slots/fixtures.h"

namespace sas::slots {
namespace {

using naive::Found;
using naive::KernelSearch;
using naive::Snapshot;
using std::chrono::minutes;
using std::chrono::seconds;

const base::Instant kNow{seconds(1'795'510'800)};  // 2026-11-24 09:00 UTC.

/// A slot in an hour; its source vouched so long ago.
IndexedSlot SlotOf(const std::string& site, const std::string& agenda, seconds age) {
  IndexedSlot slot;
  slot.slot.start = kNow + minutes(60);
  slot.slot.end = slot.slot.start + minutes(15);
  slot.slot.day_begin = kNow - std::chrono::hours(10);
  slot.slot.name = SlotName(site, agenda, slot.slot.start);
  slot.slot.modes = {Mode::kAmb};
  slot.slot.classes = {SlotClass::kSnp};
  slot.slot.source = std::make_shared<const FeedSource>("doctoplan", kNow - age);
  slot.free_seats = 1;
  return slot;
}

// A silent platform lowers its own slots, and no other agenda of the same site.
TEST(PartnerSearch, H39_ASilentSourceRanksBehindAFreshOne) {
  auto site = std::make_shared<IndexedSite>();
  site->rules = fixtures::RegulatedSite();
  site->slots = {SlotOf(site->rules.name, "a", seconds(31)),
                 SlotOf(site->rules.name, "b", seconds(30))};
  Snapshot snapshot;
  snapshot.fresh = kNow;
  snapshot.sites = {site};
  Query query;
  query.centre = site->rules.point;
  query.start = query.now = kNow;
  query.end = query.due = kNow + std::chrono::hours(48);
  query.need = fixtures::Order();
  const Found found = KernelSearch(snapshot, query);
  ASSERT_EQ(found.matches.size(), 2U);
  EXPECT_EQ(found.matches[0].slot, &site->slots[1]);
  EXPECT_FALSE(found.matches[0].unverified);
  EXPECT_TRUE(found.matches[1].unverified);
  EXPECT_LT(found.matches[1].score, found.matches[0].score);
}

}  // namespace
}  // namespace sas::slots
