// A freed seat is offered to nobody who could not hold it.

#include <gmock/gmock.h>

#include "tests/rpc/booking/refill_fixture.h"

namespace sas::booking {
namespace {

using sas::type::v1::Role;
using std::chrono::hours;
using std::chrono::minutes;

class RefillOperatorTest : public RefillTest {
 protected:
  regulation::v1::CareOrder OrderOf(const std::string& id, hours delay, const std::string& owner,
                                    Role role) {
    regulation::v1::CareOrder order = Order(id, delay, minutes(5), owner);
    order.mutable_claim()->mutable_owner()->set_role(role);
    return order;
  }

  /// The offer of this order; empty when it was offered nothing.
  v1::SeatOffer OfferOf(const std::string& id) {
    for (const v1::SeatOffer& offer : Offers(osnp_)) {
      if (offer.care_order() == NameOf(id)) return offer;
    }
    return {};
  }

  /// The order "o2", which nobody has, is offered the seat; "next" is the one behind it.
  regulation::v1::CareOrder OfferToQueue() {
    regulation::v1::CareOrder order = Order("o2", hours(8), minutes(5), "");
    Put(order);
    Put(OrderOf("next", hours(24), kOsnp2, type::v1::ROLE_OSNP));
    Cancelled();
    MustTurn();
    EXPECT_EQ(OfferOf("o2").state(), v1::SeatOffer::STATE_MADE);
    EXPECT_EQ(seat_offers_.offered().at(0).asker().role(), type::v1::ROLE_OSNP);
    return order;
  }

  void Claim(regulation::v1::CareOrder order, const std::string& owner, Role role) {
    order.set_state(regulation::v1::CareOrder::STATE_SEARCHING);
    order.mutable_claim()->mutable_owner()->set_subject(owner);
    order.mutable_claim()->mutable_owner()->set_role(role);
    Put(order);
  }

  void ExpectTheNextHasIt() {
    EXPECT_EQ(OfferOf("o2").state(), v1::SeatOffer::STATE_EXPIRED);
    EXPECT_EQ(OfferOf("o2").end_reason_code(), "OPERATOR_FORBIDDEN");
    EXPECT_EQ(seat_offers_.withdrawn(), 1);
    EXPECT_EQ(OpenOffer(kOsnp2).care_order(), NameOf("next"));
  }
};

TEST_F(RefillOperatorTest, AnEntryThatAPharmacyWorksItselfIsOfferedNothing) {
  Put(OrderOf("own", hours(8), "pharmacie-1", type::v1::ROLE_PROFESSIONAL));
  Put(OrderOf("next", hours(24), kOsnp2, type::v1::ROLE_OSNP));
  Cancelled();
  MustTurn();
  EXPECT_EQ(OpenOffer(kOsnp2).care_order(), NameOf("next"));
  EXPECT_EQ(OfferOf("own").name(), "");
}

TEST_F(RefillOperatorTest, WhomTheSiteGivesNoRightIsPassedOver) {
  seat_offers_.RefuseRole(type::v1::ROLE_REGULATOR_MG);
  Put(OrderOf("first", hours(8), "mrg-1", type::v1::ROLE_REGULATOR_MG));
  Put(OrderOf("next", hours(24), kOsnp2, type::v1::ROLE_OSNP));
  Cancelled();
  MustTurn();
  EXPECT_EQ(OpenOffer(kOsnp2).care_order(), NameOf("next"));
  EXPECT_EQ(OfferOf("first").name(), "");
  ASSERT_EQ(seat_offers_.offered().size(), 1u);
  EXPECT_EQ(seat_offers_.offered()[0].asker().role(), type::v1::ROLE_OSNP);
}

TEST_F(RefillOperatorTest, AnOfferOfTheQueueEndsWhenWhoeverDoesNotHearOfItClaimsItsOrder) {
  const regulation::v1::CareOrder order = OfferToQueue();
  Claim(order, "pharmacie-1", type::v1::ROLE_PROFESSIONAL);
  MustTurn();
  ExpectTheNextHasIt();
}

TEST_F(RefillOperatorTest, AnOfferOfTheQueueEndsWhenWhoeverMayNotHoldItClaimsItsOrder) {
  const regulation::v1::CareOrder order = OfferToQueue();
  seat_offers_.RefuseRole(type::v1::ROLE_REGULATOR_MG);
  Claim(order, "mrg-1", type::v1::ROLE_REGULATOR_MG);
  MustTurn();
  ExpectTheNextHasIt();
}

// Asked about it for good, nobody would ever end it.
TEST_F(RefillOperatorTest, AnOfferOfTheQueueEndsWhenItsSlotIsGoneOnceItsOrderIsClaimed) {
  const regulation::v1::CareOrder order = OfferToQueue();
  Claim(order, "osnp-1", type::v1::ROLE_OSNP);
  seat_offers_.FailWith(base::Fail(absl::StatusCode::kNotFound, "SLOT_NOT_FOUND", "withdrawn"));
  MustTurn();
  EXPECT_EQ(OfferOf("o2").state(), v1::SeatOffer::STATE_EXPIRED);
  EXPECT_EQ(OfferOf("o2").end_reason_code(), "HOLD_LOST");
  EXPECT_TRUE(OnlyFreed().slot.empty()) << "and nobody else is offered it";
}

}  // namespace
}  // namespace sas::booking
