#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
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
  slot.slot.source = std::make_shared<const FeedReading>(
      std::make_shared<const FeedSource>("doctoplan", kNow - age));
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

// --- what a view has ---------------------------------------------------------------------------

FeedReading ReadingOf(const std::shared_ptr<FeedSource>& source, std::int64_t sequence,
                      base::Instant read) {
  source->NoteReading(sequence);
  return {source, sequence, read};
}

TEST(FeedReading, H39_ASignOfLifeRenewsWhatLacksNothing) {
  const auto source = std::make_shared<FeedSource>("doctoplan", kNow, 7);
  const FeedReading reading = ReadingOf(source, 9, kNow);
  source->Vouch(kNow + seconds(20), 7);
  EXPECT_EQ(reading.vouched(), kNow + seconds(20));
}

TEST(FeedReading, H39_AChangeIsNotSaidOfAReadingThatLacksIt) {
  const auto source = std::make_shared<FeedSource>("doctoplan", kNow, 7);
  const FeedReading old = ReadingOf(source, 7, kNow);
  source->Vouch(kNow + seconds(20), 7);
  source->Vouch(kNow + seconds(30), 10);
  EXPECT_EQ(old.vouched(), kNow + seconds(20));  // What was said before the change.
  source->Vouch(kNow + seconds(40), 10);         // A sign of life is of what it lacks.
  source->Vouch(kNow + seconds(50), 11);  // And so is the next change, as long as none reads.
  EXPECT_EQ(old.vouched(), kNow + seconds(20));
  EXPECT_EQ(source->vouched(), kNow + seconds(50));
  EXPECT_EQ(ReadingOf(source, 10, kNow + seconds(40)).vouched(), kNow + seconds(40));
  EXPECT_EQ(ReadingOf(source, 11, kNow + seconds(50)).vouched(), kNow + seconds(50));
}

TEST(FeedReading, H39_AnOlderWordTakesNothingBack) {
  const auto source = std::make_shared<FeedSource>("doctoplan", kNow, 10);
  const FeedReading old = ReadingOf(source, 9, kNow - seconds(5));
  const FeedReading present = ReadingOf(source, 10, kNow);
  source->Vouch(kNow - seconds(5), 9);  // Heard late, from the ledger.
  EXPECT_EQ(old.vouched(), kNow - seconds(5));
  EXPECT_EQ(present.vouched(), kNow);
  // Views that follow change by change are as old as the frame before each.
  source->Vouch(kNow + seconds(1), 11);
  EXPECT_EQ(present.vouched(), kNow);
  ReadingOf(source, 11, kNow + seconds(1));
  source->Vouch(kNow + seconds(2), 12);
  EXPECT_EQ(present.vouched(), kNow);
}

}  // namespace
}  // namespace sas::slots
