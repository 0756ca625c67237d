// Seats beyond those of a slot, one hold for an order, holds that end with their console.

#include <prometheus/counter.h>

#include <thread>

#include "tests/rpc/slots_search/watcher.h"

namespace sas::slots {
namespace {

using absl::StatusCode;

class HoldLimitsTest : public WatchTest {
 protected:
  static constexpr char kNext[] = "regions/fr-pdl/sites/csnp-challans/slots/csnp-20261124t1300z";

  // The session of the CSNP's Tuesday takes `most` patients beyond its seats.
  void Allow(int most) {
    ASSERT_THAT(store_.Write(Internal(),
                             [&](SlotsTransaction& transaction) -> absl::Status {
                               SAS_ASSIGN_OR_RETURN(const auto plans,
                                                    transaction.ListSessionPlans(kCsnp, Page{}));
                               for (v1::SessionPlan plan : plans) {
                                 plan.set_supernumerary_max(most);
                                 SAS_RETURN_IF_ERROR(transaction.PutSessionPlan(plan));
                               }
                               return transaction.TouchSite("fr-pdl", kCsnp);
                             }),
                IsOk());
    ASSERT_THAT(availability_->Look(Internal()), IsOk());
    Follow();
  }

  // One seat beyond those of the slot, all of which are taken before.
  absl::StatusOr<v1::SlotHold> HoldBeyond(const std::string& slot, const std::string& operator_id,
                                          const std::string& reason = "PRACTITIONER_AGREES") {
    v1::HoldSlotRequest request;
    request.set_name(slot);
    *request.mutable_need() = NeedOf116117();
    request.set_request_id("beyond-" + operator_id + slot.substr(slot.size() - 5));
    request.set_supernumerary_reason_code(reason);
    return Invoke<v1::SlotHold>(*slots_stub_, &v1::SlotService::Stub::HoldSlot, request,
                                Osnp(operator_id));
  }

  // So many appointments at the CSNP a day, and of its Tuesday's doctor a week.
  void Cap(int of_day, int of_week) {
    ASSERT_THAT(store_.Write(Internal(),
                             [&](SlotsTransaction& transaction) -> absl::Status {
                               SAS_ASSIGN_OR_RETURN(auto site, transaction.GetSite(kCsnp));
                               site->set_daily_appointment_max(of_day);
                               SAS_ASSIGN_OR_RETURN(auto doctor,
                                                    transaction.GetPractitioner(
                                                        "regions/fr-pdl/practitioners/m-quelin"));
                               doctor->set_weekly_appointment_max(of_week);
                               SAS_RETURN_IF_ERROR(transaction.NextDirectory("fr-pdl").status());
                               SAS_RETURN_IF_ERROR(transaction.PutPractitioner(*doctor));
                               return transaction.PutSite(*site);
                             }),
                IsOk());
    ASSERT_THAT(availability_->Look(Internal()), IsOk());
    Follow();
  }

  // The hold that takes the last place under a cap: whoever comes after is refused, its repeat is
  // not.
  void ExpectOnlyTheRepeat(const std::string& reason) {
    const auto hold = Hold(kCsnpSlot);
    ASSERT_THAT(hold, IsOk());
    Follow();
    EXPECT_THAT(Hold(kNext, Osnp(), "R-2"), StatusIs(StatusCode::kFailedPrecondition, reason));
    EXPECT_THAT(Hold(kNext, Osnp("osnp-2")), ReasonIs(reason)) << "an id belongs to who made it";
    v1::CareNeed other = NeedOf116117();
    other.mutable_age()->set_value(41);
    EXPECT_THAT(Hold(kCsnpSlot, Osnp(), "R-1", other), ReasonIs("REQUEST_ID_REUSED"));
    const auto repeat = Hold(kCsnpSlot);
    ASSERT_THAT(repeat, IsOk());
    EXPECT_EQ(repeat->hold_token(), hold->hold_token());
    EXPECT_EQ(repeat->expire_time().seconds(), hold->expire_time().seconds());
  }

  absl::Status CommitSeat(const std::string& slot, int seat, const std::string& appointment) {
    v1::CommitSeatsRequest request;
    request.set_parent("regions/fr-pdl");
    v1::SeatChange& change = *request.add_changes();
    change.set_slot(slot);
    change.set_seat(seat);
    change.set_appointment("regions/fr-pdl/appointments/" + appointment);
    change.set_taken(true);
    request.set_request_id("commit-" + appointment);
    return Invoke<v1::CommitSeatsResponse>(*seats_stub_, &v1::SeatService::Stub::CommitSeats,
                                           request, Service())
        .status();
  }
};

TEST_F(HoldLimitsTest, ASessionTakesAsManyBeyondItsSeatsAsItAllows) {
  EXPECT_THAT(HoldBeyond(kCsnpSlot, "osnp-1"), ReasonIs("SUPERNUMERARY_EXHAUSTED"));  // None.
  Allow(1);
  EXPECT_THAT(HoldBeyond(kCsnpSlot, "osnp-1"),
              StatusIs(StatusCode::kFailedPrecondition, "SEATS_ARE_FREE"));
  EXPECT_THAT(HoldBeyond(kCsnpSlot, "osnp-1", "HURRY"),
              StatusIs(StatusCode::kInvalidArgument, "UNKNOWN_CODE"));
  for (const char* slot : {kCsnpSlot, kNext}) {
    ASSERT_THAT(CommitSeat(slot, 0, std::string("first-") + (slot == kNext ? "2" : "1")), IsOk());
  }
  const auto beyond = HoldBeyond(kCsnpSlot, "osnp-1");
  ASSERT_THAT(beyond, IsOk());
  EXPECT_EQ(beyond->seat(), 1);
  EXPECT_THAT(HoldBeyond(kCsnpSlot, "osnp-2"), ReasonIs("SUPERNUMERARY_EXHAUSTED"));
  const auto other = HoldBeyond(kNext, "osnp-2");
  ASSERT_THAT(other, IsOk());
  // The allowance is the session's: the first who confirm have it.
  const auto seat = Prepare(*beyond, "a1", "osnp-1");
  ASSERT_THAT(seat, IsOk());
  EXPECT_EQ(seat->supernumerary_reason_code(), "PRACTITIONER_AGREES");
  const v1::SupernumeraryCap& cap = seat->supernumerary_cap();
  EXPECT_EQ(cap.appointment_max(), 1);
  EXPECT_EQ(cap.agenda(), "csnp");
  EXPECT_EQ(cap.seat_count(), 1);
  EXPECT_LE(cap.start_time().seconds(), seat->slot().start_time().seconds());
  EXPECT_GT(cap.end_time().seconds(), other->slot().start_time().seconds());
  ASSERT_THAT(CommitSeat(kCsnpSlot, 1, "a1"), IsOk());
  EXPECT_THAT(Prepare(*other, "a2", "osnp-2"),
              StatusIs(StatusCode::kFailedPrecondition, "SUPERNUMERARY_EXHAUSTED"));
}

TEST_F(HoldLimitsTest, H24_ARepeatFromAnotherListIsTheSameHold) {
  const auto hold = Hold(kCsnpSlot);
  ASSERT_THAT(hold, IsOk());
  v1::HoldSlotRequest again;
  again.set_name(kCsnpSlot);
  *again.mutable_need() = NeedOf116117();
  again.set_request_id("R-1");
  again.set_list_rank(3);
  const auto repeat =
      Invoke<v1::SlotHold>(*slots_stub_, &v1::SlotService::Stub::HoldSlot, again, Osnp());
  ASSERT_THAT(repeat, IsOk());
  EXPECT_EQ(repeat->hold_token(), hold->hold_token());
}

TEST_F(HoldLimitsTest, H24_TheRepeatOfTheHoldThatFilledTheDayIsTheSameHold) {
  Cap(1, 20);
  ExpectOnlyTheRepeat("SITE_DAILY_CAP");
}

TEST_F(HoldLimitsTest, H24_S2_53_TheRepeatOfTheHoldThatFilledTheWeekIsTheSameHold) {
  Cap(100, 1);
  ExpectOnlyTheRepeat("PRACTITIONER_WEEKLY_CAP");
}

TEST_F(HoldLimitsTest, H24_TheSameIdForAnotherPatientOrSlotIsRefusedAndTheHoldStays) {
  const auto hold = Hold(kCsnpSlot);
  ASSERT_THAT(hold, IsOk());
  v1::CareNeed other = NeedOf116117();
  other.mutable_age()->set_value(41);
  EXPECT_THAT(Hold(kCsnpSlot, Osnp(), "R-1", other),
              StatusIs(StatusCode::kInvalidArgument, "REQUEST_ID_REUSED"));
  EXPECT_THAT(Hold(kNext), ReasonIs("REQUEST_ID_REUSED"));
  const auto repeat = Hold(kCsnpSlot);
  ASSERT_THAT(repeat, IsOk());
  EXPECT_EQ(repeat->hold_token(), hold->hold_token());
  EXPECT_THAT(Prepare(*hold), IsOk());
  EXPECT_THAT(Hold(kNext, Osnp("osnp-2")), IsOk()) << "an id belongs to who made it";
}

TEST_F(HoldLimitsTest, H25_AGroupMayBeHeldTogetherAndNoMore) {
  const auto found = Search(Fifty());
  ASSERT_THAT(found, IsOk());
  const auto names = SlotsOf(*found);
  ASSERT_GT(names.size(), static_cast<std::size_t>(kHoldsOfGroupMax));
  int held = 0;
  const auto hold = [&](bool for_group) {
    v1::HoldSlotRequest request;
    request.set_name(names[static_cast<std::size_t>(held)]);
    *request.mutable_need() = NeedOf116117();
    request.set_request_id("R-" + std::to_string(held));
    request.set_for_group(for_group);
    const auto answer =
        Invoke<v1::SlotHold>(*slots_stub_, &v1::SlotService::Stub::HoldSlot, request, Osnp());
    held += answer.ok() ? 1 : 0;
    return answer.status();
  };
  for (int i = 0; i < kHoldsPerHolderMax; ++i) ASSERT_THAT(hold(false), IsOk());
  EXPECT_THAT(hold(false), StatusIs(StatusCode::kResourceExhausted, "TOO_MANY_HOLDS"));
  while (held < kHoldsOfGroupMax) ASSERT_THAT(hold(true), IsOk());
  EXPECT_THAT(hold(true), ReasonIs("TOO_MANY_HOLDS"));
}

TEST_F(HoldLimitsTest, H25_AnOrganizationMayHoldNoMoreThanItsQuota) {
  const std::string elsewhere = "regions/fr-pdl/sites/msp-soullans/slots/griselin-20261124t1000z";
  // Colleagues have all but one, beyond the one seat of a slot: the territory has not so many.
  for (int i = 0; i + 1 < kHoldsPerOrganizationStandard; ++i) {
    SeatBook::HoldRequest beside;
    beside.region = "fr-pdl";
    beside.slot = kNext;
    beside.token = "t-" + std::to_string(i);
    beside.request_id = beside.token;
    beside.holder = "colleague-" + std::to_string(i);
    beside.organization = "structures/osnp-85";
    beside.duration = kHoldMax;
    beside.beyond_max = i == 0 ? 0 : kHoldsPerOrganizationStandard;
    ASSERT_THAT(book_.TakeHold(Internal(), beside), IsOk()) << i;
  }
  base::Actor last = Osnp("osnp-1");
  last.organization = "structures/osnp-85";
  ASSERT_THAT(Hold(kCsnpSlot, last), IsOk());
  base::Actor more = Osnp("osnp-2");
  more.organization = "Structures/OSNP-85";  // As another identity provider spells it.
  EXPECT_THAT(Hold(elsewhere, more), StatusIs(StatusCode::kResourceExhausted, "HOLD_QUOTA"));
  EXPECT_EQ(registry_.Counter("sas_slots_holds_total", "", {{"outcome", "hold_quota"}}).Value(), 1);
  EXPECT_THAT(Hold(elsewhere, Osnp("osnp-3")), IsOk()) << "who names none is not counted";
}

TEST_F(HoldLimitsTest, H25_WhatWasLostWithItsSlotNeitherCountsNorNeedsToBeGivenBack) {
  const std::string elsewhere = "regions/fr-pdl/sites/msp-soullans/slots/griselin-20261124t1000z";
  const std::string last = "regions/fr-pdl/sites/csnp-challans/slots/csnp-20261124t1330z";
  const auto hold = Hold(kCsnpSlot);
  ASSERT_THAT(hold, IsOk());
  ASSERT_THAT(Hold(kNext, Osnp(), "R-2"), IsOk());
  ASSERT_THAT(Hold(last, Osnp(), "R-3"), IsOk());
  EXPECT_THAT(Hold(elsewhere, Osnp(), "R-4"), ReasonIs("TOO_MANY_HOLDS"));
  const auto release = [&](const std::string& slot) {
    v1::ReleaseSlotHoldRequest request;
    request.set_name(slot);
    request.set_hold_token(hold->hold_token());
    request.set_request_id("R-back");
    return Invoke<v1::Slot>(*slots_stub_, &v1::SlotService::Stub::ReleaseSlotHold, request, Osnp());
  };
  EndSessions();
  EXPECT_THAT(release(kCsnpSlot), IsOk()) << "memory has the slot still";
  Follow();
  for (int i = 0; i < 2; ++i) {
    const auto gone = release(kCsnpSlot);
    ASSERT_THAT(gone, IsOk());
    EXPECT_EQ(gone->name(), kCsnpSlot);
    EXPECT_EQ(gone->free_seat_count(), 0);
  }
  EXPECT_THAT(release(kCsnp), ReasonIs("INVALID_RESOURCE_NAME"));
  EXPECT_THAT(release("regions/fr-bre/sites/s/slots/a-20261124t1245z"),
              ReasonIs("REGION_FORBIDDEN"));
  EXPECT_THAT(Hold(elsewhere, Osnp(), "R-4"), IsOk());
}

TEST_F(HoldLimitsTest, H25_WhatWasLostWithItsSlotIsLostToWhoRenewsIt) {
  const auto hold = Hold(kCsnpSlot);
  ASSERT_THAT(hold, IsOk());
  Follow();
  // Memory drops the site; the book has its slot still, and the hold.
  SitePicture none;
  none.name = kCsnp;
  const auto head = book_.ChangesHead(Internal(), "fr-pdl");
  ASSERT_THAT(head, IsOk());
  projection_.Install("fr-pdl", WithSites(*projection_.Find("fr-pdl"), {none}), *head);
  ASSERT_EQ(book_.Look(Internal(), "fr-pdl", kCsnpSlot)->at(0).kind, SeatState::Kind::kHeld);
  for (int i = 0; i < 2; ++i) {
    const auto lost = Renew(*hold);
    EXPECT_THAT(lost, StatusIs(StatusCode::kFailedPrecondition, "HOLD_LOST"));
    EXPECT_THAT(std::string(lost.status().message()), ::testing::HasSubstr("search again"));
    // What was told lost is, and blocks no other hold.
    EXPECT_EQ(book_.Look(Internal(), "fr-pdl", kCsnpSlot)->at(0).kind, SeatState::Kind::kFree);
  }
  v1::SlotHold other = *hold;
  other.mutable_slot()->set_name("regions/fr-bre/sites/s/slots/a-20261124t1245z");
  EXPECT_THAT(Renew(other), ReasonIs("REGION_FORBIDDEN"));
}

TEST_F(HoldLimitsTest, H25_AHoldEndsWithTheConsoleThatWatches) {
  auto console = Watch(Fifty());
  ASSERT_TRUE(console->Next());
  const std::string id = console->last.watch();
  ASSERT_FALSE(id.empty());
  v1::HoldSlotRequest request;
  request.set_name(kCsnpSlot);
  *request.mutable_need() = NeedOf116117();
  request.set_request_id("R-1");
  request.set_watch(id);
  const auto bound =
      Invoke<v1::SlotHold>(*slots_stub_, &v1::SlotService::Stub::HoldSlot, request, Osnp());
  ASSERT_THAT(bound, IsOk());
  ASSERT_THAT(Hold(kNext, Osnp(), "R-2"), IsOk());  // Not bound: it stays.
  const auto other = Watch(Fifty(), Osnp("osnp-2"));
  ASSERT_TRUE(other->Next());
  EXPECT_NE(other->last.watch(), id);
  Follow();
  ASSERT_TRUE(other->NextUntil([&] { return !other->Shows(kCsnpSlot) && !other->Shows(kNext); }));
  console->context.TryCancel();
  EXPECT_FALSE(console->End().ok());
  // The pump gives it back on a thread of its own; then the seat comes by the feed, as all changes
  // do.
  while (book_.Look(Internal(), "fr-pdl", kCsnpSlot)->at(0).kind != SeatState::Kind::kFree) {
    std::this_thread::yield();
  }
  Follow();
  ASSERT_TRUE(other->NextUntil([&] { return other->Shows(kCsnpSlot); }));
  EXPECT_FALSE(other->Shows(kNext));
  EXPECT_THAT(Renew(*bound), ReasonIs("HOLD_LOST"));
}

}  // namespace
}  // namespace sas::slots
