// One day: closures, openings, a slot taken back.

#include <algorithm>

#include "common/base/timestamp.h"
#include "tests/rpc/slots_planning/planning_server.h"

namespace sas::slots {
namespace {

using absl::StatusCode;
using base::Role;
using std::chrono::hours;
using std::chrono::minutes;

constexpr char kOpener[] = "regions/fr-pdl/practitioners/p-griselin";
constexpr char kPractice[] = "regions/fr-pdl/sites/msp-soullans";

class PlanningExceptions : public PlanningTest {
 protected:
  absl::StatusOr<v1::AgendaException> Create(const v1::AgendaException& exception,
                                             const std::string& request_id,
                                             const base::Actor& actor = Planner(),
                                             const std::string& site = kCsnp) {
    v1::CreateAgendaExceptionRequest request;
    request.set_parent(site);
    *request.mutable_agenda_exception() = exception;
    request.set_request_id(request_id);
    return Ask<v1::AgendaException>(&v1::PlanningService::Stub::CreateAgendaException, request,
                                    actor);
  }

  absl::StatusOr<v1::DeleteAgendaExceptionResponse> Delete(const std::string& name,
                                                           const std::string& request_id) {
    v1::DeleteAgendaExceptionRequest request;
    request.set_name(name);
    request.set_request_id(request_id);
    return Ask<v1::DeleteAgendaExceptionResponse>(&v1::PlanningService::Stub::DeleteAgendaException,
                                                  request);
  }

  absl::StatusOr<v1::Slot> Withdraw(const std::string& slot, const std::string& request_id,
                                    const std::string& reason = "ABSENCE") {
    v1::WithdrawSlotRequest request;
    request.set_name(slot);
    request.set_reason_code(reason);
    request.set_request_id(request_id);
    return Ask<v1::Slot>(&v1::PlanningService::Stub::WithdrawSlot, request);
  }

  /// The afternoon of Tuesday, 13:30 to 17:30.
  v1::AgendaException Afternoon() {
    v1::AgendaException closure;
    closure.set_kind(v1::AgendaException::KIND_CLOSURE);
    closure.set_agenda("csnp");
    closure.set_reason_code("MALADIE");
    *closure.mutable_start_time() = base::ToTimestamp(clock_.Now() + minutes(210));
    *closure.mutable_end_time() = base::ToTimestamp(clock_.Now() + minutes(450));
    return closure;
  }

  v1::OpenSlotsRequest Three() {
    v1::OpenSlotsRequest request;
    request.set_parent(kPractice);
    request.set_practitioner(kOpener);
    *request.mutable_start_time() = base::ToTimestamp(clock_.Now() + hours(5));  // 15:00.
    request.set_slot_count(3);
    request.set_request_id("R-open");
    return request;
  }

  absl::StatusOr<v1::OpenSlotsResponse> Open(const v1::OpenSlotsRequest& request,
                                             const base::Actor& actor = Planner()) {
    return Ask<v1::OpenSlotsResponse>(&v1::PlanningService::Stub::OpenSlots, request, actor);
  }

  /// The answer to an opening and the searches say the same of a slot.
  void ExpectToldAsShown(const v1::Slot& told) {
    const auto shown = Slot(told.name());
    ASSERT_THAT(shown, IsOk()) << told.name();
    EXPECT_EQ(told.state(), shown->state()) << told.name();
    EXPECT_EQ(told.free_seat_count(), shown->free_seat_count()) << told.name();
    EXPECT_EQ(told.practitioner(), shown->practitioner()) << told.name();
    EXPECT_EQ(Offered(told.name()), told.state() == v1::Slot::STATE_FREE) << told.name();
  }

  /// On whatever page of the search.
  bool Offered(const std::string& slot) {
    v1::SearchSlotsRequest request = AroundChallans();
    request.set_page_size(50);
    while (true) {
      const auto answer = Search(request);
      EXPECT_THAT(answer, IsOk());
      if (!answer.ok()) return false;
      const auto names = SlotsOf(*answer);
      if (std::find(names.begin(), names.end(), slot) != names.end()) return true;
      if (answer->next_page_token().empty()) return false;
      request.set_page_token(answer->next_page_token());
    }
  }
};

TEST_F(PlanningExceptions, H27_AClosureTakesTheOfferAndLeavesThePatients) {
  const std::string booked = std::string(kCsnp) + "/slots/csnp-20261124t1315z";
  ASSERT_THAT(Commit(booked, "a1", true, "C-1"), IsOk());
  Follow();
  EXPECT_TRUE(Offered(kCsnpSlot));
  const auto closure = Create(Afternoon(), "R-1");
  ASSERT_THAT(closure, IsOk());
  EXPECT_FALSE(Offered(kCsnpSlot));
  EXPECT_EQ(Slot(kCsnpSlot)->state(), v1::Slot::STATE_WITHDRAWN);
  EXPECT_EQ(Slot(kCsnpSlot)->free_seat_count(), 0);
  EXPECT_THAT(Hold(kCsnpSlot), ReasonIs("SLOT_WITHDRAWN"));
  const auto events = Events("agenda_exception.created");
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].planning().orphan_count(), 1);
  EXPECT_EQ(events[0].planning().orphan_slots(0), booked);
  EXPECT_EQ(events[0].planning().reason_code(), "MALADIE");

  v1::ListAgendaExceptionsRequest list;
  list.set_parent(kCsnp);
  const auto page =
      Ask<v1::ListAgendaExceptionsResponse>(&v1::PlanningService::Stub::ListAgendaExceptions, list);
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->agenda_exceptions_size(), 1);
  EXPECT_EQ(page->agenda_exceptions(0).name(), closure->name());

  // Taken back: the offer is there again, the booked seat still booked.
  ASSERT_THAT(Delete(closure->name(), "R-2"), IsOk());
  EXPECT_TRUE(Offered(kCsnpSlot));
  EXPECT_EQ(Slot(booked)->state(), v1::Slot::STATE_BOOKED);
  EXPECT_THAT(Delete(closure->name(), "R-3"), ReasonIs("EXCEPTION_NOT_FOUND"));
}

TEST_F(PlanningExceptions, AClosureOfTheSiteClosesEveryAgenda) {
  v1::AgendaException all = Afternoon();
  all.clear_agenda();
  ASSERT_THAT(Create(all, "R-1"), IsOk());
  EXPECT_EQ(Slot(kCsnpSlot)->state(), v1::Slot::STATE_WITHDRAWN);
}

TEST_F(PlanningExceptions, TableOfRefusals) {
  const auto refuse = [&](const char* reason, const std::function<void(v1::AgendaException&)>& f) {
    v1::AgendaException exception = Afternoon();
    f(exception);
    EXPECT_THAT(Create(exception, "R-bad"), ReasonIs(reason));
  };
  refuse("UNKNOWN_ENUM_VALUE", [](auto& e) { e.clear_kind(); });
  refuse("REASON_CODE_REQUIRED", [](auto& e) { e.set_reason_code("malade"); });
  refuse("INVALID_TIME_RANGE", [](auto& e) { e.clear_end_time(); });
  refuse("INVALID_TIME_RANGE", [](auto& e) { e.mutable_start_time()->set_nanos(5000); });
  refuse("INVALID_TIME_RANGE", [&](auto& e) {
    *e.mutable_end_time() = base::ToTimestamp(clock_.Now() + hours(24 * 93));
  });
  refuse("START_IN_PAST", [&](auto& e) {
    *e.mutable_start_time() = base::ToTimestamp(clock_.Now() - hours(2));
    *e.mutable_end_time() = base::ToTimestamp(clock_.Now() - hours(1));
  });
  EXPECT_THAT(Create(Afternoon(), "R-1", Planner(), "regions/fr-pdl/sites/ailleurs"),
              ReasonIs("SITE_NOT_FOUND"));
  EXPECT_THAT(Create(Afternoon(), "R-2", Of(Role::kSecretariat, "msp-palluau")),
              ReasonIs("SITE_RIGHT_REQUIRED"));
}

TEST_F(PlanningExceptions, S3_27_ADoctorOpensSlotsInOneCall) {
  const auto opened = Open(Three(), Of(Role::kEffecteur, "msp-soullans"));
  ASSERT_THAT(opened, IsOk());
  ASSERT_EQ(opened->slots_size(), 3);
  const v1::Slot& first = opened->slots(0);
  EXPECT_EQ(first.name(), std::string(kPractice) + "/slots/griselin-20261124t1400z");
  EXPECT_EQ(first.origin(), v1::Slot::ORIGIN_MANUAL);
  EXPECT_EQ(first.state(), v1::Slot::STATE_FREE);
  EXPECT_EQ(first.end_time().seconds() - first.start_time().seconds(), 15 * 60);
  EXPECT_EQ(opened->agenda_exception().reason_code(), "URGENCE_JOUR_J");
  // In the searches when it is answered, and bookable like any other.
  EXPECT_TRUE(Offered(first.name()));
  const auto hold = Hold(first.name());
  ASSERT_THAT(hold, IsOk());
  EXPECT_EQ(hold->slot().origin(), v1::Slot::ORIGIN_MANUAL);
  EXPECT_THAT(Prepare(*hold), IsOk());
  EXPECT_EQ(Events("slots.opened").size(), 1U);
  // A repeat opens nothing more.
  EXPECT_EQ(Open(Three(), Of(Role::kEffecteur, "msp-soullans"))->agenda_exception().name(),
            opened->agenda_exception().name());
}

TEST_F(PlanningExceptions, S3_27_WhatAnOpeningMeets) {
  const auto refuse = [&](const char* reason, const std::function<void(v1::OpenSlotsRequest&)>& f) {
    v1::OpenSlotsRequest request = Three();
    request.set_request_id("R-bad");
    f(request);
    EXPECT_THAT(Open(request), ReasonIs(reason));
  };
  refuse("INVALID_OPENING", [](auto& r) { r.set_slot_count(0); });
  refuse("INVALID_OPENING", [](auto& r) { r.set_slot_count(21); });
  refuse("INVALID_OPENING", [](auto& r) { r.set_slot_minutes(4); });
  refuse("START_IN_PAST",
         [&](auto& r) { *r.mutable_start_time() = base::ToTimestamp(clock_.Now() - minutes(2)); });
  refuse("INVALID_TIME_RANGE", [&](auto& r) {
    *r.mutable_start_time() = base::ToTimestamp(clock_.Now() + hours(24 * 15));
  });
  refuse("UNKNOWN_REFERENCE",
         [](auto& r) { r.set_practitioner("regions/fr-pdl/practitioners/personne"); });
  refuse("SESSION_IN_PDSA_HOURS", [&](auto& r) {
    *r.mutable_start_time() = base::ToTimestamp(clock_.Now() + hours(10));  // 20:00.
  });
  // His own session of 11:00 to 12:30 is there already.
  refuse("PRACTITIONER_TAKEN", [&](auto& r) {
    *r.mutable_start_time() = base::ToTimestamp(clock_.Now() + hours(2));
    r.set_agenda("autre");
  });
  ASSERT_THAT(Open(Three()), IsOk());
  refuse("PRACTITIONER_TAKEN", [&](auto& r) {
    *r.mutable_start_time() = base::ToTimestamp(clock_.Now() + hours(5) + minutes(30));
  });
}

// Remplaçante there until yesterday, titulaire elsewhere.
TEST_F(PlanningExceptions, S3_27_AfterALicencesEndTheAnswerSaysWithdrawnAsTheSearchDoes) {
  v1::UpdatePractitionerRequest request;
  *request.mutable_practitioner() = ThePractitioner(kOpener);
  v1::Practitioner::Activity& activity = *request.mutable_practitioner()->add_activities();
  activity.set_site(kPractice);
  activity.set_status(v1::Practitioner::STATUS_REMPLACANT);
  activity.set_licence_end_date("2026-11-23");
  request.set_request_id("R-activity");
  ASSERT_THAT(Ask<v1::Practitioner>(&v1::PlanningService::Stub::UpdatePractitioner, request),
              IsOk());
  const auto opened = Open(Three());
  ASSERT_THAT(opened, IsOk());
  ASSERT_EQ(opened->slots_size(), 3);
  for (const v1::Slot& told : opened->slots()) {
    EXPECT_EQ(told.state(), v1::Slot::STATE_WITHDRAWN);
    EXPECT_EQ(told.free_seat_count(), 0);
    ExpectToldAsShown(told);
  }
  EXPECT_THAT(Hold(opened->slots(0).name()), ReasonIs("UNSTAFFED"));
  v1::OpenSlotsRequest elsewhere = Three();
  elsewhere.set_parent("regions/fr-pdl/sites/msp-palluau");
  *elsewhere.mutable_start_time() = base::ToTimestamp(clock_.Now() + hours(7));  // 17:00.
  elsewhere.set_request_id("R-elsewhere");
  const auto there = Open(elsewhere);
  ASSERT_THAT(there, IsOk());
  ASSERT_EQ(there->slots_size(), 3);
  EXPECT_EQ(there->slots(0).state(), v1::Slot::STATE_FREE);
  ExpectToldAsShown(there->slots(0));
}

// Opened, booked, taken back and opened again: whoever was booked still has his seat.
TEST_F(PlanningExceptions, S3_27_ASeatThatIsTakenIsNotAnsweredAsFree) {
  const auto first = Open(Three());
  ASSERT_THAT(first, IsOk());
  ASSERT_EQ(first->slots_size(), 3);
  const std::string booked = first->slots(1).name();
  ASSERT_THAT(Commit(booked, "a1", true, "C-1"), IsOk());
  Follow();
  ASSERT_THAT(Delete(first->agenda_exception().name(), "R-back"), IsOk());
  v1::OpenSlotsRequest again = Three();
  again.set_request_id("R-again");
  const auto second = Open(again);
  ASSERT_THAT(second, IsOk());
  ASSERT_EQ(second->slots_size(), 3);
  EXPECT_EQ(second->slots(1).name(), booked);
  EXPECT_EQ(second->slots(1).state(), v1::Slot::STATE_BOOKED);
  EXPECT_EQ(second->slots(1).free_seat_count(), 0);
  EXPECT_EQ(second->slots(2).state(), v1::Slot::STATE_FREE);
  for (const v1::Slot& told : second->slots()) ExpectToldAsShown(told);
}

TEST_F(PlanningExceptions, APracticeTakesASlotBack) {
  const auto slot = Withdraw(kCsnpSlot, "R-1", "PATIENT_PROPRE");
  ASSERT_THAT(slot, IsOk());
  EXPECT_EQ(slot->state(), v1::Slot::STATE_WITHDRAWN);
  EXPECT_EQ(slot->free_seat_count(), 0);
  EXPECT_FALSE(Offered(kCsnpSlot));
  EXPECT_THAT(Hold(kCsnpSlot), ReasonIs("SLOT_WITHDRAWN"));
  // Once more is no error and no second closure; the slot beside it stays.
  EXPECT_THAT(Withdraw(kCsnpSlot, "R-2"), IsOk());
  EXPECT_EQ(Events("slot.withdrawn").size(), 1U);
  EXPECT_EQ(Slot(std::string(kCsnp) + "/slots/csnp-20261124t1300z")->state(), v1::Slot::STATE_FREE);
  EXPECT_THAT(Withdraw(std::string(kCsnp) + "/slots/csnp-20261124t1301z", "R-3"),
              ReasonIs("SLOT_NOT_FOUND"));
  EXPECT_THAT(Withdraw(kCsnpSlot, "R-4", ""), IsOk());  // It is withdrawn already.
}

TEST_F(PlanningExceptions, H27_WhoHoldsASeatMayStillConfirmIt) {
  const auto hold = Hold(kCsnpSlot);
  ASSERT_THAT(hold, IsOk());
  Follow();
  ASSERT_THAT(Withdraw(kCsnpSlot, "R-1"), IsOk());
  const auto prepared = Prepare(*hold);
  ASSERT_THAT(prepared, IsOk());
  ASSERT_THAT(Commit(kCsnpSlot, "a1", true, "C-1"), IsOk());
  Follow();
  EXPECT_EQ(Slot(kCsnpSlot)->state(), v1::Slot::STATE_WITHDRAWN);
}

TEST_F(PlanningExceptions, GiveBackTakesAFreeSlotOutOfTheOfferAndTheHold) {
  v1::SessionPlan plan = ThePlan(kPractice);  // 11:00 to 12:30.
  plan.clear_etag();
  plan.set_give_back_minutes(90);
  ASSERT_THAT(Update(plan, "R-1"), IsOk());
  const std::string noon = std::string(kPractice) + "/slots/griselin-20261124t1100z";
  EXPECT_TRUE(Offered(noon));
  clock_.Advance(minutes(30));  // 10:30, ninety minutes before.
  EXPECT_FALSE(Offered(noon));
  EXPECT_THAT(Hold(noon), ReasonIs("SLOT_GIVEN_BACK"));
}

// --- what is offered again is told, for the file active ----------------------------------------

TEST_F(PlanningExceptions, ALiftedClosureTellsItsFreeSeats) {
  const std::string booked = std::string(kCsnp) + "/slots/csnp-20261124t1315z";
  ASSERT_THAT(Commit(booked, "a1", true, "C-1"), IsOk());
  Follow();
  const auto closure = Create(Afternoon(), "R-1");
  ASSERT_THAT(closure, IsOk());
  EXPECT_TRUE(Events("seats.reopened").empty());
  ASSERT_THAT(Delete(closure->name(), "R-2"), IsOk());
  ASSERT_THAT(Delete(closure->name(), "R-2"), IsOk());  // A repeat tells nothing more.
  const auto events = Events("seats.reopened");
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].subject(), kCsnp);
  std::vector<std::string> slots;
  for (const auto& seat : events[0].seats().seats()) slots.push_back(seat.slot());
  EXPECT_EQ(std::count(slots.begin(), slots.end(), kCsnpSlot), 1);
  EXPECT_EQ(std::count(slots.begin(), slots.end(), booked), 0);
  EXPECT_TRUE(std::is_sorted(slots.begin(), slots.end()));
}

TEST_F(PlanningExceptions, WhatBeginsAfterTwoDaysIsLeftToTheSearch) {
  v1::AgendaException late = Afternoon();
  *late.mutable_start_time() = base::ToTimestamp(clock_.Now() + hours(49));
  *late.mutable_end_time() = base::ToTimestamp(clock_.Now() + hours(24 * 20));
  const auto closure = Create(late, "R-1");
  ASSERT_THAT(closure, IsOk());
  ASSERT_THAT(Delete(closure->name(), "R-2"), IsOk());
  EXPECT_TRUE(Events("seats.reopened").empty());
}

TEST_F(PlanningExceptions, AGiveBackThatIsUndoneTellsItsSeats) {
  v1::SessionPlan plan = ThePlan(kPractice);
  plan.clear_etag();
  plan.set_give_back_minutes(90);
  const auto given_back = Update(plan, "R-1");
  ASSERT_THAT(given_back, IsOk());
  clock_.Advance(minutes(30));
  const std::string noon = std::string(kPractice) + "/slots/griselin-20261124t1100z";
  EXPECT_THAT(Hold(noon), ReasonIs("SLOT_GIVEN_BACK"));
  EXPECT_TRUE(Events("seats.reopened").empty());
  plan = *given_back;
  plan.set_give_back_minutes(0);
  ASSERT_THAT(Update(plan, "R-2"), IsOk());
  const auto events = Events("seats.reopened");
  ASSERT_EQ(events.size(), 1U);
  const auto& seats = events[0].seats().seats();
  EXPECT_EQ(std::count_if(seats.begin(), seats.end(),
                          [&](const auto& seat) { return seat.slot() == noon; }),
            1);
  // What was never closed is no news.
  plan = ThePlan(kPractice);
  plan.set_secretary("présente le matin");
  ASSERT_THAT(Update(plan, "R-3"), IsOk());
  EXPECT_EQ(Events("seats.reopened").size(), 1U);
}

TEST_F(PlanningExceptions, ASessionThatIsOpenedTellsAsMuchAsMayBeAskedAbout) {
  v1::AgendaException opening;
  opening.set_kind(v1::AgendaException::KIND_OPENING);
  opening.set_agenda("griselin");
  opening.set_practitioner(kOpener);
  opening.set_reason_code("REPRISE");
  opening.set_slot_minutes(5);
  opening.set_seats(2);
  opening.add_modes(type::v1::CONSULTATION_MODE_AMB);
  opening.add_classes(type::v1::SLOT_CLASS_SNP);
  *opening.mutable_start_time() = base::ToTimestamp(clock_.Now() + hours(4));
  *opening.mutable_end_time() = base::ToTimestamp(clock_.Now() + hours(6));
  const auto made = Create(opening, "R-1", Planner(), kPractice);
  ASSERT_THAT(made, IsOk());
  const auto events = Events("seats.reopened");
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].seats().seats_size(), static_cast<int>(kReopenedMax));  // Of 48.
  EXPECT_EQ(events[0].seats().seats(1).seat(), 1);
}

}  // namespace
}  // namespace sas::slots
