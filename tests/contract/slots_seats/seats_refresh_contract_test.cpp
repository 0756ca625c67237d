// Refreshes of single sites of a SeatBook, on memory and on a real Redis.

#include "tests/contract/slots_seats/seats_fixture.h"

namespace sas::slots {
namespace {

using Kind = SeatState::Kind;
using absl::StatusCode;
using sas::testing::IsOk;
using sas::testing::ReasonIs;
using sas::testing::StatusIs;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::SizeIs;

/// The book of SeatBookTest is of version 1.
class SeatBookRefreshTest : public SeatBookTest {
 protected:
  static constexpr char kSite[] = "regions/fr-pdl/sites/challans";
  static constexpr char kNew[] = "regions/fr-pdl/sites/challans/slots/csnp-20261124t1400z";
  static constexpr char kElsewhere[] = "regions/fr-pdl/sites/challans-2/slots/a-20261124t1400z";

  static Refresh At(std::int64_t directory, std::int64_t sequence = 0) {
    return {kRegion, 1, directory, sequence};
  }

  absl::Status RefreshTo(const Refresh& refresh, const std::vector<OpenSlot>& slots) {
    return book_->RefreshSite(Call(), refresh, kSite, slots);
  }

  /// Asks for a hold of one order, of a person of one organization, each of which may have one.
  absl::StatusOr<Hold> TakeOne(const std::string& slot, const std::string& holder,
                               const std::string& request_id) {
    SeatBook::HoldRequest request;
    request.region = kRegion;
    request.slot = slot;
    request.token = "token-" + std::to_string(++tokens_);
    request.request_id = request_id;
    request.fingerprint = slot;
    request.holder = holder;
    request.order = "regions/fr-pdl/cases/c1/orders/o1";
    request.order_holds_max = 1;
    request.organization = organization_;
    request.organization_holds_max = 1;
    request.duration = kHoldMax;
    request.holds_max = holds_max_;
    return book_->TakeHold(Call(), request);
  }

  /// kTwo once its plan has another step: open for the appointment of its seat 0 alone.
  OpenSlot LeftToItsPatient(std::int64_t sequence) {
    OpenSlot slot = Slot(kTwo, 1, {{kTwo, 0, "a1", true, sequence}});
    slot.patients_only = true;
    return slot;
  }

  int holds_max_ = kHoldsPerHolderMax;
  std::string organization_;

  std::vector<std::pair<std::string, std::int64_t>> Told(const std::string& position) {
    const auto batch = book_->Changes(Call(), kRegion, position, milliseconds(0));
    EXPECT_THAT(batch, IsOk());
    std::vector<std::pair<std::string, std::int64_t>> sites;
    for (const SiteChange& each : batch->sites) sites.emplace_back(each.site, each.directory);
    return sites;
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, SeatBookRefreshTest, ::testing::Values("memory", "redis"),
                         EngineName);

TEST_P(SeatBookRefreshTest, OpensTheNewClosesTheVanishedKeepsTheRest) {
  Open(2, {Slot(kOne, 1), Slot(kTwo, 2), Slot(kElsewhere, 1)});
  Refresh refresh = At(2);
  refresh.epoch = 2;
  const auto kept = Take(kTwo, "osnp-1", "r1");
  const auto lost = Take(kOne, "osnp-1", "r2");
  ASSERT_THAT(kept, IsOk());
  ASSERT_THAT(lost, IsOk());
  EXPECT_TRUE(book_->BeginRefresh(Call(), refresh, false).value_or(false));
  ASSERT_THAT(RefreshTo(refresh, {Slot(kTwo, 3), Slot(kNew, 1)}), IsOk());

  EXPECT_EQ(FreeSeats(kNew), 1);
  EXPECT_EQ(FreeSeats(kTwo), 2);
  EXPECT_EQ(FreeSeats(kElsewhere), 1);
  EXPECT_THAT(book_->Prepare(Call(), KeyOf(*kept), "a1"), IsOk());
  EXPECT_EQ(FreeSeats(kOne), -1);
  EXPECT_THAT(Take(kOne, "osnp-2", "r3"),
              StatusIs(StatusCode::kFailedPrecondition, "SLOT_NOT_OPEN"));
  EXPECT_THAT(book_->Look(Call(), kRegion, kOne), ReasonIs("SLOT_NOT_OPEN"));
  EXPECT_THAT(book_->RenewHold(Call(), KeyOf(*lost), kHoldMax), ReasonIs("HOLD_LOST"));
  EXPECT_THAT(book_->Prepare(Call(), KeyOf(*lost), "a2"),
              StatusIs(StatusCode::kFailedPrecondition, "HOLD_LOST"));
  EXPECT_THAT(book_->ReleaseHold(Call(), KeyOf(*lost)), IsOk());
  clock_.Advance(kHoldMax);
  EXPECT_THAT(book_->Sweep(Call(), kRegion, 10), IsOk());
  EXPECT_EQ(FreeSeats(kOne), -1);
}

TEST_P(SeatBookRefreshTest, FollowersHearOfEachSiteAndOfTheEnd) {
  const auto start = book_->ChangesHead(Call(), kRegion);
  ASSERT_THAT(start, IsOk());
  ASSERT_THAT(book_->BeginRefresh(Call(), At(2), false), IsOk());
  ASSERT_THAT(RefreshTo(At(2), {Slot(kTwo, 2)}), IsOk());
  EXPECT_EQ(book_->State(Call(), kRegion)->directory, "1");
  ASSERT_THAT(book_->RefreshSite(Call(), At(2), "regions/fr-pdl/sites/gone", {}), IsOk());
  ASSERT_THAT(book_->FinishRefresh(Call(), At(2)), IsOk());
  EXPECT_EQ(book_->State(Call(), kRegion)->directory, "2");
  EXPECT_EQ(book_->State(Call(), kRegion)->epoch, 1);
  EXPECT_THAT(Told(*start),
              ElementsAre(Pair(kSite, 2), Pair("regions/fr-pdl/sites/gone", 2), Pair("", 2)));
}

TEST_P(SeatBookRefreshTest, ClosedSlotOpensAgainWithoutItsOldHolds) {
  const auto hold = Take(kOne, "osnp-1", "r1");
  ASSERT_THAT(hold, IsOk());
  ASSERT_THAT(RefreshTo(At(2), {Slot(kTwo, 2)}), IsOk());
  EXPECT_EQ(FreeSeats(kOne), -1);
  ASSERT_THAT(RefreshTo(At(3), {Slot(kOne, 1), Slot(kTwo, 2)}), IsOk());
  EXPECT_EQ(FreeSeats(kOne), 1);
  EXPECT_THAT(book_->Prepare(Call(), KeyOf(*hold), "a1"), ReasonIs("HOLD_LOST"));
  EXPECT_THAT(Take(kOne, "osnp-2", "r2"), IsOk());
}

TEST_P(SeatBookRefreshTest, H25_WhatWasLostWithItsSlotIsNoHoldOfItsOrder) {
  ASSERT_THAT(TakeOne(kOne, "osnp-1", "r1"), IsOk());
  EXPECT_THAT(TakeOne(kTwo, "osnp-1", "r2"), ReasonIs("ORDER_HELD"));
  EXPECT_THAT(TakeOne(kTwo, "osnp-1", "r1"), ReasonIs("REQUEST_ID_REUSED"));
  ASSERT_THAT(RefreshTo(At(2), {Slot(kTwo, 2)}), IsOk());
  const auto next = TakeOne(kTwo, "osnp-1", "r1");
  ASSERT_THAT(next, IsOk()) << "its id is free again too";
  EXPECT_EQ(TakeOne(kTwo, "osnp-1", "r1")->token, next->token);
}

TEST_P(SeatBookRefreshTest, H25_WhatWasLostWithItsSlotIsNoHoldOfItsHolder) {
  holds_max_ = 1;
  ASSERT_THAT(Take(kOne, "osnp-1", "r1"), IsOk());
  EXPECT_THAT(TakeOne(kTwo, "osnp-1", "r2"), ReasonIs("TOO_MANY_HOLDS"));
  ASSERT_THAT(RefreshTo(At(2), {Slot(kTwo, 2)}), IsOk());
  EXPECT_THAT(TakeOne(kTwo, "osnp-1", "r2"), IsOk());
  EXPECT_THAT(TakeOne(kTwo, "osnp-1", "r3"), ReasonIs("TOO_MANY_HOLDS"));
}

TEST_P(SeatBookRefreshTest, H25_WhatWasLostWithItsSlotIsNoHoldOfItsOrganization) {
  organization_ = "officine";
  ASSERT_THAT(TakeOne(kOne, "ph-1", "r1"), IsOk());
  EXPECT_THAT(TakeOne(kTwo, "ph-2", "r2"), ReasonIs("HOLD_QUOTA"));
  ASSERT_THAT(RefreshTo(At(2), {Slot(kTwo, 2)}), IsOk());
  EXPECT_THAT(TakeOne(kTwo, "ph-2", "r2"), IsOk());
  EXPECT_THAT(TakeOne(kTwo, "ph-3", "r3"), ReasonIs("HOLD_QUOTA"));
}

TEST_P(SeatBookRefreshTest, H25_OpenedAgainTheSlotIsHeldByWhoHoldsItThen) {
  ASSERT_THAT(TakeOne(kOne, "osnp-1", "r1"), IsOk());
  ASSERT_THAT(RefreshTo(At(2), {Slot(kTwo, 2)}), IsOk());
  ASSERT_THAT(RefreshTo(At(3), {Slot(kOne, 1), Slot(kTwo, 2)}), IsOk());
  const auto other = TakeOne(kOne, "osnp-2", "r1");
  ASSERT_THAT(other, IsOk());
  EXPECT_THAT(TakeOne(kTwo, "osnp-1", "r2"), IsOk()) << "that seat is another's";
  EXPECT_THAT(TakeOne(kTwo, "osnp-2", "r2"), ReasonIs("ORDER_HELD"));
  EXPECT_THAT(book_->RenewHold(Call(), KeyOf(*other), kHoldMax), IsOk());
}

TEST_P(SeatBookRefreshTest, H25_WhatARefreshKeepsGoesOnCounting) {
  Open(2, {Slot(kTwo, 2), Slot(kElsewhere, 1)});
  Refresh refresh = At(2);
  refresh.epoch = 2;
  ASSERT_THAT(TakeOne(kTwo, "osnp-1", "r1"), IsOk());
  ASSERT_THAT(TakeOne(kElsewhere, "osnp-2", "r2"), IsOk());
  ASSERT_THAT(RefreshTo(refresh, {Slot(kTwo, 2), Slot(kNew, 2)}), IsOk());
  for (const char* holder : {"osnp-1", "osnp-2"}) {
    EXPECT_THAT(TakeOne(kNew, holder, "r3"), ReasonIs("ORDER_HELD")) << holder;
  }
}

TEST_P(SeatBookRefreshTest, H25_WhatALoadDoesNotOpenAgainIsNoHold) {
  ASSERT_THAT(TakeOne(kOne, "osnp-1", "r1"), IsOk());
  ASSERT_THAT(TakeOne(kTwo, "osnp-2", "r2"), IsOk());
  Open(2, {Slot(kTwo, 2), Slot(kNew, 2)}, true);
  EXPECT_THAT(TakeOne(kNew, "osnp-1", "r3"), IsOk());
  EXPECT_THAT(TakeOne(kNew, "osnp-2", "r4"), ReasonIs("ORDER_HELD"));
}

TEST_P(SeatBookRefreshTest, H25_WhatIsLostInASlotLeftToItsPatientsBlocksNobody) {
  organization_ = "officine";
  ASSERT_THAT(Commit(kTwo, 0, "a1", true, 3), IsOk());
  const auto lost = TakeOne(kTwo, "ph-1", "r1");
  ASSERT_THAT(lost, IsOk());
  ASSERT_EQ(lost->seat, 1);
  ASSERT_THAT(RefreshTo(At(2, 3), {LeftToItsPatient(3), Slot(kNew, 2)}), IsOk());
  EXPECT_THAT(book_->RenewHold(Call(), KeyOf(*lost), kHoldMax), ReasonIs("HOLD_LOST"));
  EXPECT_THAT(book_->Prepare(Call(), KeyOf(*lost), "a2"), ReasonIs("HOLD_LOST"));
  EXPECT_EQ(KindOf(kTwo, 0), Kind::kTaken);
  EXPECT_EQ(KindOf(kTwo, 1), Kind::kFree);
  EXPECT_EQ(FreeSeats(kTwo), 0);
  holds_max_ = 1;
  EXPECT_THAT(TakeOne(kNew, "ph-1", "r1"), IsOk()) << "its id is free again too";
  EXPECT_THAT(TakeOne(kNew, "ph-2", "r2"), ReasonIs("HOLD_QUOTA")) << "this one counts";
}

TEST_P(SeatBookRefreshTest, H25_ALoadGivesBackTooWhatIsHeldInASlotLeftToItsPatients) {
  ASSERT_THAT(Commit(kTwo, 0, "a1", true, 3), IsOk());
  ASSERT_THAT(Commit(kTwo, 1, "a2", true, 4), IsOk());
  ASSERT_THAT(Commit(kTwo, 1, "a2", false, 5), IsOk());
  const auto lost = TakeOne(kTwo, "osnp-1", "r1");
  ASSERT_THAT(lost, IsOk());
  Open(2, {LeftToItsPatient(3), Slot(kNew, 1)}, true, 4);  // Read before its seat was freed.
  EXPECT_THAT(book_->RenewHold(Call(), KeyOf(*lost), kHoldMax), ReasonIs("HOLD_LOST"));
  EXPECT_THAT(TakeOne(kNew, "osnp-1", "r2"), IsOk());
  EXPECT_EQ(KindOf(kTwo, 0), Kind::kTaken);
}

TEST_P(SeatBookRefreshTest, H25_WhatIsPreparedInASlotLeftToItsPatientsIsTheLedgers) {
  for (const bool taken : {true, false}) {
    SCOPED_TRACE(taken);
    const std::int64_t version = taken ? 2 : 4;
    ASSERT_THAT(Commit(kTwo, 0, "a1", true, 10 * version), IsOk());
    const std::string holder = taken ? "osnp-1" : "osnp-2";
    const auto hold = TakeOne(kTwo, holder, "r1");
    ASSERT_THAT(hold, IsOk());
    ASSERT_THAT(book_->Prepare(Call(), KeyOf(*hold), "a2"), IsOk());
    ASSERT_THAT(RefreshTo(At(version, 10 * version), {LeftToItsPatient(10 * version)}), IsOk());
    EXPECT_EQ(KindOf(kTwo, 1), Kind::kPrepared);
    EXPECT_TRUE(Commit(kTwo, 1, "a2", taken, 10 * version + 1).value_or(false));
    EXPECT_EQ(KindOf(kTwo, 1), taken ? Kind::kTaken : Kind::kFree) << "no hold again";
    ASSERT_THAT(Commit(kTwo, 1, "a2", false, 10 * version + 2), IsOk());
    ASSERT_THAT(RefreshTo(At(version + 1, 10 * version + 2), {Slot(kTwo, 2)}), IsOk());
  }
}

TEST_P(SeatBookRefreshTest, TakenSeatOfAClosedSlotIsTheLedgersToBringBack) {
  ASSERT_THAT(Commit(kOne, 0, "a1", true, 3), IsOk());
  ASSERT_THAT(RefreshTo(At(2, 3), {Slot(kTwo, 2)}), IsOk());
  EXPECT_FALSE(Commit(kOne, 0, "a1", false, 4).value_or(true));
  EXPECT_EQ(book_->State(Call(), kRegion)->seat_sequence, 4);
  ASSERT_THAT(RefreshTo(At(3, 5), {Slot(kOne, 1, {{kOne, 0, "a2", true, 5}}), Slot(kTwo, 2)}),
              IsOk());
  EXPECT_EQ(KindOf(kOne, 0), Kind::kTaken);
}

TEST_P(SeatBookRefreshTest, WhatWasHeardAfterTheLedgerWasReadStays) {
  ASSERT_THAT(Commit(kOne, 0, "a1", true, 3), IsOk());
  ASSERT_THAT(Commit(kOne, 0, "a1", false, 4), IsOk());
  ASSERT_THAT(Commit(kTwo, 1, "a2", true, 5), IsOk());
  ASSERT_THAT(RefreshTo(At(2, 3), {Slot(kOne, 1, {{kOne, 0, "a1", true, 3}}), Slot(kTwo, 2)}),
              IsOk());
  EXPECT_EQ(FreeSeats(kOne), 1);
  EXPECT_EQ(KindOf(kTwo, 1), Kind::kTaken);
}

TEST_P(SeatBookRefreshTest, OlderRefreshNeverUndoesALaterOne) {
  // Two replicas: the older reading has kOne still, the later one has not; in both orders of their
  // steps kOne ends closed and the others open.
  ASSERT_THAT(RefreshTo(At(3), {Slot(kTwo, 2), Slot(kNew, 1)}), IsOk());
  ASSERT_THAT(RefreshTo(At(2), {Slot(kOne, 1), Slot(kTwo, 1)}), IsOk());
  EXPECT_EQ(FreeSeats(kOne), -1);
  EXPECT_EQ(FreeSeats(kTwo), 2);
  EXPECT_EQ(FreeSeats(kNew), 1);
  ASSERT_THAT(book_->FinishRefresh(Call(), At(3)), IsOk());
  ASSERT_THAT(book_->FinishRefresh(Call(), At(2)), IsOk());
  EXPECT_EQ(book_->State(Call(), kRegion)->directory, "3");
  EXPECT_FALSE(book_->BeginRefresh(Call(), At(2), true).value_or(true));
}

TEST_P(SeatBookRefreshTest, OneRefreshesAndAnotherTakesOverWhenItDies) {
  EXPECT_TRUE(book_->BeginRefresh(Call(), At(2), false).value_or(false));
  EXPECT_FALSE(book_->BeginRefresh(Call(), At(2), false).value_or(true));
  EXPECT_FALSE(book_->BeginRefresh(Call(), At(3), false).value_or(true)) << "further than that";
  EXPECT_TRUE(book_->BeginRefresh(Call(), At(2), true).value_or(false)) << "a sign of life";
  EXPECT_TRUE(book_->BeginRefresh(Call(), At(3), true).value_or(false)) << "known to be dead";
  EXPECT_FALSE(book_->BeginRefresh(Call(), At(2), true).value_or(true)) << "another goes further";
  clock_.Advance(kRefreshMax);
  EXPECT_TRUE(book_->BeginRefresh(Call(), At(2), false).value_or(false));
  clock_.Advance(-seconds(3600));  // A host whose clock is an hour late waits for nobody.
  EXPECT_TRUE(book_->BeginRefresh(Call(), At(2), false).value_or(false));
}

TEST_P(SeatBookRefreshTest, ASignOfLifeKeepsTheClaim) {
  EXPECT_TRUE(book_->BeginRefresh(Call(), At(2), false).value_or(false));
  for (int i = 0; i < 3; ++i) {
    clock_.Advance(kRefreshMax - milliseconds(1));
    EXPECT_FALSE(book_->BeginRefresh(Call(), At(3), false).value_or(true)) << i;
    EXPECT_TRUE(book_->BeginRefresh(Call(), At(2), true).value_or(false)) << i;
  }
}

TEST_P(SeatBookRefreshTest, TheNextBeginsWhenOneHasEnded) {
  EXPECT_TRUE(book_->BeginRefresh(Call(), At(2), false).value_or(false));
  ASSERT_THAT(book_->FinishRefresh(Call(), At(2)), IsOk());
  EXPECT_TRUE(book_->BeginRefresh(Call(), At(3), false).value_or(false));
  ASSERT_THAT(book_->FinishRefresh(Call(), At(2)), IsOk());
  EXPECT_FALSE(book_->BeginRefresh(Call(), At(4), false).value_or(true))
      << "who was slow ends his own";
}

TEST_P(SeatBookRefreshTest, AnotherEpochOrALoadAtWorkRefusesIt) {
  Refresh other = At(2);
  other.epoch = 2;
  EXPECT_THAT(book_->BeginRefresh(Call(), other, false),
              StatusIs(StatusCode::kAborted, "LOAD_SUPERSEDED"));
  EXPECT_THAT(RefreshTo(other, {Slot(kOne, 1)}), ReasonIs("LOAD_SUPERSEDED"));
  ASSERT_THAT(book_->BeginLoad(Call(), LoadOf(2, true)), IsOk());
  for (const Refresh& refresh : {At(2), other}) {
    EXPECT_THAT(book_->BeginRefresh(Call(), refresh, true), ReasonIs("LOAD_SUPERSEDED"));
    EXPECT_THAT(RefreshTo(refresh, {Slot(kOne, 1)}), ReasonIs("LOAD_SUPERSEDED"));
    EXPECT_THAT(book_->FinishRefresh(Call(), refresh), ReasonIs("LOAD_SUPERSEDED"));
  }
}

TEST_P(SeatBookRefreshTest, LoadAfterARefreshStartsFromTheLedgerAgain) {
  ASSERT_THAT(RefreshTo(At(9), {Slot(kTwo, 2)}), IsOk());
  const auto hold = Take(kTwo, "osnp-1", "r1");
  ASSERT_THAT(hold, IsOk());
  const Load load = LoadOf(2, true);
  ASSERT_THAT(book_->BeginLoad(Call(), load), IsOk());
  ASSERT_THAT(book_->OpenSlots(Call(), load, {Slot(kOne, 1), Slot(kTwo, 2)}), IsOk());
  // Slots of the epoch to come count already, whatever the refresh closed.
  ASSERT_THAT(book_->RenewHold(Call(), KeyOf(*hold), kHoldMax), IsOk());
  EXPECT_EQ(FreeSeats(kOne), 1);
  ASSERT_THAT(book_->FinishLoad(Call(), load), IsOk());
  book_->Expect(kRegion, 2);
  EXPECT_EQ(FreeSeats(kOne), 1);
  EXPECT_THAT(book_->Prepare(Call(), KeyOf(*hold), "a1"), IsOk());
  // A ledger that was restored counts its versions from lower on.
  Refresh restored = At(4);
  restored.epoch = 2;
  ASSERT_THAT(RefreshTo(restored, {Slot(kTwo, 2)}), IsOk());
  EXPECT_EQ(FreeSeats(kOne), -1);
  EXPECT_EQ(FreeSeats(kTwo), 1);
}

TEST_P(SeatBookRefreshTest, LargeSiteGoesInSeveralSteps) {
  std::vector<OpenSlot> slots;
  std::vector<std::string> names;
  for (int i = 0; i < 501; ++i) {
    names.push_back(std::string(kSite) + "/slots/b-" + std::to_string(i));
    slots.push_back(Slot(names.back(), 1));
  }
  const auto start = book_->ChangesHead(Call(), kRegion);
  ASSERT_THAT(start, IsOk());
  ASSERT_THAT(RefreshTo(At(2), slots), IsOk());
  EXPECT_THAT(Told(*start), SizeIs(1));
  const auto counts = book_->Count(Call(), kRegion, names);
  ASSERT_THAT(counts, IsOk());
  for (const SeatChange& each : *counts) EXPECT_EQ(each.free_seats, 1);
  EXPECT_EQ(FreeSeats(kOne), -1);
}

}  // namespace
}  // namespace sas::slots
