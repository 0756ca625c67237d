// A search that is kept alive: what a watcher is told, and when.

#include <google/protobuf/util/message_differencer.h>

#include "services/slots/slot_search.h"
#include "tests/rpc/slots_search/watcher.h"

namespace sas::slots {
namespace {

using absl::StatusCode;
using google::protobuf::util::MessageDifferencer;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_F(WatchTest, FirstComesTheAnswerOfTheSearch) {
  for (const base::Actor& actor :
       {Osnp(), sas::testing::ActorWith(base::Role::kSupervisor, "chief-1")}) {
    const auto watch = Watch(Fifty(), actor);
    ASSERT_TRUE(watch->Next());
    const auto search = Search(Fifty(), actor);
    ASSERT_THAT(search, IsOk());
    EXPECT_TRUE(MessageDifferencer::Equals(watch->last.snapshot(), *search));
    EXPECT_GT(search->matches_size(), 10);
    EXPECT_EQ(watch->last.fresh_time().seconds(), ToTimestamp(clock_.Now()).seconds());
  }
}

TEST_F(WatchTest, AHeldSlotIsTakenAndComesBackToItsPlace) {
  const auto watch = Watch(Fifty());
  ASSERT_TRUE(watch->Next());
  const auto before = watch->Names();
  const int total = watch->total;
  ASSERT_TRUE(watch->Shows(kCsnpSlot));

  const auto hold = Hold(kCsnpSlot);
  ASSERT_THAT(hold, IsOk());
  Follow();
  ASSERT_TRUE(watch->NextUntil([&] { return !watch->Shows(kCsnpSlot); }));
  EXPECT_THAT(watch->last.changes().taken(), ::testing::ElementsAre(kCsnpSlot));
  EXPECT_EQ(watch->total, total - 1);

  Release(*hold);
  Follow();
  ASSERT_TRUE(watch->NextUntil([&] { return watch->Shows(kCsnpSlot); }));
  EXPECT_EQ(watch->Names(), before);
  EXPECT_EQ(watch->total, total);
}

TEST_F(WatchTest, AWatchedListIsAlwaysTheSearchsList) {
  const auto watch = Watch(Fifty());
  ASSERT_TRUE(watch->Next());
  // Everybody's first choice goes, one after the other.
  for (int i = 0; i < 12; ++i) {
    const std::string best = watch->Names().front();
    ASSERT_THAT(Hold(best, Osnp("osnp-" + std::to_string(i))), IsOk()) << best;
    Follow();
    const auto search = Search(Fifty());
    ASSERT_THAT(search, IsOk());
    ASSERT_TRUE(watch->NextUntil([&] { return watch->Names() == SlotsOf(*search); })) << i;
    EXPECT_EQ(watch->total, search->total_count());
    for (int each = 0; each < search->matches_size(); ++each) {
      EXPECT_EQ(watch->list[static_cast<std::size_t>(each)].slot().free_seat_count(),
                search->matches(each).slot().free_seat_count());
    }
  }
}

TEST_F(WatchTest, AHeartbeatComesEveryTenSeconds) {
  const auto watch = Watch(Fifty());
  ASSERT_TRUE(watch->Next());
  for (int i = 0; i < 3; ++i) {
    clock_.Advance(seconds(9));
    Follow();  // Nothing has changed: silence until the tenth second.
    clock_.Advance(seconds(1));
    Follow();
    ASSERT_TRUE(watch->Next());
    EXPECT_EQ(watch->last.step_case(), v1::WatchAvailabilityResponse::STEP_NOT_SET);
    EXPECT_GE(watch->last.fresh_time().seconds(), ToTimestamp(clock_.Now()).seconds() - 1);
  }
}

TEST_F(WatchTest, AFeedThatIsSilentMakesTheWholeAnswerUnverified) {
  const auto watch = Watch(Fifty());
  ASSERT_TRUE(watch->Next());
  book_.SetDownForTest(true);
  clock_.Advance(seconds(31));
  ASSERT_TRUE(watch->NextUntil([&] { return watch->last.has_snapshot(); }));
  EXPECT_THAT(watch->last.snapshot().missing_sources(),
              ::testing::ElementsAre(std::string(kAvailabilitySource)));
  EXPECT_TRUE(watch->list.front().unverified());
  const auto old = ToTimestamp(clock_.Now()).seconds() - 31;
  EXPECT_EQ(watch->last.fresh_time().seconds(), old);

  book_.SetDownForTest(false);
  Follow();
  ASSERT_TRUE(watch->NextUntil([&] { return watch->last.has_snapshot(); }));
  EXPECT_TRUE(watch->last.snapshot().missing_sources().empty());
  EXPECT_FALSE(watch->list.front().unverified());
}

TEST_F(WatchTest, SlotsThatBeginLeaveAndTheWindowStays) {
  v1::SearchSlotsRequest request = Fifty();
  const base::Instant opened = clock_.Now();
  const auto watch = Watch(request);
  ASSERT_TRUE(watch->Next());
  ASSERT_TRUE(watch->Shows(kCsnpSlot));
  for (int i = 0; i < 8; ++i) {  // 10:00 to 14:00; the slot starts at 13:45.
    clock_.Advance(minutes(30));
    Follow();
    ASSERT_TRUE(watch->Next());
  }
  if (watch->Shows(kCsnpSlot)) {
    ASSERT_TRUE(watch->NextUntil([&] { return !watch->Shows(kCsnpSlot); }));
  }
  *request.mutable_start_time() = ToTimestamp(clock_.Now());
  *request.mutable_end_time() = ToTimestamp(opened + hours(48));
  const auto search = Search(request);
  ASSERT_THAT(search, IsOk());
  if (watch->Names() != SlotsOf(*search)) {
    EXPECT_TRUE(watch->NextUntil([&] { return watch->Names() == SlotsOf(*search); }));
  }
  for (const v1::SlotMatch& match : watch->list) {
    EXPECT_LT(match.slot().start_time().seconds(), ToTimestamp(opened + hours(48)).seconds());
  }
}

TEST_F(WatchTest, AWindowThatHasPassedEndsTheWatch) {
  v1::SearchSlotsRequest request = Fifty();
  *request.mutable_start_time() = ToTimestamp(clock_.Now() + minutes(30));
  *request.mutable_end_time() = ToTimestamp(clock_.Now() + hours(5));
  const auto watch = Watch(request);
  ASSERT_TRUE(watch->Next());
  EXPECT_FALSE(watch->list.empty());
  clock_.Advance(hours(5) - seconds(1));
  Follow();
  ASSERT_TRUE(watch->NextUntil([&] { return watch->list.empty(); }));
  clock_.Advance(seconds(1));
  EXPECT_THAT(watch->End(), StatusIs(StatusCode::kOutOfRange, "WINDOW_PASSED"));
}

TEST_F(WatchTest, H52_ADirectoryThatChangesNothingShownBringsNothing) {
  const auto watch = Watch(Fifty());
  ASSERT_TRUE(watch->Next());
  for (int i = 0; i < 3; ++i) {
    Import("challans", "fr-pdl");
    ASSERT_THAT(availability_->Look(Internal()), IsOk());
    Follow();
  }
  ASSERT_THAT(Hold(kCsnpSlot), IsOk());
  Follow();
  ASSERT_TRUE(watch->Next());
  EXPECT_THAT(watch->last.changes().taken(), ::testing::ElementsAre(kCsnpSlot));
}

TEST_F(WatchTest, WhatStandsBesideTheListComesWithTheWholeAnswer) {
  const auto watch = Watch(Fifty());
  ASSERT_TRUE(watch->Next());
  RenameBesideTheList("Cabinet du Bourg");
  ASSERT_TRUE(watch->Next());
  EXPECT_TRUE(watch->last.has_snapshot());
  const auto search = Search(Fifty());
  ASSERT_THAT(search, IsOk());
  EXPECT_EQ(ExcludedOf(watch->whole)["cabinet-commequiers"].site_display_name(),
            "Cabinet du Bourg");
  EXPECT_EQ(watch->Names(), SlotsOf(*search));
}

TEST_F(WatchTest, RefusesWhatASearchRefuses) {
  std::vector<std::pair<v1::SearchSlotsRequest, base::Actor>> asked;
  for (int i = 0; i < 7; ++i) asked.emplace_back(AroundChallans(), Osnp());
  asked[0].second = sas::testing::ActorWith(base::Role::kPlanner);
  asked[1].first.set_parent("regions/fr-bre");
  asked[2].second.territories = {"33"};
  asked[3].first.set_page_size(-1);
  asked[4].first.set_insee_code("99999");
  *asked[5].first.mutable_end_time() = ToTimestamp(clock_.Now() + hours(24 * 30));
  asked[6].first.clear_parent();
  for (const auto& [search, actor] : asked) {
    const absl::Status refusal = Search(search, actor).status();
    EXPECT_FALSE(refusal.ok());
    EXPECT_THAT(Watch(search, actor)->End(), StatusIs(refusal.code(), base::ReasonOf(refusal)));
  }
  grpc::ClientContext context;
  EXPECT_THAT(rpc::FromGrpc(watch_stub_->WatchAvailability(&context, {})->Finish()),
              StatusIs(StatusCode::kUnauthenticated, "CREDENTIALS_MISSING"));
}

TEST_F(WatchTest, ARegionThatIsNotInMemoryYetIsWatchedLater) {
  v1::SearchSlotsRequest request = AroundChallans();
  request.set_parent("regions/fr-naq");
  base::Actor actor = Osnp();
  actor.regions.emplace_back("fr-naq");
  EXPECT_THAT(Watch(request, actor)->End(),
              StatusIs(StatusCode::kUnavailable, "AVAILABILITY_REBUILDING"));
}

TEST_F(WatchTest, AWatchHasNoPages) {
  v1::SearchSlotsRequest request = AroundChallans();
  request.set_page_size(2);
  const auto page = Search(request);
  ASSERT_THAT(page, IsOk());
  request.set_page_token(page->next_page_token());
  EXPECT_THAT(Watch(request)->End(), StatusIs(StatusCode::kInvalidArgument, "INVALID_PAGE_TOKEN"));
}

}  // namespace
}  // namespace sas::slots
