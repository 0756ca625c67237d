// Seats as booking sees them.

#include "absl/strings/str_split.h"
#include "common/base/status.h"
#include "common/rpc/status_map.h"
#include "tests/rpc/slots_search/slots_server.h"

namespace sas::slots {
namespace {

using absl::StatusCode;
using std::chrono::seconds;
using ::testing::SizeIs;

class SeatServiceTest : public SlotsServerTest {
 protected:
  std::vector<SeatFact> TakenOf(const std::string& slot) {
    std::vector<SeatFact> taken;
    EXPECT_THAT(store_.Read(Internal(),
                            [&](SlotsTransaction& transaction) -> absl::Status {
                              SAS_ASSIGN_OR_RETURN(taken, transaction.ListSlotSeats(slot));
                              return absl::OkStatus();
                            }),
                IsOk());
    return taken;
  }

  SeatState::Kind KindOf(const std::string& slot) {
    return book_.Look(Internal(), "fr-pdl", slot)->at(0).kind;
  }
};

TEST_F(SeatServiceTest, PreparedSeatTellsWhatAnAppointmentKeeps) {
  const auto hold = Hold(kCsnpSlot);
  ASSERT_THAT(hold, IsOk());
  const auto seat = Prepare(*hold);
  ASSERT_THAT(seat, IsOk());
  EXPECT_EQ(seat->slot().name(), kCsnpSlot);
  EXPECT_EQ(seat->seat(), 0);
  EXPECT_GT(seat->fence(), std::int64_t{1} << 32);
  EXPECT_EQ(seat->site(), kCsnp);
  EXPECT_EQ(seat->site_display_name(), "CSNP de Challans");
  EXPECT_EQ(seat->site_kind(), v1::Structure::KIND_CSNP);
  EXPECT_EQ(seat->practitioner_rpps().size(), 11u);
  EXPECT_EQ(seat->entry_rule().access(), v1::EntryRule::ACCESS_REGULATED);
  EXPECT_EQ(seat->prepare_expire_time().seconds(), ToTimestamp(clock_.Now()).seconds() + 60);

  const auto repeat = Prepare(*hold);
  ASSERT_THAT(repeat, IsOk());
  EXPECT_EQ(repeat->fence(), seat->fence());
  EXPECT_THAT(Prepare(*hold, "a2"), ReasonIs("HOLD_LOST"));
}

TEST_F(SeatServiceTest, ManySeatsInOneCallHaveEachTheirOwnOutcome) {
  const auto hold = Hold(kCsnpSlot);
  ASSERT_THAT(hold, IsOk());
  v1::PrepareSeatsRequest request;
  request.set_request_id("R-many");
  *request.add_seats() = PrepareRequest(*hold, "a1", "osnp-2", NeedOf116117());  // Not the holder.
  *request.add_seats() = PrepareRequest(*hold, "a1", "osnp-1", NeedOf116117());
  request.add_seats();  // Nothing of what is required.
  const auto prepare = [&] {
    return Invoke<v1::PrepareSeatsResponse>(*seats_stub_, &v1::SeatService::Stub::PrepareSeats,
                                            request, Service());
  };
  const auto answer = prepare();
  ASSERT_THAT(answer, IsOk());
  ASSERT_EQ(answer->outcomes_size(), 3);
  EXPECT_THAT(rpc::FromDetails(answer->outcomes(0).refusal()), ReasonIs("HOLD_LOST"));
  EXPECT_EQ(answer->outcomes(1).seat().slot().name(), kCsnpSlot);
  EXPECT_THAT(rpc::FromDetails(answer->outcomes(2).refusal()), ReasonIs("REQUEST_ID_REQUIRED"));

  while (request.seats_size() <= 64) request.add_seats();
  EXPECT_THAT(prepare(), ReasonIs("INVALID_SEAT_COUNT"));
  request.clear_seats();
  EXPECT_THAT(prepare(), ReasonIs("INVALID_SEAT_COUNT"));
}

TEST_F(SeatServiceTest, OnlyTheHolderWithALivingHoldConfirms) {
  const auto hold = Hold(kCsnpSlot);
  ASSERT_THAT(hold, IsOk());
  EXPECT_THAT(Prepare(*hold, "a1", "osnp-2"),
              StatusIs(StatusCode::kFailedPrecondition, "HOLD_LOST"));
  clock_.Advance(seconds(120));
  EXPECT_THAT(Prepare(*hold), StatusIs(StatusCode::kFailedPrecondition, "HOLD_LOST"));
}

TEST_F(SeatServiceTest, WhoLostHisHoldIsToldTheNextBestSlots) {
  const auto hold = Hold(kCsnpSlot);
  ASSERT_THAT(hold, IsOk());
  clock_.Advance(seconds(120));
  const auto taken = Hold(kCsnpSlot, Osnp("osnp-2"), "R-2");
  ASSERT_THAT(taken, IsOk());
  Follow();
  const auto lost = base::DetailOf(Prepare(*hold).status());
  ASSERT_EQ(lost.reason, "HOLD_LOST");
  std::string next;
  for (const auto& [key, value] : lost.metadata) {
    if (key == "next_slots") next = value;
  }
  const std::vector<std::string> names = absl::StrSplit(next, ' ');
  ASSERT_EQ(names.size(), 3U) << next;
  int request = 0;
  for (const std::string& name : names) {
    EXPECT_NE(name, kCsnpSlot) << "somebody else holds it";
    EXPECT_THAT(Hold(name, Osnp("osnp-3"), "next-" + std::to_string(++request)), IsOk());
  }
}

TEST_F(SeatServiceTest, WhatHotAvailabilityHasIsListedApartFromTheLedger) {
  constexpr char kNext[] = "regions/fr-pdl/sites/csnp-challans/slots/csnp-20261124t1300z";
  constexpr char kClosed[] = "regions/fr-pdl/sites/gone/slots/a-20261124t1300z";
  ASSERT_THAT(Commit(kCsnpSlot, "a1", true, "R-c1"), IsOk());
  ASSERT_THAT(Commit(kClosed, "a2", true, "R-c2"), IsOk());
  const auto shown = [&]() -> std::vector<std::string> {
    Follow();
    v1::ListTakenSeatsRequest list;
    list.set_parent("regions/fr-pdl");
    *list.mutable_start_time() = ToTimestamp(clock_.Now());
    *list.mutable_end_time() = ToTimestamp(clock_.Now() + std::chrono::hours(48));
    list.set_shown(true);
    const auto page = Invoke<v1::ListTakenSeatsResponse>(
        *seats_stub_, &v1::SeatService::Stub::ListTakenSeats, list, Service());
    EXPECT_THAT(page, IsOk());
    std::vector<std::string> told;
    if (!page.ok()) return told;
    for (const v1::SeatChange& seat : page->seats()) {
      told.push_back(seat.slot() + " " + seat.appointment().substr(28));
    }
    return told;
  };
  const std::string first = std::string(kCsnpSlot) + " a1";
  const std::string closed = std::string(kClosed) + " a2";
  EXPECT_THAT(shown(), ::testing::ElementsAre(first, closed)) << "nothing shows a closed slot";
  // A hold is no appointment; a seat that nobody has is told, and one that is shown free is not.
  ASSERT_THAT(Hold(kNext), IsOk());
  EXPECT_THAT(shown(), ::testing::ElementsAre(first, closed));
  ASSERT_THAT(book_.Commit(Internal(), {kNext, 0, "regions/fr-pdl/appointments/no", true, 2}),
              IsOk());
  ASSERT_THAT(book_.Commit(Internal(), {kCsnpSlot, 0, "regions/fr-pdl/appointments/a1", false, 1}),
              IsOk());
  EXPECT_THAT(shown(), ::testing::ElementsAre(std::string(kNext) + " no", closed));
  // The way of every repair: told again, the book has what the ledger has.
  ASSERT_THAT(Commit(kCsnpSlot, "a1", true, "R-again"), IsOk());
  ASSERT_THAT(Commit(kNext, "no", false, "R-gone"), IsOk());
  EXPECT_THAT(shown(), ::testing::ElementsAre(first, closed));
}

TEST_F(SeatServiceTest, NextSlotsAreSearchedAroundThePatientOrElseAroundTheSite) {
  v1::SearchNextSlotsRequest request;
  request.set_slot(kCsnpSlot);
  *request.mutable_need() = NeedOf116117();
  const auto ask = [&] {
    return Invoke<v1::SearchNextSlotsResponse>(
        *seats_stub_, &v1::SeatService::Stub::SearchNextSlots, request, Service());
  };
  const auto around_site = ask();
  ASSERT_THAT(around_site, IsOk());
  ASSERT_EQ(around_site->slots_size(), 3);
  // As whoever stands in Challans, where the site is, would be told.
  request.set_insee_code("85047");
  const auto around_patient = ask();
  ASSERT_THAT(around_patient, IsOk());
  const auto found = Search(AroundChallans());
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(around_patient->slots(0), SlotsOf(*found)[0]);
  // What is booked is not named, whatever memory shows.
  request.set_slot(around_patient->slots(0));
  request.set_taken(true);
  const auto taken = ask();
  ASSERT_THAT(taken, IsOk());
  ASSERT_EQ(taken->slots_size(), 3);
  EXPECT_EQ(taken->slots(0), around_patient->slots(1));
  // Far from everything there is nothing within reach.
  request.mutable_point()->set_latitude_degrees(48.85);
  request.mutable_point()->set_longitude_degrees(2.35);
  const auto far = ask();
  ASSERT_THAT(far, IsOk());
  EXPECT_EQ(far->slots_size(), 0);
  EXPECT_THAT(Invoke<v1::SearchNextSlotsResponse>(
                  *seats_stub_, &v1::SeatService::Stub::SearchNextSlots, request, Osnp()),
              StatusIs(StatusCode::kPermissionDenied, "ROLE_FORBIDDEN"));
}

TEST_F(SeatServiceTest, TakenSeatsAreListedForBookingPageByPage) {
  v1::CommitSeatsRequest commit;
  commit.set_parent("regions/fr-pdl");
  commit.set_request_id("commit-1");
  for (int seat = 0; seat < 12; ++seat) {
    auto& change = *commit.add_changes();
    change.set_slot(kCsnpSlot);
    change.set_seat(seat);
    change.set_appointment("regions/fr-pdl/appointments/a" + std::to_string(seat));
    change.set_taken(true);
  }
  ASSERT_THAT(Invoke<v1::CommitSeatsResponse>(*seats_stub_, &v1::SeatService::Stub::CommitSeats,
                                              commit, Service()),
              IsOk());
  v1::ListTakenSeatsRequest list;
  list.set_parent("regions/fr-pdl");
  *list.mutable_start_time() = ToTimestamp(clock_.Now());
  *list.mutable_end_time() = ToTimestamp(clock_.Now() + std::chrono::hours(48));
  list.set_page_size(5);
  const auto ask = [&] {
    return Invoke<v1::ListTakenSeatsResponse>(*seats_stub_, &v1::SeatService::Stub::ListTakenSeats,
                                              list, Service());
  };
  std::vector<int> seats;
  do {
    const auto page = ask();
    ASSERT_THAT(page, IsOk());
    for (const auto& each : page->seats()) {
      seats.push_back(each.seat());
      EXPECT_EQ(each.appointment(), "regions/fr-pdl/appointments/a" + std::to_string(each.seat()));
    }
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  EXPECT_THAT(seats, ::testing::ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
  *list.mutable_end_time() = ToTimestamp(clock_.Now() + std::chrono::hours(32 * 24));
  EXPECT_THAT(ask(), ReasonIs("INVALID_TIME_RANGE"));
}

TEST_F(SeatServiceTest, HoldOnASlotThatItsSiteTookBackIsLost) {
  const auto hold = Hold(kCsnpSlot);
  ASSERT_THAT(hold, IsOk());
  EndSessions();
  EXPECT_THAT(Prepare(*hold), StatusIs(StatusCode::kFailedPrecondition, "HOLD_LOST"));
  EXPECT_THAT(Hold(kCsnpSlot, Osnp("osnp-2")), ReasonIs("SLOT_NOT_OPEN"));
  Follow();
  EXPECT_THAT(Prepare(*hold), StatusIs(StatusCode::kFailedPrecondition, "HOLD_LOST"));
  EXPECT_THAT(Hold(kCsnpSlot, Osnp("osnp-2")), ReasonIs("SLOT_NOT_FOUND"));
}

TEST_F(SeatServiceTest, RulesAreHeldAgainstTheConfirmationToo) {
  const auto hold = Hold(kCsnpSlot);
  ASSERT_THAT(hold, IsOk());
  v1::CareNeed need = NeedOf116117();
  need.set_motif_code("M03.06");
  EXPECT_THAT(Prepare(*hold, "a1", "osnp-1", need), ReasonIs("MOTIF_NOT_ACCEPTED"));
  need = NeedOf116117();
  need.set_care_order("regions/fr-pdl/cases/c2/orders/o9");
  EXPECT_THAT(Prepare(*hold, "a1", "osnp-1", need),
              StatusIs(StatusCode::kFailedPrecondition, "HOLD_FOR_OTHER_ORDER"));
  EXPECT_THAT(Prepare(*hold), IsOk());  // What was refused has cost nothing.
}

TEST_F(SeatServiceTest, ProfessionOfTheHolderIsJudgedAtTheConfirmation) {
  base::Actor nurse = sas::testing::ActorWith(base::Role::kProfessional, "ioa-1");
  nurse.profession = "60";
  nurse.entry_point = "urgences";
  v1::CareNeed need = NeedOf116117();
  need.set_entry_point(type::v1::ENTRY_POINT_URGENCES);
  need.clear_care_order();
  need.set_access_reason(type::v1::ACCESS_REASON_REORIENTATION_URGENCES);
  need.set_evaluation_recorded(true);
  const auto hold =
      Hold("regions/fr-pdl/sites/csnp-challans/slots/csnp-20261124t1230z", nurse, "R-1", need);
  ASSERT_THAT(hold, IsOk());
  // Booking is a service without a profession: the holder's was kept with the hold.
  EXPECT_THAT(Prepare(*hold, "a1", "ioa-1", need), IsOk());
}

TEST_F(SeatServiceTest, EmergencyDepartmentSendsWithARecordedEvaluationOnly) {
  base::Actor nurse = sas::testing::ActorWith(base::Role::kProfessional, "ioa-1");
  nurse.profession = "60";
  nurse.entry_point = "urgences";
  v1::CareNeed need = NeedOf116117();
  need.set_entry_point(type::v1::ENTRY_POINT_URGENCES);
  need.clear_care_order();
  need.set_access_reason(type::v1::ACCESS_REASON_REORIENTATION_URGENCES);
  const std::string slot = "regions/fr-pdl/sites/csnp-challans/slots/csnp-20261124t1230z";
  EXPECT_THAT(Hold(slot, nurse, "R-1", need), ReasonIs("EVALUATION_REQUIRED"));
  need.set_evaluation_recorded(true);
  EXPECT_THAT(Hold(slot, nurse, "R-1", need), IsOk());  // No order of the regulation is needed.
  nurse.profession = "21";
  EXPECT_THAT(Hold(slot, nurse, "R-2", need),
              StatusIs(StatusCode::kPermissionDenied, "PROFESSION_NOT_ALLOWED"));
}

TEST_F(SeatServiceTest, CommitIsDurableAuditedPublishedAndSeenByTheSearch) {
  const auto hold = Hold(kCsnpSlot);
  ASSERT_THAT(hold, IsOk());
  ASSERT_THAT(Prepare(*hold), IsOk());
  EXPECT_EQ(Commit(kCsnpSlot, "a1", true, "R-c1").value_or(-1), 1);
  ASSERT_THAT(TakenOf(kCsnpSlot), SizeIs(1));
  EXPECT_EQ(TakenOf(kCsnpSlot)[0].appointment, "regions/fr-pdl/appointments/a1");
  EXPECT_EQ(KindOf(kCsnpSlot), SeatState::Kind::kTaken);
  EXPECT_EQ(book_.State(Internal(), "fr-pdl")->seat_sequence, TakenOf(kCsnpSlot)[0].sequence);

  const auto events = store_.feed().Read(Internal(), "fr-pdl", "", 10);
  ASSERT_THAT(events, IsOk());
  ASSERT_THAT(*events, SizeIs(1));
  EXPECT_EQ(events->at(0).type, "seats.changed");
  ASSERT_THAT(store_.ledger().audit(), SizeIs(1));
  EXPECT_EQ(store_.ledger().audit()[0].entry.action, "CommitSeats");

  Follow();
  v1::GetSlotRequest get;
  get.set_name(kCsnpSlot);
  const auto slot = Invoke<v1::Slot>(*slots_stub_, &v1::SlotService::Stub::GetSlot, get, Osnp());
  ASSERT_THAT(slot, IsOk());
  EXPECT_EQ(slot->state(), v1::Slot::STATE_BOOKED);
}

TEST_F(SeatServiceTest, LateRepeatFreesNobodyElse) {
  EXPECT_EQ(Commit(kCsnpSlot, "a1", true, "R-1").value_or(-1), 1);
  EXPECT_EQ(Commit(kCsnpSlot, "a1", false, "R-2").value_or(-1), 1);
  EXPECT_EQ(Commit(kCsnpSlot, "a2", true, "R-3").value_or(-1), 1);
  EXPECT_EQ(Commit(kCsnpSlot, "a1", false, "R-2").value_or(-1), 1);  // First answer, no effect.
  EXPECT_EQ(Commit(kCsnpSlot, "a1", true, "R-1").value_or(-1), 1);
  EXPECT_EQ(Commit(kCsnpSlot, "a1", false, "R-4").value_or(-1), 0);
  EXPECT_EQ(TakenOf(kCsnpSlot).at(0).appointment, "regions/fr-pdl/appointments/a2");
  EXPECT_EQ(KindOf(kCsnpSlot), SeatState::Kind::kTaken);
  EXPECT_EQ(book_.Look(Internal(), "fr-pdl", kCsnpSlot)->at(0).appointment,
            "regions/fr-pdl/appointments/a2");
}

TEST_F(SeatServiceTest, CommitWithoutRedisIsInTheLedgerAndItsRepeatHealsTheBook) {
  book_.SetDownForTest(true);
  EXPECT_THAT(Commit(kCsnpSlot, "a1", true, "R-1"),
              StatusIs(StatusCode::kUnavailable, "REDIS_UNAVAILABLE"));
  EXPECT_THAT(TakenOf(kCsnpSlot), SizeIs(1));
  book_.SetDownForTest(false);
  EXPECT_EQ(KindOf(kCsnpSlot), SeatState::Kind::kFree);
  EXPECT_EQ(Commit(kCsnpSlot, "a1", true, "R-1").value_or(-1), 1);
  EXPECT_EQ(KindOf(kCsnpSlot), SeatState::Kind::kTaken);
}

TEST_F(SeatServiceTest, CommitThatNeverReachedTheBookIsFoundOnceItIsOverdue) {
  book_.SetDownForTest(true);
  EXPECT_THAT(Commit(kCsnpSlot, "a1", true, "R-1"), ReasonIs("REDIS_UNAVAILABLE"));
  book_.SetDownForTest(false);
  ASSERT_THAT(availability_->Look(Internal()), IsOk());
  EXPECT_EQ(KindOf(kCsnpSlot), SeatState::Kind::kFree);  // It might be on its way still.
  clock_.Advance(Availability::kCommitInFlight);
  ASSERT_THAT(availability_->Look(Internal()), IsOk());
  EXPECT_EQ(KindOf(kCsnpSlot), SeatState::Kind::kTaken);
  EXPECT_EQ(projection_.Find("fr-pdl")->index->FindSlot(kCsnpSlot).free_seats(), 0);
}

TEST_F(SeatServiceTest, OnlyServicesCall) {
  v1::PrepareSeatRequest request;
  EXPECT_THAT(
      Invoke<v1::PreparedSeat>(*seats_stub_, &v1::SeatService::Stub::PrepareSeat, request, Osnp()),
      StatusIs(StatusCode::kPermissionDenied, "ROLE_FORBIDDEN"));
  v1::CommitSeatsRequest commit;
  EXPECT_THAT(Invoke<v1::CommitSeatsResponse>(*seats_stub_, &v1::SeatService::Stub::CommitSeats,
                                              commit, Osnp()),
              StatusIs(StatusCode::kPermissionDenied, "ROLE_FORBIDDEN"));
}

TEST_F(SeatServiceTest, ShapeOfACommitIsChecked) {
  EXPECT_THAT(Commit(kCsnpSlot, "a1", true, ""), ReasonIs("REQUEST_ID_REQUIRED"));
  EXPECT_THAT(Commit("regions/fr-bre/sites/s/slots/a-20261124t1245z", "a1", true, "R-1"),
              StatusIs(StatusCode::kInvalidArgument, "REGION_MISMATCH"));
  EXPECT_THAT(Commit(kCsnpSlot, "A 1", true, "R-1"), ReasonIs("INVALID_RESOURCE_NAME"));
  v1::CommitSeatsRequest request;
  request.set_parent("regions/fr-pdl");
  request.set_request_id("R-1");
  EXPECT_THAT(Invoke<v1::CommitSeatsResponse>(*seats_stub_, &v1::SeatService::Stub::CommitSeats,
                                              request, Service()),
              ReasonIs("INVALID_CHANGE_COUNT"));
}

}  // namespace
}  // namespace sas::slots
