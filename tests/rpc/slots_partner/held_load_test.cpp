#include <functional>
#include <utility>

#include "tests/rpc/slots_partner/partner_fixture.h"

/// What a platform says while a load keeps its change out of the views.
namespace sas::slots {
namespace {

using ::testing::SizeIs;

/// A store whose next load is held once it has read the ledger, for as long as `meanwhile` runs.
class GatedStore : public SlotsStore {
 public:
  explicit GatedStore(SlotsStore& store) : store_(store) {}

  void HoldNextLoad(std::function<void()> meanwhile) {
    loads_ = false;
    meanwhile_ = std::move(meanwhile);
  }

  absl::Status Write(const base::Call& call,
                     const std::function<absl::Status(SlotsTransaction&)>& work) override {
    loads_ = true;  // A look writes nothing but the epoch of its load, and then reads all.
    return store_.Write(call, work);
  }

  absl::Status Read(const base::Call& call,
                    const std::function<absl::Status(SlotsTransaction&)>& work) override {
    const absl::Status read = store_.Read(call, work);
    if (loads_ && meanwhile_) std::exchange(meanwhile_, nullptr)();
    return read;
  }

  absl::Status Ping(const base::Call& call) override { return store_.Ping(call); }

  ledger::Feed& feed() override { return store_.feed(); }

 private:
  SlotsStore& store_;
  std::function<void()> meanwhile_;
  bool loads_ = false;
};

class HeldLoadTest : public PartnerTest {
 protected:
  void SetUp() override {
    PartnerTest::SetUp();
    availability_.reset();  // Takes its listeners along.
    availability_ = std::make_unique<Availability>(Availability::Options{}, gated_, book_,
                                                   projection_, health_, metrics_, clock_);
  }

  void TearDown() override {
    availability_.reset();  // Before its store.
    PartnerTest::TearDown();
  }

  /// Without a look, as long as the load lasts: the follower hears the book alone.
  std::vector<v1::SlotMatch> Shown() {
    EXPECT_THAT(projection_.Follow(Internal(), "fr-pdl", std::chrono::milliseconds(0)), IsOk());
    const v1::SearchSlotsResponse found = Search();
    return {found.matches().begin(), found.matches().end()};
  }

  /// Everything of the region has changed: the next look loads it.
  void ChangeAll() {
    ASSERT_THAT(Write([](SlotsTransaction& t) { return t.TouchSite("fr-pdl", ""); }), IsOk());
  }

  GatedStore gated_{store_};
};

TEST_F(HeldLoadTest, H39_NoSlotIsYoungerThanWhatItsViewHas) {
  SyncOne(Snapshot(1, {SlotAt(minutes(60)), SlotAt(minutes(90))}));
  ASSERT_THAT(Offered(), SizeIs(2));
  ChangeAll();
  bool held = false;
  gated_.HoldNextLoad([&] {
    held = true;
    clock_.Advance(seconds(10));
    SyncOne(Delta(2));  // Changes nothing: the view has all that the source vouches for.
    auto shown = Shown();
    ASSERT_THAT(shown, SizeIs(2));
    EXPECT_EQ(shown[0].information_age().seconds(), 0);
    clock_.Advance(seconds(5));
    SyncOne(Delta(3, {}, {minutes(60)}));
    shown = Shown();
    ASSERT_THAT(shown, SizeIs(2));  // Gone at its source, and still shown.
    EXPECT_EQ(shown[0].information_age().seconds(), 5);
    clock_.Advance(seconds(26));
    SyncOne(Delta(4));
    shown = Shown();
    ASSERT_THAT(shown, SizeIs(2));
    for (const v1::SlotMatch& each : shown) {
      EXPECT_EQ(each.information_age().seconds(), 31);
      EXPECT_TRUE(each.unverified());
      EXPECT_EQ(base::ToInstant(each.slot().verify_time()), clock_.Now() - seconds(31));
    }
  });
  ASSERT_THAT(availability_->Look(Internal()), IsOk());
  ASSERT_TRUE(held);
  // The load had read the ledger before the change: its picture lacks it as well.
  auto shown = Shown();
  ASSERT_THAT(shown, SizeIs(2));
  EXPECT_TRUE(shown[0].unverified());
  shown = Offered();
  ASSERT_THAT(shown, SizeIs(1));
  EXPECT_EQ(shown[0].slot().name(), NameAt(minutes(90)));
  EXPECT_EQ(shown[0].information_age().seconds(), 0);
  EXPECT_FALSE(shown[0].unverified());
}

// Another replica hears of the change from the ledger, and not of each frame.
TEST_F(HeldLoadTest, H39_AReplicaThatHearsFromTheLedgerClaimsNoMore) {
  SyncOne(Snapshot(1, {SlotAt(minutes(60))}));
  FeedAges ages;
  PartnerFeed other(store_, ages, gate_, partner_metrics_, clock_);
  ASSERT_THAT(other.Refresh(Internal()), IsOk());
  const base::Instant first = clock_.Now();
  const auto source = ages.Heard({kAgenda, "doctoplan", {1, Resync::kNone}, first, {}, 1});
  const FeedReading shown(source, 1, first);
  clock_.Advance(seconds(10));
  SyncOne(Delta(2));
  ASSERT_THAT(other.Refresh(Internal()), IsOk());
  EXPECT_EQ(shown.vouched(), clock_.Now());
  clock_.Advance(seconds(10));
  Sync({Delta(3, {}, {minutes(60)}), Delta(4)});
  ASSERT_THAT(other.Refresh(Internal()), IsOk());
  EXPECT_EQ(source->vouched(), clock_.Now());
  EXPECT_LE(shown.vouched(), clock_.Now() - seconds(10));
}

}  // namespace
}  // namespace sas::slots
