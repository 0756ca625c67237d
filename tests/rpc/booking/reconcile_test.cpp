// What the slots believe of seats, held against the ledger.

#include "services/booking/reconcile.h"

#include <gmock/gmock.h>

#include "common/http/client.h"
#include "tests/rpc/booking/booking_fixture.h"

namespace sas::booking {
namespace {

using ::testing::HasSubstr;
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

  // What the service does by itself every few minutes.
  void Round() {
    const BookingParts parts{*store_, slots_, regulation_, *metrics_, clock_};
    ASSERT_THAT(Reconciliation(parts).RunAll(
                    base::InternalCall("reconcile", clock_, std::chrono::seconds(5))),
                IsOk());
    Flush();
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

TEST_F(ReconcileTest, WhatOnlyTheSearchesHaveWrongIsToldApartAndRepaired) {
  const v1::Appointment offered = MustCreate("R-1", 0);
  const v1::Appointment renamed = MustCreate("R-2", 1);
  Flush();
  slots_.Show(offered.slot(), 0, "");
  slots_.Show(renamed.slot(), 1, "regions/fr-pdl/appointments/other");
  slots_.Show(offered.slot(), 2, "regions/fr-pdl/appointments/ghost");

  const auto seen = Reconcile("ask-1");
  ASSERT_THAT(seen, IsOk());
  EXPECT_EQ(seen->drifts_size(), 0) << "the ledger of the slots is right";
  EXPECT_EQ(seen->shown_missing_count(), 1);
  EXPECT_EQ(seen->shown_other_count(), 1);
  EXPECT_EQ(seen->shown_ghost_count(), 1);
  EXPECT_FALSE(seen->shown_unknown());
  ASSERT_EQ(seen->shown_drifts_size(), 3);
  EXPECT_EQ(seen->shown_drifts(0).appointment(), offered.name());

  const std::size_t before = slots_.committed().size();
  ASSERT_THAT(Reconcile("repair-1", /*repair=*/true), IsOk());
  Flush();
  EXPECT_GT(slots_.committed().size(), before);
  EXPECT_EQ(Reconcile("ask-2")->shown_drifts_size(), 0);
}

TEST_F(ReconcileTest, WithoutHotAvailabilityTheLedgersAreStillCompared) {
  const v1::Appointment lost = MustCreate("R-1");
  Flush();
  slots_.Believe(lost.slot(), 0, "");
  slots_.FailShownWith(base::Fail(absl::StatusCode::kUnavailable, "SLOTS_UNREACHABLE", "no Redis"));
  const auto seen = Reconcile("ask-1");
  ASSERT_THAT(seen, IsOk());
  EXPECT_EQ(seen->missing_count(), 1);
  EXPECT_TRUE(seen->shown_unknown());
}

class ReconcileAheadTest : public ReconcileTest, public ::testing::WithParamInterface<int> {};

TEST_P(ReconcileAheadTest, SeatsAreComparedAsFarAsTheSlotsCanBeOpen) {
  slots_.SetStart(clock_.Now() + std::chrono::hours(24 * GetParam()));
  const v1::Appointment lost = MustCreate("R-1");
  Flush();
  const auto whole = Reconcile("whole");
  ASSERT_THAT(whole, IsOk());
  EXPECT_EQ(whole->compared_count(), 1);
  EXPECT_EQ(whole->drifts_size(), 0);
  slots_.Believe(lost.slot(), 0, "");
  const auto seen = Reconcile("ask");
  ASSERT_THAT(seen, IsOk());
  EXPECT_EQ(seen->missing_count(), 1);
}

// The standard horizon is 21 days, the longest 120, and 31 are asked for at once.
INSTANTIATE_TEST_SUITE_P(Days, ReconcileAheadTest, ::testing::Values(20, 31, 62, 119));

TEST_F(ReconcileTest, TheServicesOwnRoundsRepairAndTellTheDriftInTheMetrics) {
  const v1::Appointment lost = MustCreate("R-1", 0);
  Flush();
  slots_.Believe(lost.slot(), 0, "");
  slots_.Believe(lost.slot(), 1, "regions/fr-pdl/appointments/ghost");
  slots_.Believe(lost.slot(), 2, "regions/fr-pdl/appointments/ghost-2");
  const auto port = server_->metrics().Serve("127.0.0.1:0");
  ASSERT_THAT(port, IsOk());
  http::Client scraper{{}};
  const auto scrape = [&] {
    const auto page =
        scraper.Send({"GET", "http://127.0.0.1:" + std::to_string(*port) + "/metrics", {}, ""});
    EXPECT_THAT(page, IsOk());
    return page.ok() ? page->body : std::string();
  };
  const v1::Appointment hidden = MustCreate("R-2", 3);
  Flush();
  slots_.Show(hidden.slot(), 3, "");
  Round();
  std::string page = scrape();
  EXPECT_THAT(page, HasSubstr("sas_booking_seat_drift{kind=\"shown_missing\"} 1"));
  EXPECT_THAT(page, HasSubstr("sas_booking_seat_shown_unknown 0"));
  EXPECT_THAT(page, HasSubstr("sas_booking_seat_drift{kind=\"shown_ghost\"} 0"));
  EXPECT_THAT(page, HasSubstr("sas_booking_seat_drift{kind=\"missing\"} 1"));
  EXPECT_THAT(page, HasSubstr("sas_booking_seat_drift{kind=\"ghost\"} 2"));
  EXPECT_THAT(page, HasSubstr("sas_booking_seat_drift{kind=\"other\"} 0"));
  EXPECT_EQ(slots_.OwnerOf(lost.slot(), 0), lost.name());
  EXPECT_EQ(slots_.OwnerOf(lost.slot(), 1), "");
  Round();
  page = scrape();
  EXPECT_THAT(page, HasSubstr("sas_booking_seat_drift{kind=\"missing\"} 0"));
  EXPECT_THAT(page, HasSubstr("sas_booking_seat_drift{kind=\"shown_missing\"} 0"));
  EXPECT_THAT(page, HasSubstr("sas_booking_seat_drift{kind=\"ghost\"} 0"));
  slots_.FailShownWith(base::Fail(absl::StatusCode::kUnavailable, "SLOTS_UNREACHABLE", "no Redis"));
  Round();
  EXPECT_THAT(scrape(), HasSubstr("sas_booking_seat_shown_unknown 1"));
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
