// Refreshes of many sites at once: the follower comes to an end whatever goes on beside it, and one
// replica does the work. On a memory book and on a real Redis.

#include <map>
#include <memory>
#include <set>
#include <string>

#include "tests/contract/slots_availability/refresh_fixture.h"
#include "tests/contract/slots_availability/slow_book.h"

namespace sas::slots {
namespace {

using sas::testing::IsOk;
using sas::testing::ReasonIs;

class RefreshManyTest : public RefreshTest {
 protected:
  std::shared_ptr<SeatBook> MakeBook() override {
    slow_ = std::make_shared<SlowBook>(RefreshTest::MakeBook(), clock_);
    return slow_;
  }

  std::string Head() {
    const auto head = replica_->book->ChangesHead(Call(), kRegion);
    EXPECT_THAT(head, IsOk());
    return head.value_or("");
  }

  std::shared_ptr<SlowBook> slow_;  ///< Of the replica that was made last.
};

INSTANTIATE_TEST_SUITE_P(Engines, RefreshManyTest, ::testing::Values("memory", "redis"), EngineOf);

TEST_P(RefreshManyTest, OneReplicaDoesTheWorkHoweverFarTheLedgerGoesMeanwhile) {
  const auto first = slow_;
  Replica second(*this);
  ASSERT_THAT(second.availability.Look(Call()), IsOk());
  TouchMany(3);
  int sites = 0;
  first->on_site = [&] {
    ++sites;
    ChangeSite("s", sites % 2 == 0 ? "14:30" : "15:00");
    const std::string before = Head();
    EXPECT_THAT(second.availability.Look(Call()), IsOk());
    EXPECT_EQ(Head(), before) << "the second has told of nothing";
  };
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(sites, 3);
  ASSERT_NE(State().directory, std::to_string(Ledger().directory));
  ASSERT_THAT(second.availability.Look(Call()), IsOk());
  EXPECT_EQ(State().directory, std::to_string(Ledger().directory)) << "nobody is waited for";
  EXPECT_EQ(State().epoch, 1);
}

TEST_P(RefreshManyTest, APartOfLargeSitesStaysWithWhoIsAtIt) {
  constexpr int kSites = 40;
  static_assert(kSites < kSiteChangesMax, "one part");
  TouchMany(kSites);
  int sites = 0;
  slow_->on_site = [&] {
    ++sites;
    clock_.Advance(std::chrono::milliseconds(150));
    const Refresh another{kRegion, 1, Ledger().directory + 1, 0};
    EXPECT_FALSE(slow_->BeginRefresh(Call(), another, false).value_or(true)) << sites;
  };
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(sites, kSites);
  EXPECT_EQ(State().directory, std::to_string(Ledger().directory));
}

// Who was thought dead and comes back leaves the rest to who took it over.
TEST_P(RefreshManyTest, WhoWasSlowLeavesTheRestToWhoGoesFurther) {
  const std::string before = State().directory;
  TouchMany(40);
  const Refresh another{kRegion, 1, Ledger().directory + 1, 0};
  int sites = 0;
  slow_->on_site = [&] {
    if (++sites > 1) return;
    clock_.Advance(kRefreshMax);
    EXPECT_TRUE(slow_->BeginRefresh(Call(), another, false).value_or(false));
  };
  ASSERT_THAT(Look(), IsOk());
  EXPECT_LT(sites, 40);
  EXPECT_EQ(State().directory, before);
}

TEST_P(RefreshManyTest, LooksWhileTheFollowerIsAtManySitesDoNotSendItBack) {
  constexpr int kSites = 600;
  constexpr int kPerTurn = static_cast<int>(Projection::kSitesPerTurn);
  std::map<std::string, int> read;
  replica_->projection.OnSites(
      [&](const base::Call& /*call*/, const std::string& /*region*/,
          const std::vector<std::string>& sites) -> absl::StatusOr<std::vector<SitePicture>> {
        EXPECT_THAT(Look(), IsOk()) << "with nothing left to take, the last are not in yet";
        std::vector<SitePicture> pictures;
        for (const std::string& site : sites) {
          ++read[site];
          pictures.emplace_back().name = site;
        }
        return pictures;
      });
  TouchMany(kSites);
  ASSERT_THAT(Look(), IsOk());
  const auto wait = [&] {  // The next look asks for what is not shown.
    ASSERT_THAT(Look(), IsOk());
    clock_.Advance(Availability::kLook);
  };
  for (int taken = 0; taken < kSites; taken += kPerTurn) {
    EXPECT_LT(Shown(), Ledger().directory) << taken;
    if (taken > 0) {
      wait();
      ASSERT_THAT(Look(), IsOk());
    }
    wait();
    ASSERT_THAT(Follow(*replica_), IsOk());
  }
  EXPECT_EQ(Shown(), Ledger().directory);
  EXPECT_EQ(read.size(), std::size_t{kSites});
  for (const auto& [site, times] : read) EXPECT_EQ(times, 1) << site;
}

TEST_P(RefreshManyTest, SitesThatCannotBeReadDoNotKeepTheOthers) {
  std::set<std::string> read;
  replica_->projection.OnSites(
      [&](const base::Call& /*call*/, const std::string& /*region*/,
          const std::vector<std::string>& sites) -> absl::StatusOr<std::vector<SitePicture>> {
        std::vector<SitePicture> pictures;
        for (const std::string& site : sites) {
          if (site == SiteOf(0)) {
            return base::Fail(absl::StatusCode::kUnavailable, "LEDGER_UNAVAILABLE", "told so");
          }
          read.insert(site);
          pictures.emplace_back().name = site;
        }
        return pictures;
      });
  constexpr int kSites = 3 * static_cast<int>(Projection::kSitesPerTurn);
  TouchMany(kSites);
  ASSERT_THAT(Look(), IsOk());
  EXPECT_THAT(Follow(*replica_), ReasonIs("LEDGER_UNAVAILABLE"));
  clock_.Advance(Projection::kReadPause);
  ASSERT_THAT(Follow(*replica_), IsOk());
  ASSERT_THAT(Follow(*replica_), IsOk());
  EXPECT_EQ(read.count(SiteOf(kSites - 1)), 1U);
  EXPECT_LT(Shown(), Ledger().directory);
  EXPECT_THAT(Follow(*replica_), ReasonIs("LEDGER_UNAVAILABLE"));
}

TEST_P(RefreshManyTest, AViewThatIsBehindByMoreThanARefreshIsReadWhole) {
  RegionView old = *replica_->projection.Find(kRegion);
  TouchMany(static_cast<int>(kRefreshedSitesMax) + 1);
  ASSERT_THAT(Look(), IsOk());
  ASSERT_EQ(State().epoch, 2);
  old.epoch = 2;
  const auto head = replica_->book->ChangesHead(Call(), kRegion);
  ASSERT_THAT(head, IsOk());
  replica_->projection.Install(kRegion, old, *head);
  ASSERT_THAT(Look(), IsOk());
  ASSERT_LT(Shown(), Ledger().directory);
  clock_.Advance(Availability::kLook);
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(Shown(), Ledger().directory);
}

}  // namespace
}  // namespace sas::slots
