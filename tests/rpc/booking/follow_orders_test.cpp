// What is held for an order ends when the regulation stops it (hazard H-14).

#include "services/booking/follow_orders.h"

#include <gmock/gmock.h>

#include "tests/rpc/booking/refill_fixture.h"

namespace sas::booking {
namespace {

using regulation::v1::CareOrder;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::ReasonIs;

class FollowOrdersTest : public RefillTest {
 protected:
  absl::Status Hear(CareOrder::State state, minutes ago = minutes(0)) {
    events::v1::Event event;
    event.set_cursor("c-" + std::to_string(++events_));
    event.set_type("order.updated");
    event.set_region("fr-pdl");
    event.set_subject(NameOf("o1"));
    *event.mutable_record_time() = ToTimestamp(clock_.Now() - ago);
    event.mutable_care_order()->set_state(state);
    return Hear(event);
  }

  absl::Status Hear(const events::v1::Event& event) {
    return reader_->Handle(base::InternalCall("test", clock_, std::chrono::seconds(5)), event);
  }

  std::unique_ptr<OrderReader> reader_ =
      std::make_unique<OrderReader>(seat_offers_, *refill_metrics_, clock_);
  int events_ = 0;
};

TEST_F(FollowOrdersTest, H14_EveryEndOfAnOrderEndsItsHold) {
  for (const auto state :
       {CareOrder::STATE_NO_SLOT, CareOrder::STATE_PATIENT_REFUSED,
        CareOrder::STATE_PATIENT_UNREACHABLE, CareOrder::STATE_TAKEN_BY_TREATING_DOCTOR,
        CareOrder::STATE_SUPERSEDED, CareOrder::STATE_CLOSED, CareOrder::STATE_REORIENTED}) {
    ASSERT_THAT(Hear(state), IsOk());
  }
  EXPECT_EQ(seat_offers_.released(), std::vector<std::string>(7, NameOf("o1")));
}

TEST_F(FollowOrdersTest, H14_WorkThatGoesOnEndsNothing) {
  for (const auto state : {CareOrder::STATE_TO_DO, CareOrder::STATE_TREATING_DOCTOR,
                           CareOrder::STATE_SEARCHING, CareOrder::STATE_PENDING_ACCEPTANCE,
                           CareOrder::STATE_BOOKED, CareOrder::STATE_CONFIRMED_TO_PATIENT}) {
    ASSERT_THAT(Hear(state), IsOk());
  }
  events::v1::Event dossier;
  dossier.set_cursor("c-9");
  dossier.set_type("case.closed");
  dossier.mutable_regulation_case()->set_priority(regulation::v1::PRIORITY_P0);
  ASSERT_THAT(Hear(dossier), IsOk());
  EXPECT_THAT(seat_offers_.released(), IsEmpty());
  EXPECT_EQ(reader_->cursor(), "c-9");
}

TEST_F(FollowOrdersTest, H14_WhatTheSlotsDidNotHearIsToldAgain) {
  ASSERT_THAT(Hear(CareOrder::STATE_SEARCHING), IsOk());
  seat_offers_.FailWith(
      base::Fail(absl::StatusCode::kUnavailable, "SLOTS_UNREACHABLE", "no answer"));
  EXPECT_THAT(Hear(CareOrder::STATE_SUPERSEDED), ReasonIs("SLOTS_UNREACHABLE"));
  EXPECT_EQ(reader_->cursor(), "c-1");  // The follower reads it again from here.
  seat_offers_.FailWith(absl::OkStatus());
  ASSERT_THAT(Hear(CareOrder::STATE_SUPERSEDED), IsOk());
  EXPECT_THAT(seat_offers_.released(), ElementsAre(NameOf("o1")));
}

TEST_F(FollowOrdersTest, WhatNoHoldCanOutliveIsNotAskedAbout) {
  ASSERT_THAT(Hear(CareOrder::STATE_SUPERSEDED, OrderReader::kHoldLifeMax), IsOk());
  EXPECT_THAT(seat_offers_.released(), IsEmpty());
  ASSERT_THAT(Hear(CareOrder::STATE_SUPERSEDED, OrderReader::kHoldLifeMax - minutes(1)), IsOk());
  EXPECT_THAT(seat_offers_.released(), ElementsAre(NameOf("o1")));
}

}  // namespace
}  // namespace sas::booking
