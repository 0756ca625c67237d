// What the slots believe of seats, held against the ledger.

#include "services/booking/reconcile.h"

#include "tests/rpc/booking/booking_fixture.h"

namespace sas::booking {
namespace {

using testing::IsOk;
using testing::ReasonIs;

class ReconcileTest : public BookingTest {
 protected:
  absl::StatusOr<v1::ReconcileSeatsResponse> Reconcile(const std::string& request_id,
                                                       bool repair = false) {
    v1::ReconcileSeatsRequest request;
    request.set_parent("regions/fr-pdl");
    request.set_request_id(request_id);
    request.set_repair(repair);
    return Ask<v1::ReconcileSeatsResponse>(testing::ActorWith(base::Role::kOperations, "ops-1"),
                                           request, &v1::BookingService::Stub::ReconcileSeats);
  }
};

TEST_F(ReconcileTest, SlotsThatFollowHaveNoDrift) {
  MustCreate("R-1");
  Flush();
  const auto told = Reconcile("ask-1");
  ASSERT_THAT(told, IsOk());
  EXPECT_EQ(told->compared_count(), 1);
  EXPECT_EQ(told->missing_count() + told->ghost_count() + told->other_count(), 0);
}

TEST_F(ReconcileTest, EachWrongSeatIsToldAndRepairedOnDemand) {
  const v1::Appointment lost = MustCreate("R-1", 0);
  const v1::Appointment renamed = MustCreate("R-2", 1);
  Flush();
  const std::string ghost = "regions/fr-pdl/appointments/ghost";
  slots_.Believe(lost.slot(), 0, "");
  slots_.Believe(renamed.slot(), 1, "regions/fr-pdl/appointments/other");
  slots_.Believe(lost.slot(), 2, ghost);

  const auto seen = Reconcile("ask-1");
  ASSERT_THAT(seen, IsOk());
  EXPECT_EQ(seen->missing_count(), 1);
  EXPECT_EQ(seen->other_count(), 1);
  EXPECT_EQ(seen->ghost_count(), 1);
  EXPECT_FALSE(seen->repaired());
  ASSERT_EQ(seen->drifts_size(), 3);
  EXPECT_EQ(seen->drifts(0).appointment(), lost.name());
  Flush();
  EXPECT_EQ(slots_.OwnerOf(lost.slot(), 0), "") << "looking changes nothing";

  const auto repaired = Reconcile("repair-1", /*repair=*/true);
  ASSERT_THAT(repaired, IsOk());
  EXPECT_TRUE(repaired->repaired());
  Flush();
  EXPECT_EQ(slots_.OwnerOf(lost.slot(), 0), lost.name());
  EXPECT_EQ(slots_.OwnerOf(renamed.slot(), 1), renamed.name());
  EXPECT_EQ(slots_.OwnerOf(lost.slot(), 2), "");
  const auto repeated = Reconcile("repair-1", /*repair=*/true);
  ASSERT_THAT(repeated, IsOk());
  EXPECT_EQ(repeated->missing_count(), 1) << "the first answer";
  EXPECT_EQ(Reconcile("ask-2")->drifts_size(), 0);
}

TEST_F(ReconcileTest, SlotsThatDoNotAnswerAreNoDrift) {
  MustCreate("R-1");
  slots_.FailWith(base::Fail(absl::StatusCode::kUnavailable, "SLOTS_UNREACHABLE", "away"));
  EXPECT_THAT(Reconcile("ask-1"), ReasonIs("SLOTS_UNREACHABLE"));
}

TEST_F(ReconcileTest, OnlyTheOpsTeamAndSupervisorsReconcile) {
  v1::ReconcileSeatsRequest request;
  request.set_parent("regions/fr-pdl");
  request.set_request_id("ask-1");
  EXPECT_THAT(
      Ask<v1::ReconcileSeatsResponse>(osnp_, request, &v1::BookingService::Stub::ReconcileSeats),
      ReasonIs("ROLE_FORBIDDEN"));
}

}  // namespace
}  // namespace sas::booking
