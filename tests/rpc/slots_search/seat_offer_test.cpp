// Holds that booking takes for operators of waiting orders.

#include "tests/rpc/slots_search/slots_server.h"

namespace sas::slots {
namespace {

using absl::StatusCode;
using std::chrono::seconds;
using ::testing::SizeIs;

class SeatOfferTest : public SlotsServerTest {
 protected:
  using Stub = v1::SeatOfferService::Stub;

  static v1::GetSeatVerdictsRequest Ask(const std::vector<v1::CareNeed>& needs) {
    v1::GetSeatVerdictsRequest request;
    request.set_slot(kCsnpSlot);
    for (const v1::CareNeed& need : needs) {
      *request.add_candidates()->mutable_need() = need;
      request.mutable_candidates()->rbegin()->set_insee_code("85047");
    }
    return request;
  }

  absl::StatusOr<v1::GetSeatVerdictsResponse> Judge(const v1::GetSeatVerdictsRequest& request,
                                                    const base::Actor& actor = Service()) {
    return Invoke<v1::GetSeatVerdictsResponse>(*offers_stub_, &Stub::GetSeatVerdicts, request,
                                               actor);
  }

  static v1::SeatAsker Of(type::v1::Role role, const std::string& profession = "") {
    v1::SeatAsker asker;
    asker.set_role(role);
    asker.set_profession_code(profession);
    return asker;
  }

  /// What the site says to the same need for each of these operators.
  std::vector<std::string> VerdictsFor(const std::vector<v1::SeatAsker>& operators) {
    auto request = Ask(std::vector<v1::CareNeed>(operators.size(), NeedOf116117()));
    for (std::size_t i = 0; i < operators.size(); ++i) {
      *request.mutable_candidates(static_cast<int>(i))->mutable_asker() = operators[i];
    }
    std::vector<std::string> reasons;
    const auto answer = Judge(request);
    EXPECT_THAT(answer, IsOk());
    if (!answer.ok()) return reasons;
    for (const v1::SeatVerdict& each : answer->verdicts()) {
      reasons.push_back(each.refusal_reason());
    }
    return reasons;
  }

  template <typename Change>
  void ChangeCsnp(Change change) {
    ASSERT_THAT(store_.Write(Internal(),
                             [&](SlotsTransaction& transaction) -> absl::Status {
                               SAS_ASSIGN_OR_RETURN(auto site, transaction.GetSite(kCsnp));
                               change(*site);
                               SAS_RETURN_IF_ERROR(transaction.PutSite(*site));
                               return transaction.TouchSite("fr-pdl", kCsnp);
                             }),
                IsOk());
    ASSERT_THAT(availability_->Look(Internal()), IsOk());
    Follow();
  }

  absl::StatusOr<v1::SlotHold> Offer(const std::string& holder, const std::string& request_id,
                                     const v1::CareNeed& need = NeedOf116117(),
                                     const v1::SeatAsker& asker = {}) {
    v1::OfferSeatRequest request;
    *request.mutable_asker() = asker;
    request.set_slot(kCsnpSlot);
    *request.mutable_need() = need;
    request.set_holder(holder);
    request.set_request_id(request_id);
    return Invoke<v1::SlotHold>(*offers_stub_, &Stub::OfferSeat, request, Service());
  }

  absl::StatusOr<v1::SlotHold> HandOver(const v1::SlotHold& hold, const std::string& from,
                                        const std::string& to,
                                        const v1::SeatAsker* asker = nullptr) {
    v1::HandOverSeatRequest request;
    if (asker != nullptr) *request.mutable_asker() = *asker;
    request.set_slot(hold.slot().name());
    request.set_hold_token(hold.hold_token());
    request.set_holder(from);
    request.set_new_holder(to);
    request.set_request_id("R-over");
    return Invoke<v1::SlotHold>(*offers_stub_, &Stub::HandOverSeat, request, Service());
  }

  absl::StatusOr<v1::Slot> Withdraw(const v1::SlotHold& hold, const std::string& holder) {
    v1::WithdrawSeatOfferRequest request;
    request.set_slot(hold.slot().name());
    request.set_hold_token(hold.hold_token());
    request.set_holder(holder);
    request.set_request_id("R-back");
    return Invoke<v1::Slot>(*offers_stub_, &Stub::WithdrawSeatOffer, request, Service());
  }

  absl::StatusOr<v1::ReleaseOrderHoldsResponse> Stopped(const std::vector<std::string>& orders,
                                                        const base::Actor& actor = Service()) {
    v1::ReleaseOrderHoldsRequest request;
    request.set_parent("regions/fr-pdl");
    for (const std::string& order : orders) request.add_care_orders(order);
    request.set_request_id("R-stopped");
    return Invoke<v1::ReleaseOrderHoldsResponse>(*offers_stub_, &Stub::ReleaseOrderHolds, request,
                                                 actor);
  }
};

TEST_F(SeatOfferTest, EachNeedIsJudgedByTheSitesRulesWithItsWay) {
  v1::CareNeed other_line = NeedOf116117();
  other_line.set_territory("13");
  v1::CareNeed unreadable = NeedOf116117();
  unreadable.set_motif_code("X99");
  auto request = Ask({NeedOf116117(), other_line, unreadable, NeedOf116117()});
  request.mutable_candidates(3)->set_insee_code("00000");
  const auto answer = Judge(request);
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->slot().name(), kCsnpSlot);
  EXPECT_EQ(answer->site_display_name(), "CSNP de Challans");
  ASSERT_THAT(answer->verdicts(), SizeIs(4));
  EXPECT_EQ(answer->verdicts(0).refusal_reason(), "");
  EXPECT_LT(answer->verdicts(0).distance_meters(), 5'000);
  EXPECT_EQ(answer->verdicts(1).refusal_reason(), "TERRITORY_NOT_SERVED");
  EXPECT_FALSE(answer->verdicts(2).refusal_reason().empty());
  EXPECT_EQ(answer->verdicts(3).refusal_reason(), "UNKNOWN_COMMUNE");
}

TEST_F(SeatOfferTest, JudgingIsBounded) {
  EXPECT_THAT(Judge(Ask({})), StatusIs(StatusCode::kInvalidArgument, "INVALID_CANDIDATE_COUNT"));
  std::vector<v1::CareNeed> needs(SeatOfferService::kCandidatesMax, NeedOf116117());
  EXPECT_THAT(Judge(Ask(needs)), IsOk());
  needs.push_back(NeedOf116117());
  EXPECT_THAT(Judge(Ask(needs)), ReasonIs("INVALID_CANDIDATE_COUNT"));
}

TEST_F(SeatOfferTest, AnOfferIsAHoldOfTheOperatorAndHeConfirmsIt) {
  const auto hold = Offer("osnp-7", "R-1");
  ASSERT_THAT(hold, IsOk());
  EXPECT_EQ(hold->care_order(), kOrder);
  EXPECT_EQ(hold->expire_time().seconds(), ToTimestamp(clock_.Now()).seconds() + 120);
  const auto repeat = Offer("osnp-7", "R-1");
  ASSERT_THAT(repeat, IsOk());
  EXPECT_EQ(repeat->hold_token(), hold->hold_token());
  EXPECT_THAT(Offer("osnp-8", "R-2"), ReasonIs("NO_FREE_SEAT"));
  EXPECT_THAT(Prepare(*hold, "a1", "osnp-8"), ReasonIs("HOLD_LOST"));
  EXPECT_THAT(Prepare(*hold, "a1", "osnp-7"), IsOk());
}

TEST_F(SeatOfferTest, H24_TheRepeatOfTheOfferThatFilledTheDayIsTheSameHold) {
  ChangeCsnp([](v1::Site& site) { site.set_daily_appointment_max(1); });
  const auto hold = Offer("osnp-7", "R-1");
  ASSERT_THAT(hold, IsOk());
  Follow();
  const auto repeat = Offer("osnp-7", "R-1");
  ASSERT_THAT(repeat, IsOk());
  EXPECT_EQ(repeat->hold_token(), hold->hold_token());
  EXPECT_THAT(Offer("osnp-7", "R-2"), StatusIs(StatusCode::kFailedPrecondition, "SITE_DAILY_CAP"));
  EXPECT_THAT(VerdictsFor({v1::SeatAsker()}), ::testing::ElementsAre("SITE_DAILY_CAP"));
}

TEST_F(SeatOfferTest, TheRulesOfTheSiteHoldForAnOffer) {
  v1::CareNeed need = NeedOf116117();
  need.set_territory("13");
  EXPECT_THAT(Offer("osnp-7", "R-1", need), ReasonIs("TERRITORY_NOT_SERVED"));
  EXPECT_THAT(Offer("", "R-1"), ReasonIs("HOLDER_REQUIRED"));
  EXPECT_THAT(Offer("osnp-7", ""), ReasonIs("REQUEST_ID_REQUIRED"));
}

TEST_F(SeatOfferTest, S2_09_NothingIsOfferedToWhomTheSiteGivesNoRightToBook) {
  ChangeCsnp([](v1::Site& site) {
    v1::SiteRight& right = *site.add_rights();
    right.set_role(type::v1::ROLE_OSNP);
    right.add_rights(v1::SiteRight::RIGHT_READ);
  });
  const v1::SeatAsker osnp = Of(type::v1::ROLE_OSNP);
  const v1::SeatAsker doctor = Of(type::v1::ROLE_REGULATOR_MG);
  EXPECT_THAT(VerdictsFor({osnp, doctor, {}, Of(type::v1::ROLE_PROFESSIONAL)}),
              ::testing::ElementsAre("SITE_RIGHT_REQUIRED", "", "", "ENTRY_POINT_FORBIDDEN"));
  EXPECT_THAT(Hold(kCsnpSlot), ReasonIs("SITE_RIGHT_REQUIRED")) << "as his own hold";
  EXPECT_THAT(Offer("osnp-7", "R-1", NeedOf116117(), osnp),
              StatusIs(StatusCode::kPermissionDenied, "SITE_RIGHT_REQUIRED"));
  const auto hold = Offer("refill-1", "R-2", NeedOf116117(), doctor);
  ASSERT_THAT(hold, IsOk());
  EXPECT_THAT(HandOver(*hold, "refill-1", "osnp-7", &osnp),
              StatusIs(StatusCode::kPermissionDenied, "SITE_RIGHT_REQUIRED"));
  EXPECT_THAT(HandOver(*hold, "refill-1", "mrg-1", &doctor), IsOk());
}

TEST_F(SeatOfferTest, TheProfessionOfTheOperatorIsAskedAndKeptForTheConfirmation) {
  ChangeCsnp([](v1::Site& site) {
    for (v1::EntryRule& rule : *site.mutable_entry_policy()->mutable_rules()) {
      if (rule.entry_point() == type::v1::ENTRY_POINT_LINE_116117) rule.add_profession_codes("10");
    }
  });
  const v1::SeatAsker doctor = Of(type::v1::ROLE_REGULATOR_MG, "10");
  EXPECT_THAT(VerdictsFor({Of(type::v1::ROLE_OSNP), doctor}),
              ::testing::ElementsAre("PROFESSION_NOT_ALLOWED", ""));
  EXPECT_THAT(Offer("osnp-7", "R-1", NeedOf116117(), Of(type::v1::ROLE_OSNP)),
              ReasonIs("PROFESSION_NOT_ALLOWED"));
  const auto hold = Offer("mrg-1", "R-2", NeedOf116117(), doctor);
  ASSERT_THAT(hold, IsOk());
  EXPECT_THAT(Prepare(*hold, "a1", "mrg-1"), IsOk());
}

TEST_F(SeatOfferTest, WhoClaimsTheOrderGetsTheHold) {
  const auto hold = Offer("refill-1", "R-1");
  ASSERT_THAT(hold, IsOk());
  const auto over = HandOver(*hold, "refill-1", "osnp-7");
  ASSERT_THAT(over, IsOk());
  EXPECT_EQ(over->hold_token(), hold->hold_token());
  EXPECT_THAT(HandOver(*hold, "refill-1", "osnp-8"), ReasonIs("HOLD_LOST"));
  EXPECT_THAT(HandOver(*hold, "osnp-7", ""), ReasonIs("HOLDER_REQUIRED"));
  EXPECT_THAT(Prepare(*hold, "a1", "osnp-7"), IsOk());
}

TEST_F(SeatOfferTest, WithdrawnItIsFreeAtOnceAndAgain) {
  const auto hold = Offer("osnp-7", "R-1");
  ASSERT_THAT(hold, IsOk());
  const auto freed = Withdraw(*hold, "osnp-7");
  ASSERT_THAT(freed, IsOk());
  EXPECT_EQ(freed->free_seat_count(), 1);
  EXPECT_THAT(Withdraw(*hold, "osnp-7"), IsOk());
  EXPECT_THAT(Offer("osnp-8", "R-2"), IsOk());
}

TEST_F(SeatOfferTest, WithdrawnWithItsSlotItIsNoError) {
  const auto hold = Offer("osnp-7", "R-1");
  ASSERT_THAT(hold, IsOk());
  EndSessions();
  Follow();
  const auto gone = Withdraw(*hold, "osnp-7");
  ASSERT_THAT(gone, IsOk());
  EXPECT_EQ(gone->name(), kCsnpSlot);
  EXPECT_THAT(HandOver(*hold, "osnp-7", "osnp-8"), ReasonIs("HOLD_LOST"));
}

TEST_F(SeatOfferTest, H14_TheHoldOfAStoppedOrderIsEverybodysAtOnce) {
  const auto hold = Offer("osnp-7", "R-1");
  ASSERT_THAT(hold, IsOk());
  const auto ended = Stopped({kOrder});
  ASSERT_THAT(ended, IsOk());
  EXPECT_EQ(ended->released_count(), 1);
  EXPECT_THAT(Prepare(*hold, "a1", "osnp-7"), ReasonIs("HOLD_LOST"));
  EXPECT_THAT(Offer("osnp-8", "R-2"), IsOk());
}

TEST_F(SeatOfferTest, H14_WhatIsBeingConfirmedStaysAndStoppingTwiceIsHarmless) {
  const auto hold = Offer("osnp-7", "R-1");
  ASSERT_THAT(hold, IsOk());
  ASSERT_THAT(Prepare(*hold, "a1", "osnp-7"), IsOk());
  for (int i = 0; i < 2; ++i) {
    const auto none = Stopped({kOrder});
    ASSERT_THAT(none, IsOk());
    EXPECT_EQ(none->released_count(), 0);
  }
  EXPECT_THAT(Prepare(*hold, "a1", "osnp-7"), IsOk());
}

TEST_F(SeatOfferTest, StoppedOrdersAreNamedAndOfTheRegion) {
  EXPECT_THAT(Stopped({}), StatusIs(StatusCode::kInvalidArgument, "INVALID_ORDER_COUNT"));
  EXPECT_THAT(Stopped({kOrder, "regions/fr-bfc/cases/c1/orders/o1"}), ReasonIs("REGION_MISMATCH"));
  EXPECT_THAT(Stopped({"o1"}), ReasonIs("INVALID_RESOURCE_NAME"));
  EXPECT_THAT(Stopped({kOrder}, Osnp()), StatusIs(StatusCode::kPermissionDenied, "ROLE_FORBIDDEN"));
}

TEST_F(SeatOfferTest, OnlyServicesOffer) {
  EXPECT_THAT(Judge(Ask({NeedOf116117()}), Osnp()),
              StatusIs(StatusCode::kPermissionDenied, "ROLE_FORBIDDEN"));
}

}  // namespace
}  // namespace sas::slots
