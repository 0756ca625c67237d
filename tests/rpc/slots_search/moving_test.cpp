// Seats for an appointment that stands elsewhere.

#include "tests/rpc/slots_search/slots_server.h"

namespace sas::slots {
namespace {

using absl::StatusCode;

class MovingTest : public SlotsServerTest {
 protected:
  static constexpr char kSoullans[] = "regions/fr-pdl/sites/msp-soullans";

  static std::string At(const std::string& time) {
    return std::string(kSoullans) + "/slots/griselin-20261124t" + time;
  }

  // Soullans has six slots on a Tuesday: the cap is two, and two are taken.
  void SetUp() override {
    SlotsServerTest::SetUp();
    ASSERT_THAT(store_.Write(Internal(),
                             [](SlotsTransaction& transaction) -> absl::Status {
                               SAS_ASSIGN_OR_RETURN(auto site, transaction.GetSite(kSoullans));
                               site->set_daily_appointment_max(2);
                               SAS_RETURN_IF_ERROR(transaction.NextDirectory("fr-pdl").status());
                               return transaction.PutSite(*site);
                             }),
                IsOk());
    ASSERT_THAT(availability_->Look(Internal()), IsOk());
    ASSERT_THAT(Commit(At("1000z"), "a1", true, "R-c1"), IsOk());
    ASSERT_THAT(Commit(At("1100z"), "a2", true, "R-c2"), IsOk());
    Follow();
  }

  static v1::CareNeed Moving(const std::string& slot) {
    v1::CareNeed need = NeedOf116117();
    need.set_moving_slot(slot);
    return need;
  }

  // Slots of Soullans that a search of this need finds.
  std::vector<std::string> Found(const v1::CareNeed& need) {
    v1::SearchSlotsRequest request = AroundChallans();
    *request.mutable_need() = need;
    request.set_page_size(50);
    *request.mutable_end_time() = ToTimestamp(clock_.Now() + std::chrono::hours(13));
    const auto answer = Search(request);
    EXPECT_THAT(answer, IsOk());
    std::vector<std::string> here;
    for (const std::string& name : SlotsOf(*answer)) {
      if (name.rfind(kSoullans, 0) == 0) here.push_back(name);
    }
    return here;
  }

  absl::StatusOr<v1::PreparedSeat> PrepareMove(const v1::SlotHold& hold,
                                               const std::string& appointment) {
    v1::PrepareSeatRequest request;
    request.set_slot(hold.slot().name());
    request.set_hold_token(hold.hold_token());
    request.set_appointment("regions/fr-pdl/appointments/" + appointment);
    *request.mutable_need() = NeedOf116117();
    request.set_holder("osnp-1");
    request.set_moved(true);
    request.set_request_id("R-prepare");
    return Invoke<v1::PreparedSeat>(*seats_stub_, &v1::SeatService::Stub::PrepareSeat, request,
                                    Service());
  }
};

TEST_F(MovingTest, H26_ASearchIgnoresTheSeatThatIsLeft) {
  EXPECT_EQ(Found(NeedOf116117()), std::vector<std::string>{});  // The day is full.
  const std::vector<std::string> found = Found(Moving(At("1000z")));
  EXPECT_FALSE(found.empty());
  for (const std::string& name : found) {
    EXPECT_NE(name, At("1000z"));  // One is there already.
    EXPECT_NE(name, At("1100z"));
  }
  EXPECT_EQ(Found(NeedOf116117()), std::vector<std::string>{});  // Others see no difference.
  // A seat of another site is no place here.
  EXPECT_EQ(Found(Moving(kCsnpSlot)), std::vector<std::string>{});
}

TEST_F(MovingTest, H26_AHoldIgnoresItAndTheConfirmationCountsTheLedger) {
  EXPECT_THAT(Hold(At("1015z")), ReasonIs("SITE_DAILY_CAP"));
  const auto hold = Hold(At("1015z"), Osnp(), "R-2", Moving(At("1000z")));
  ASSERT_THAT(hold, IsOk());
  // Of an appointment that has no seat here the cap is not lifted, whatever the hold said.
  EXPECT_THAT(PrepareMove(*hold, "a9"), ReasonIs("SITE_DAILY_CAP"));
  EXPECT_THAT(PrepareMove(*hold, "a1"), IsOk());
}

TEST_F(MovingTest, ShapeOfTheSlotThatIsLeft) {
  EXPECT_THAT(Hold(At("1015z"), Osnp(), "R-1", Moving("slots/1")),
              StatusIs(StatusCode::kInvalidArgument, "INVALID_RESOURCE_NAME"));
  EXPECT_THAT(Hold(At("1015z"), Osnp(), "R-1",
                   Moving("regions/fr-bre/sites/s/slots/"
                          "a-20261124t1000z")),
              StatusIs(StatusCode::kInvalidArgument, "REGION_MISMATCH"));
  // One that lies in the past counts nowhere.
  EXPECT_THAT(Hold(At("1015z"), Osnp(), "R-1",
                   Moving(std::string(kSoullans) + "/slots/griselin-20261101t1000z")),
              ReasonIs("SITE_DAILY_CAP"));
}

TEST_F(MovingTest, APracticeHoldsForAMoveWithinItsSiteOnly) {
  base::Actor doctor = sas::testing::ActorWith(base::Role::kEffecteur, "dr-essai");
  doctor.organization = "msp-soullans";
  EXPECT_THAT(Hold(At("1015z"), doctor, "R-1", NeedOf116117()), ReasonIs("ENTRY_POINT_FORBIDDEN"));
  EXPECT_THAT(Hold(At("1015z"), doctor, "R-1", Moving(kCsnpSlot)),
              ReasonIs("ENTRY_POINT_FORBIDDEN"));
  EXPECT_THAT(Hold(At("1015z"), doctor, "R-1", Moving(At("1000z"))), IsOk());
  EXPECT_THAT(Hold(kCsnpSlot, doctor, "R-2", Moving(At("1000z"))),
              ReasonIs("ENTRY_POINT_FORBIDDEN"));
}

}  // namespace
}  // namespace sas::slots
