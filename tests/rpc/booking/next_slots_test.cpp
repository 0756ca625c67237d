// Where the operator goes on whose seat is gone.

#include "tests/rpc/booking/booking_fixture.h"

namespace sas::booking {
namespace {

using std::chrono::seconds;
using testing::IsOk;
using testing::ReasonIs;

class NextSlotsTest : public BookingTest {
 protected:
  static constexpr char kNear[] = "regions/fr-pdl/sites/soullans/slots/b-20261124t1400z";
  static constexpr char kFar[] = "regions/fr-pdl/sites/machecoul/slots/c-20261124t1330z";

  NextSlotsTest() { slots_.SetNextSlots(std::vector<std::string>{kNear, kFar}); }

  void PutPlace() {
    regulation::v1::CareOrder order = SearchedOrder();
    order.mutable_place()->set_insee_code("85047");
    order.mutable_place()->mutable_point()->set_latitude_degrees(46.84);
    order.mutable_place()->mutable_point()->set_longitude_degrees(-1.88);
    regulation_.Put(order);
  }

  static std::string NextOf(const absl::Status& refused) {
    std::string found = "none";
    for (const auto& [key, value] : base::DetailOf(refused).metadata) {
      if (key == "next_slots") found = value;
    }
    return found;
  }

  static std::string Both() { return std::string(kNear) + " " + kFar; }
};

TEST_F(NextSlotsTest, ALostHoldNamesSlotsAroundThePatientOfTheOrder) {
  PutPlace();
  const auto request = OrderRequest("r-1");
  clock_.Advance(seconds(121));
  const auto lost = Create(osnp_, request);
  EXPECT_THAT(lost, ReasonIs("HOLD_LOST"));
  EXPECT_EQ(NextOf(lost.status()), Both());
  ASSERT_EQ(slots_.searched().size(), 1U);
  const auto asked = slots_.searched()[0];
  EXPECT_EQ(asked.slot(), kSlot);
  EXPECT_EQ(asked.point().latitude_degrees(), 46.84);
  EXPECT_EQ(asked.insee_code(), "85047");
  EXPECT_EQ(asked.need().care_order(), kOrder);
  EXPECT_TRUE(asked.has_due_time());
  EXPECT_FALSE(asked.taken());
}

TEST_F(NextSlotsTest, TheSlotsAreToldWhoAsks) {
  base::Actor who = Pharmacist();
  who.organization = "regions/fr-pdl/structures/officine";
  const auto request = DirectRequest("r-1");
  clock_.Advance(seconds(121));
  EXPECT_THAT(Create(who, request), ReasonIs("HOLD_LOST"));
  ASSERT_EQ(slots_.searched().size(), 1U);
  ASSERT_EQ(slots_.prepared().size(), 1U);
  for (const auto& asker : {slots_.searched()[0].asker(), slots_.prepared()[0].asker()}) {
    EXPECT_EQ(asker.role(), type::v1::ROLE_PROFESSIONAL);
    EXPECT_EQ(asker.profession_code(), "21");
    EXPECT_EQ(asker.organization(), who.organization);
  }
}

TEST_F(NextSlotsTest, WithoutAnOrderTheSiteIsThePlace) {
  const auto request = DirectRequest("r-1");
  clock_.Advance(seconds(121));
  EXPECT_EQ(NextOf(Create(Pharmacist(), request).status()), Both());
  ASSERT_EQ(slots_.searched().size(), 1U);
  EXPECT_FALSE(slots_.searched()[0].has_point());
  EXPECT_TRUE(slots_.searched()[0].insee_code().empty());
}

TEST_F(NextSlotsTest, ASeatThatTheLedgerHasGivenNamesOthersAndNotItself) {
  ASSERT_THAT(Create(Pharmacist(), DirectRequest("r-1", 0)), IsOk());
  const auto second = Create(Pharmacist(), DirectRequest("r-2", 0));
  EXPECT_THAT(second, ReasonIs("SEAT_TAKEN"));
  EXPECT_EQ(NextOf(second.status()), Both());
  ASSERT_EQ(slots_.searched().size(), 1U);
  EXPECT_TRUE(slots_.searched()[0].taken());
}

TEST_F(NextSlotsTest, ASearchThatFailsOrFindsNothingChangesNoRefusal) {
  slots_.SetNextSlots(base::Fail(absl::StatusCode::kUnavailable, "SLOTS_UNREACHABLE", "no"));
  auto request = DirectRequest("r-1");
  clock_.Advance(seconds(121));
  auto lost = Create(Pharmacist(), request);
  EXPECT_THAT(lost, ReasonIs("HOLD_LOST"));
  EXPECT_EQ(NextOf(lost.status()), "none");
  slots_.SetNextSlots(std::vector<std::string>());
  request = DirectRequest("r-2");
  clock_.Advance(seconds(121));
  lost = Create(Pharmacist(), request);
  EXPECT_THAT(lost, ReasonIs("HOLD_LOST"));
  EXPECT_EQ(NextOf(lost.status()), "none");
}

TEST_F(NextSlotsTest, ARepeatAndAnotherRefusalAskForNothing) {
  const auto request = DirectRequest("r-1");
  ASSERT_THAT(Create(Pharmacist(), request), IsOk());
  clock_.Advance(seconds(121));
  EXPECT_THAT(Create(Pharmacist(), request), IsOk());
  regulation_.Forget(kCase);
  EXPECT_THAT(Create(Pharmacist(), DirectRequest("r-2", 1)), ReasonIs("CASE_NOT_FOUND"));
  EXPECT_TRUE(slots_.searched().empty());
}

}  // namespace
}  // namespace sas::booking
