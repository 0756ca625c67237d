// RefillService: who sees what, and how it refuses.

#include <gmock/gmock.h>

#include "tests/rpc/booking/refill_fixture.h"

namespace sas::booking {
namespace {

using absl::StatusCode;
using std::chrono::hours;
using std::chrono::minutes;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::ReasonIs;
using ::testing::SizeIs;
using testing::StatusIs;

class SeatOfferRpcTest : public RefillTest {
 protected:
  absl::StatusOr<v1::ListSeatOffersResponse> List(const base::Actor& actor,
                                                  const v1::ListSeatOffersRequest& request) {
    grpc::ClientContext context;
    server_->Authorize(context, actor);
    v1::ListSeatOffersResponse response;
    const grpc::Status status = refill_stub_->ListSeatOffers(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response;
  }

  static v1::ListSeatOffersRequest All() {
    v1::ListSeatOffersRequest request;
    request.set_parent("regions/fr-pdl");
    request.set_include_ended(true);
    return request;
  }
};

TEST_F(SeatOfferRpcTest, TheTokenIsTheOperatorsWhileTheOfferIsOpen) {
  Put(Order("o2", hours(8), minutes(5), kOsnp2));
  Cancelled();
  MustTurn();
  EXPECT_FALSE(OpenOffer(kOsnp2).hold_token().empty());
  EXPECT_TRUE(OpenOffer("osnp-1").hold_token().empty());
  EXPECT_TRUE(
      Offers(testing::ActorWith(base::Role::kSupervisor, "sup")).at(0).hold_token().empty());
  ASSERT_THAT(Decline(kOsnp2, OpenOffer(kOsnp2).name(), "R-no"), IsOk());
  EXPECT_TRUE(Offers(Osnp(kOsnp2)).at(0).hold_token().empty());
}

TEST_F(SeatOfferRpcTest, AListHasPagesAndTerritories) {
  for (int i = 0; i < 3; ++i) {
    Put(Order("o" + std::to_string(10 + i), hours(24), minutes(i + 1), kOsnp2));
  }
  Cancelled();
  for (int i = 0; i < 3; ++i) {
    MustTurn();
    ASSERT_THAT(Decline(kOsnp2, OpenOffer(kOsnp2).name(), "R-" + std::to_string(i)), IsOk());
    clock_.Advance(std::chrono::seconds(1));
  }
  v1::ListSeatOffersRequest request = All();
  request.set_page_size(2);
  const auto first = List(osnp_, request);
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(first->seat_offers(), SizeIs(2));
  EXPECT_EQ(first->seat_offers(0).round(), 3);
  request.set_page_token(first->next_page_token());
  const auto second = List(osnp_, request);
  ASSERT_THAT(second, IsOk());
  EXPECT_THAT(second->seat_offers(), SizeIs(1));
  EXPECT_TRUE(second->next_page_token().empty());
  request.set_territory("85");
  EXPECT_THAT(List(osnp_, request), ReasonIs("INVALID_PAGE_TOKEN"));

  base::Actor other = osnp_;
  other.territories = {"44"};
  EXPECT_THAT(List(other, All())->seat_offers(), IsEmpty());
  v1::ListSeatOffersRequest of_85 = All();
  of_85.set_territory("85");
  EXPECT_THAT(List(other, of_85), StatusIs(StatusCode::kPermissionDenied, "TERRITORY_FORBIDDEN"));
  EXPECT_THAT(List(osnp_, of_85)->seat_offers(), SizeIs(3));
  of_85.set_page_size(-1);
  EXPECT_THAT(List(osnp_, of_85), ReasonIs("INVALID_PAGE_SIZE"));
  of_85.set_parent("regions/fr-pdl/cases/c1");
  EXPECT_THAT(List(osnp_, of_85), ReasonIs("INVALID_RESOURCE_NAME"));
}

TEST_F(SeatOfferRpcTest, DeclinesAreRefusedWithAReason) {
  Put(Order("o2", hours(8), minutes(5), kOsnp2));
  Cancelled();
  MustTurn();
  const std::string name = OpenOffer(kOsnp2).name();
  EXPECT_THAT(Decline(kOsnp2, "regions/fr-pdl/seatOffers/none", "R-1"),
              StatusIs(StatusCode::kNotFound, "OFFER_NOT_FOUND"));
  EXPECT_THAT(Decline("osnp-1", name, "R-2"),
              StatusIs(StatusCode::kPermissionDenied, "OFFER_NOT_YOURS"));
  EXPECT_THAT(Decline(kOsnp2, name, "R-3", "because"),
              StatusIs(StatusCode::kInvalidArgument, "UNKNOWN_CODE"));
  EXPECT_THAT(Decline(kOsnp2, name, ""), ReasonIs("REQUEST_ID_REQUIRED"));
  EXPECT_THAT(Decline(kOsnp2, "regions/fr-naq/seatOffers/x", "R-4"), ReasonIs("REGION_FORBIDDEN"));
  ASSERT_THAT(Decline(kOsnp2, name, "R-5"), IsOk());
  EXPECT_THAT(Decline(kOsnp2, name, "R-6"),
              StatusIs(StatusCode::kFailedPrecondition, "OFFER_ENDED"));
  EXPECT_THAT(Decline(kOsnp2, name, "R-5", "HOUR"), ReasonIs("REQUEST_ID_REUSED"));
}

TEST_F(SeatOfferRpcTest, OnlyThoseWhoMayHaveAnOrderAreLetIn) {
  for (const base::Role role : {base::Role::kArm, base::Role::kProfessional, base::Role::kPartner,
                                base::Role::kEffecteur, base::Role::kService}) {
    EXPECT_THAT(List(testing::ActorWith(role, "someone"), All()),
                StatusIs(StatusCode::kPermissionDenied, "ROLE_FORBIDDEN"));
  }
}

}  // namespace
}  // namespace sas::booking
