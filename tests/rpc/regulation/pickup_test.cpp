#include "services/regulation/waiting_calls.h"
#include "tests/rpc/regulation/regulation_fixture.h"

// The ARM's queue: a call rings, is picked up and becomes a dossier, or a call to return.
namespace sas::regulation {
namespace {

using base::Role;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ActorWith;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;
using Pickups = v1::PickupService::Stub;

constexpr char kNumber[] = "+33199000061";

class Pickup : public RegulationTest {
 protected:
  static v1::AnnounceCallRequest Told(const std::string& reference,
                                      const std::string& number = kNumber) {
    v1::AnnounceCallRequest request;
    request.set_parent("regions/fr-pdl");
    v1::WaitingCall& call = *request.mutable_waiting_call();
    call.set_territory("85");
    call.set_call_reference(reference);
    call.set_origine_code("116117");
    call.set_dialled_number("116117");
    call.set_phone_number(number);
    return request;
  }

  absl::StatusOr<v1::WaitingCall> Announce(const v1::AnnounceCallRequest& request) {
    return AskOn(pickup_stub_, link_, &Pickups::AnnounceCall, request);
  }

  v1::WaitingCall Rings(const std::string& reference, const std::string& number = kNumber) {
    const auto call = Announce(Told(reference, number));
    EXPECT_THAT(call, IsOk());
    return call.value_or(v1::WaitingCall());
  }

  absl::StatusOr<v1::WaitingCall> PickUpNext(const base::Actor& actor,
                                             const std::string& territory = "") {
    v1::PickUpNextCallRequest request;
    request.set_parent("regions/fr-pdl");
    request.set_territory(territory);
    return AskOn(pickup_stub_, actor, &Pickups::PickUpNextCall, request);
  }

  absl::StatusOr<v1::WaitingCall> PickUp(const base::Actor& actor, const std::string& name) {
    v1::PickUpCallRequest request;
    request.set_name(name);
    return AskOn(pickup_stub_, actor, &Pickups::PickUpCall, request);
  }

  absl::StatusOr<v1::WaitingCall> End(const std::string& name, const std::string& reference = "") {
    v1::EndWaitingCallRequest request;
    request.set_name(name);
    request.set_call_reference(reference);
    return AskOn(pickup_stub_, link_, &Pickups::EndWaitingCall, request);
  }

  std::vector<v1::WaitingCall> List(const base::Actor& actor) {
    v1::ListWaitingCallsRequest request;
    request.set_parent("regions/fr-pdl");
    const auto page = AskOn(pickup_stub_, actor, &Pickups::ListWaitingCalls, request);
    EXPECT_THAT(page, IsOk());
    return {page->waiting_calls().begin(), page->waiting_calls().end()};
  }

  std::vector<std::string> References(const base::Actor& actor) {
    std::vector<std::string> references;
    for (const auto& call : List(actor)) references.push_back(call.call_reference());
    return references;
  }

  std::vector<v1::LostCall> ToReturn() {
    v1::ListLostCallsRequest request;
    request.set_parent("regions/fr-pdl");
    const auto listed = Ask(arm_, &Stub::ListLostCalls, request);
    EXPECT_THAT(listed, IsOk());
    return {listed->lost_calls().begin(), listed->lost_calls().end()};
  }

  // A dossier of which the console knows the ringing call, and no more of the call.
  v1::CreateRegulationCaseRequest CaseOf(const std::string& name) const {
    v1::CreateRegulationCaseRequest request = NewCase();
    v1::CallOrigin& origin = *request.mutable_regulation_case()->mutable_origin();
    origin.Clear();
    origin.set_entry_point(sas::type::v1::ENTRY_POINT_LINE_116117);
    origin.set_waiting_call(name);
    return request;
  }

  absl::Status EndOld() {
    return EndOldRings(*desk_, base::InternalCall(kRingEnd, clock_, seconds(5)));
  }

  const base::Actor link_ = ActorWith(Role::kService, "telephony");
  const base::Actor arm2_ = ActorWith(Role::kArm, "arm-2");
  const base::Actor supervisor_ = ActorWith(Role::kSupervisor, "sup-1");
};

TEST_F(Pickup, TheLongestRingingIsPickedUpFirstAndNobodyElseSeesTheNumber) {
  const v1::WaitingCall first = Rings("a");
  EXPECT_EQ(first.state(), v1::WaitingCall::STATE_RINGING);
  EXPECT_EQ(first.call_count(), 1);
  EXPECT_EQ(first.phone_number(), "");
  Rings("b", "+33199000062");
  EXPECT_THAT(References(arm_), ElementsAre("a", "b"));
  const auto picked = PickUpNext(arm_);
  ASSERT_THAT(picked, IsOk());
  EXPECT_EQ(picked->name(), first.name());
  EXPECT_EQ(picked->state(), v1::WaitingCall::STATE_PICKED_UP);
  EXPECT_EQ(picked->picked_up_by().subject(), "arm-1");
  EXPECT_EQ(picked->phone_number(), kNumber);
  EXPECT_EQ(picked->known_case(), "");
  const auto others = List(arm2_);
  ASSERT_EQ(others.size(), 2u);  // What was picked up stands last, and is not lost silently.
  EXPECT_EQ(others[1].call_reference(), "a");
  EXPECT_EQ(others[1].phone_number(), "");
  EXPECT_EQ(List(arm_)[1].phone_number(), kNumber);
  ASSERT_THAT(PickUpNext(arm2_), IsOk());
  EXPECT_THAT(PickUpNext(arm2_), StatusIs(absl::StatusCode::kNotFound, "NOBODY_RINGS"));
  EXPECT_THAT(EventTypes(), ElementsAre("waiting_call.announced", "waiting_call.announced",
                                        "waiting_call.picked_up", "waiting_call.picked_up"));
}

TEST_F(Pickup, TheSecondIsToldWhoHasItAndASecondClickChangesNothing) {
  const std::string name = Rings("a").name();
  const auto picked = PickUp(arm_, name);
  ASSERT_THAT(picked, IsOk());
  const auto refused = PickUp(arm2_, name);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kAborted, "CALL_PICKED_UP"));
  EXPECT_EQ(base::DetailOf(refused.status()).metadata,
            (base::Metadata{{"owner", "arm-1"}, {"owner_role", "arm"}}));
  const auto again = PickUp(arm_, name);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->etag(), picked->etag());
  EXPECT_THAT(PickUp(arm_, "regions/fr-pdl/waitingCalls/none"),
              StatusIs(absl::StatusCode::kNotFound, "WAITING_CALL_NOT_FOUND"));
  ASSERT_THAT(End(name), IsOk());
  EXPECT_THAT(PickUp(arm_, name),
              StatusIs(absl::StatusCode::kFailedPrecondition, "CALLER_HUNG_UP"));
}

TEST_F(Pickup, ARepeatedRequestIsOneActAndAReferenceOneCall) {
  v1::AnnounceCallRequest told = Told("a");
  told.set_request_id("announce-1");
  const auto first = Announce(told);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(Announce(told)->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(Announce(Told("a"))->name(), first->name());
  EXPECT_EQ(List(arm_).size(), 1u);
  told.mutable_waiting_call()->set_call_reference("b");
  EXPECT_THAT(Announce(told), ReasonIs("REQUEST_ID_REUSED"));
  Rings("b", "+33199000062");
  v1::PickUpNextCallRequest next;
  next.set_parent("regions/fr-pdl");
  next.set_request_id("next-1");
  const auto picked = AskOn(pickup_stub_, arm_, &Pickups::PickUpNextCall, next);
  ASSERT_THAT(picked, IsOk());
  EXPECT_EQ(AskOn(pickup_stub_, arm_, &Pickups::PickUpNextCall, next)->SerializeAsString(),
            picked->SerializeAsString());
  EXPECT_EQ(List(arm_)[0].call_reference(), "b");  // Still rings.
  next.set_territory("85");
  EXPECT_THAT(AskOn(pickup_stub_, arm_, &Pickups::PickUpNextCall, next),
              ReasonIs("REQUEST_ID_REUSED"));
  // The telephone system counts anew: the same number a day later is another call.
  clock_.Advance(hours(24));
  EXPECT_EQ(Announce(Told("a"))->name(), first->name());  // Nobody has ended it.
  ASSERT_THAT(End(first->name()), IsOk());
  EXPECT_NE(Announce(Told("a"))->name(), first->name());
}

TEST_F(Pickup, WhoRangBeforeAndWasNotAnsweredIsFirst) {
  ASSERT_THAT(End(Rings("a").name()), IsOk());
  clock_.Advance(minutes(5));
  Rings("stranger", "+33199000062");
  clock_.Advance(seconds(30));
  EXPECT_EQ(Rings("a2").call_count(), 2);
  EXPECT_THAT(References(arm_), ElementsAre("a2", "stranger"));
  ASSERT_THAT(PickUpNext(arm_), IsOk());
  // He was answered: when he rings again he waits like anybody.
  EXPECT_EQ(Rings("a3").call_count(), 3);
  EXPECT_THAT(References(arm_), ElementsAre("stranger", "a3", "a2"));
}

TEST_F(Pickup, WhoHangsUpIsCalledBackWithHisOwnSeconds) {
  v1::AnnounceCallRequest told = Told("a");
  *told.mutable_waiting_call()->mutable_arrival_time() = ToTimestamp(clock_.Now() - seconds(20));
  const auto rings = Announce(told);
  ASSERT_THAT(rings, IsOk());
  v1::EndWaitingCallRequest end;
  end.set_name("regions/fr-pdl/waitingCalls/-");
  end.set_call_reference("a");
  *end.mutable_end_time() = ToTimestamp(clock_.Now());
  const auto lost = AskOn(pickup_stub_, link_, &Pickups::EndWaitingCall, end);
  ASSERT_THAT(lost, IsOk());
  EXPECT_EQ(lost->state(), v1::WaitingCall::STATE_LOST);
  const auto again = AskOn(pickup_stub_, link_, &Pickups::EndWaitingCall, end);
  ASSERT_THAT(again, IsOk());  // Another request, the same end.
  EXPECT_EQ(again->etag(), lost->etag());
  ASSERT_EQ(ToReturn().size(), 1u);
  EXPECT_EQ(ToReturn()[0].name(), lost->lost_call());
  EXPECT_EQ(ToReturn()[0].phone_number(), kNumber);
  EXPECT_EQ(ToReturn()[0].ring_seconds(), 21);  // A second passed with the announcement.
  EXPECT_EQ(ToReturn()[0].origine_code(), "116117");
  EXPECT_THAT(References(arm_), IsEmpty());
  // One entry for a number.
  ASSERT_THAT(End(Rings("a2").name()), IsOk());
  ASSERT_EQ(ToReturn().size(), 1u);
  EXPECT_EQ(ToReturn()[0].call_count(), 2);
  // A hidden number is no number: each is an entry that a person decides about.
  for (const char* reference : {"h1", "h2"}) ASSERT_THAT(End(Rings(reference, "").name()), IsOk());
  ASSERT_EQ(ToReturn().size(), 3u);
  EXPECT_TRUE(ToReturn()[2].decision_due());
  EXPECT_THAT(End("regions/fr-pdl/waitingCalls/-", "unknown"),
              StatusIs(absl::StatusCode::kNotFound, "WAITING_CALL_NOT_FOUND"));
  EXPECT_THAT(End("regions/fr-pdl/waitingCalls/-"), ReasonIs("INVALID_CODE"));
}

TEST_F(Pickup, H08_WhatRingsForHalfAnHourIsACallToReturn) {
  Rings("a");
  clock_.Advance(minutes(29));
  ASSERT_THAT(EndOld(), IsOk());
  EXPECT_EQ(List(arm_).size(), 1u);
  Rings("b", "+33199000062");
  clock_.Advance(seconds(30));
  const std::string picked = PickUpNext(arm_)->name();
  clock_.Advance(minutes(30) - seconds(15));
  ASSERT_THAT(EndOld(), IsOk());
  ASSERT_EQ(List(arm_).size(), 1u);
  EXPECT_EQ(List(arm_)[0].name(), picked);  // Somebody speaks with him.
  ASSERT_EQ(ToReturn().size(), 1u);
  EXPECT_EQ(ToReturn()[0].phone_number(), "+33199000062");
  EXPECT_GE(ToReturn()[0].ring_seconds(), 30 * 60);
  ASSERT_THAT(EndOld(), IsOk());
  EXPECT_EQ(ToReturn()[0].call_count(), 1);
}

TEST_F(Pickup, TheDossierHasTheHoursTheLineAndTheNumber) {
  v1::AnnounceCallRequest told = Told("a");
  v1::WaitingCall& call = *told.mutable_waiting_call();
  const base::Instant arrival = clock_.Now() - seconds(40);
  *call.mutable_arrival_time() = ToTimestamp(arrival);
  call.mutable_telephone_point()->set_latitude_degrees(46.8458);
  call.mutable_telephone_point()->set_longitude_degrees(-1.8794);
  call.set_telephone_accuracy_meters(20);
  ASSERT_THAT(Announce(told), IsOk());
  const auto picked = PickUpNext(arm_);
  ASSERT_THAT(picked, IsOk());
  clock_.Advance(minutes(2));
  const auto opened = Ask(arm_, &Stub::CreateRegulationCase, CaseOf(picked->name()));
  ASSERT_THAT(opened, IsOk());
  const v1::CallOrigin& origin = opened->origin();
  EXPECT_EQ(ToInstant(origin.arrival_time()), arrival);
  EXPECT_EQ(ToInstant(origin.pickup_time()), ToInstant(picked->pickup_time()));
  EXPECT_EQ(origin.origine_code(), "116117");
  EXPECT_EQ(origin.dialled_number(), "116117");
  EXPECT_EQ(origin.caller_phone_number(), kNumber);
  EXPECT_EQ(origin.telephone_accuracy_meters(), 20);
  EXPECT_EQ(origin.telephone_point().latitude_degrees(), 46.8458);
  EXPECT_EQ(origin.entry_point(), sas::type::v1::ENTRY_POINT_LINE_116117);
  EXPECT_THAT(List(arm_), IsEmpty());
  // The next call of the number is shown where he is known; only where its ARM works.
  Rings("b");
  EXPECT_EQ(PickUpNext(arm_)->known_case(), opened->name());
  base::Actor nantes = arm2_;
  nantes.territories = {"44"};
  v1::AnnounceCallRequest there = Told("c");
  there.mutable_waiting_call()->set_territory("44");
  ASSERT_THAT(Announce(there), IsOk());
  EXPECT_EQ(PickUpNext(nantes)->known_case(), "");
  const auto used = Ask(arm_, &Stub::CreateRegulationCase, CaseOf(picked->name()));
  EXPECT_THAT(used, StatusIs(absl::StatusCode::kFailedPrecondition, "WAITING_CALL_USED"));
  EXPECT_EQ(base::DetailOf(used.status()).metadata,
            (base::Metadata{{"regulation_case", opened->name()}}));
  EXPECT_THAT(Ask(arm_, &Stub::CreateRegulationCase, CaseOf("regions/fr-pdl/waitingCalls/none")),
              StatusIs(absl::StatusCode::kNotFound, "WAITING_CALL_NOT_FOUND"));
}

TEST_F(Pickup, WhatTheRequestSaysStaysAndNobodyNeedsToPressPickUp) {
  const std::string name = Rings("a").name();
  v1::CreateRegulationCaseRequest request = CaseOf(name);
  v1::CallOrigin& origin = *request.mutable_regulation_case()->mutable_origin();
  const base::Instant arrival = clock_.Now() - minutes(1);
  *origin.mutable_arrival_time() = ToTimestamp(arrival);
  origin.set_caller_phone_number("+33199000069");
  const base::Instant now = clock_.Now();
  const auto opened = Ask(arm_, &Stub::CreateRegulationCase, request);
  ASSERT_THAT(opened, IsOk());
  EXPECT_EQ(ToInstant(opened->origin().arrival_time()), arrival);
  EXPECT_EQ(opened->origin().caller_phone_number(), "+33199000069");
  EXPECT_EQ(ToInstant(opened->origin().pickup_time()), now);
  EXPECT_THAT(List(arm_), IsEmpty());
  // The telephone's link says that he has hung up: the dossier is there, nothing is lost.
  const auto ended = End(name);
  ASSERT_THAT(ended, IsOk());
  EXPECT_EQ(ended->state(), v1::WaitingCall::STATE_ON_CASE);
  EXPECT_LT(ToInstant(ended->pickup_time()), ToInstant(ended->end_time()));
  EXPECT_THAT(ToReturn(), IsEmpty());
  EXPECT_EQ(End(name)->SerializeAsString(), ended->SerializeAsString());  // Told once.
  // An edit of the origin does not make it another call.
  v1::UpdateRegulationCaseRequest edit;
  *edit.mutable_regulation_case() = *opened;
  edit.mutable_regulation_case()->mutable_origin()->clear_taken_by();
  edit.mutable_regulation_case()->mutable_origin()->clear_call_id();
  edit.mutable_regulation_case()->mutable_origin()->clear_waiting_call();
  edit.mutable_update_mask()->add_paths("origin");
  edit.set_etag(opened->etag());
  const auto edited = Ask(arm_, &Stub::UpdateRegulationCase, edit);
  ASSERT_THAT(edited, IsOk());
  EXPECT_EQ(edited->origin().waiting_call(), name);
}

// He calls again and is cut before his dossier is found: nobody is on the line.
TEST_F(Pickup, H08_ACallThatWasCutEndsNoReturnWhenItIsAttached) {
  const std::string dossier = Ask(arm_, &Stub::CreateRegulationCase, NewCase())->name();
  v1::RecordHangUpRequest hang_up;
  hang_up.set_name(dossier);
  const auto lost = Ask(link_, &Stub::RecordHangUp, hang_up);
  ASSERT_THAT(lost, IsOk());
  for (const std::string& number : {lost->phone_number(), std::string(kNumber)}) {
    const std::string name = Rings("r" + number.substr(1), number).name();
    ASSERT_THAT(PickUp(arm_, name), IsOk());
    ASSERT_THAT(End(name), IsOk());
    v1::AttachCallRequest attach;
    attach.set_name(dossier);
    attach.mutable_call()->set_entry_point(sas::type::v1::ENTRY_POINT_LINE_116117);
    attach.mutable_call()->set_waiting_call(name);
    const auto attached = Ask(arm_, &Stub::AttachCall, attach);
    ASSERT_THAT(attached, IsOk());
    EXPECT_EQ(attached->lost_call(), lost->name());
  }
  ASSERT_EQ(ToReturn().size(), 2u);
  EXPECT_EQ(ToReturn()[1].phone_number(), kNumber);
  EXPECT_EQ(ToReturn()[1].regulation_case(), dossier);
}

TEST_F(Pickup, AnAttachedCallIsTheRingingOneAndGoesWithHimWhenItIsDetached) {
  const std::string dossier = Open().name();
  const std::string name = Rings("a").name();
  const auto picked = PickUp(arm_, name);
  ASSERT_THAT(picked, IsOk());
  clock_.Advance(minutes(1));
  v1::AttachCallRequest attach;
  attach.set_name(dossier);
  attach.mutable_call()->set_entry_point(sas::type::v1::ENTRY_POINT_LINE_15);
  attach.mutable_call()->set_waiting_call(name);
  const auto attached = Ask(arm_, &Stub::AttachCall, attach);
  ASSERT_THAT(attached, IsOk());
  const v1::CallOrigin& call = attached->further_calls(0);
  EXPECT_EQ(ToInstant(call.pickup_time()), ToInstant(picked->pickup_time()));
  EXPECT_EQ(call.caller_phone_number(), kNumber);
  EXPECT_THAT(Ask(arm_, &Stub::AttachCall, attach), ReasonIs("WAITING_CALL_USED"));
  v1::DetachCallRequest detach;
  detach.set_name(dossier);
  detach.set_call_id(call.call_id());
  detach.set_reason("autre patient");
  const auto detached = Ask(arm_, &Stub::DetachCall, detach);
  ASSERT_THAT(detached, IsOk());
  const v1::RegulationCase& own = detached->detached_case();
  EXPECT_EQ(own.origin().waiting_call(), name);
  const auto used = Ask(arm_, &Stub::CreateRegulationCase, CaseOf(name));
  EXPECT_EQ(base::DetailOf(used.status()).metadata,
            (base::Metadata{{"regulation_case", own.name()}}));
}

TEST_F(Pickup, H08_ACallThatIsCutBeforeItsDossierIsReturnedAboutTheDossier) {
  const std::string name = Rings("a").name();
  ASSERT_THAT(PickUp(arm_, name), IsOk());
  const auto cut = End(name);
  ASSERT_THAT(cut, IsOk());
  EXPECT_EQ(cut->state(), v1::WaitingCall::STATE_LOST);
  const auto opened = Ask(arm_, &Stub::CreateRegulationCase, CaseOf(name));
  ASSERT_THAT(opened, IsOk());
  EXPECT_EQ(opened->lost_call(), cut->lost_call());
  ASSERT_EQ(ToReturn().size(), 1u);
  EXPECT_EQ(ToReturn()[0].regulation_case(), opened->name());
}

TEST_F(Pickup, H08_WhatWasPickedUpAndNobodySpeaksOfAnyMoreIsACallToReturn) {
  const std::string name = Rings("a").name();
  ASSERT_THAT(PickUp(arm_, name), IsOk());
  clock_.Advance(kRingingMax - minutes(1));
  ASSERT_THAT(EndOld(), IsOk());
  EXPECT_THAT(ToReturn(), IsEmpty());
  clock_.Advance(minutes(1));
  ASSERT_THAT(EndOld(), IsOk());
  ASSERT_EQ(ToReturn().size(), 1u);
  EXPECT_EQ(ToReturn()[0].phone_number(), kNumber);
}

TEST_F(Pickup, WhatIsSettledIsForgottenAfterDaysAndItsDossierLivesOn) {
  const std::string name = Rings("a").name();
  const auto opened = Ask(arm_, &Stub::CreateRegulationCase, CaseOf(name));
  ASSERT_THAT(opened, IsOk());
  const auto forget = [&] {
    return ForgetSettled(*desk_, base::InternalCall("tidy", clock_, std::chrono::seconds(5)));
  };
  clock_.Advance(kSettledKept - minutes(1));
  ASSERT_THAT(forget(), IsOk());
  EXPECT_THAT(Announce(Told("a")), IsOk());
  EXPECT_THAT(End(name), IsOk());
  clock_.Advance(minutes(2));
  ASSERT_THAT(forget(), IsOk());
  EXPECT_THAT(End(name), ReasonIs("WAITING_CALL_NOT_FOUND"));
  EXPECT_EQ(Get(opened->name()).origin().waiting_call(), name);
}

TEST_F(Pickup, RightsTerritoriesAndShape) {
  const std::string name = Rings("a").name();
  for (const Role role : {Role::kOsnp, Role::kSupervisor, Role::kService, Role::kPlanner}) {
    EXPECT_THAT(PickUpNext(ActorWith(role)), ReasonIs("ROLE_FORBIDDEN"));
    EXPECT_THAT(PickUp(ActorWith(role), name), ReasonIs("ROLE_FORBIDDEN"));
  }
  for (const base::Actor& actor : {mru_, osnp_}) {
    EXPECT_THAT(AskOn(pickup_stub_, actor, &Pickups::AnnounceCall, Told("b")),
                ReasonIs("ROLE_FORBIDDEN"));
  }
  base::Actor nantes = arm2_;
  nantes.territories = {"44"};
  EXPECT_THAT(PickUp(nantes, name),
              StatusIs(absl::StatusCode::kPermissionDenied, "TERRITORY_FORBIDDEN"));
  EXPECT_THAT(PickUpNext(nantes), ReasonIs("NOBODY_RINGS"));
  EXPECT_THAT(PickUpNext(nantes, "85"), ReasonIs("TERRITORY_FORBIDDEN"));
  // Who enters directly, or works orders, answers no calls: for him there is none.
  EXPECT_THAT(Ask(osnp_, &Stub::CreateRegulationCase, CaseOf(name)),
              ReasonIs("WAITING_CALL_NOT_FOUND"));
  v1::AnnounceCallRequest bad = Told("b");
  bad.mutable_waiting_call()->set_call_reference("no spaces");
  EXPECT_THAT(Announce(bad), ReasonIs("INVALID_CODE"));
  bad = Told("b");
  bad.mutable_waiting_call()->clear_origine_code();
  EXPECT_THAT(Announce(bad), StatusIs(absl::StatusCode::kInvalidArgument, "UNKNOWN_CODE"));
  bad = Told("b", "0199000061");
  EXPECT_FALSE(Announce(bad).ok());
  bad = Told("b");
  bad.mutable_waiting_call()->set_dialled_number(kNumber);
  EXPECT_THAT(Announce(bad), ReasonIs("DIALLED_IS_CONTACT"));
  bad = Told("b");
  bad.mutable_waiting_call()->set_call_count(9);
  EXPECT_FALSE(Announce(bad).ok());
  bad = Told("b");
  *bad.mutable_waiting_call()->mutable_arrival_time() = ToTimestamp(clock_.Now() + minutes(5));
  EXPECT_THAT(Announce(bad), ReasonIs("TIME_IN_FUTURE"));
}

TEST_F(Pickup, TheQueueOfATerritoryIsBounded) {
  for (int i = 0; i < kRingingCallsMax; ++i) Rings("c" + std::to_string(i), "");
  EXPECT_THAT(Announce(Told("more")),
              StatusIs(absl::StatusCode::kResourceExhausted, "TOO_MANY_RINGING"));
  EXPECT_THAT(Announce(Told("c7", "")), IsOk());  // Known already.
  v1::AnnounceCallRequest there = Told("more");
  there.mutable_waiting_call()->set_territory("44");
  EXPECT_THAT(Announce(there), IsOk());
  ASSERT_THAT(PickUpNext(arm_), IsOk());
  EXPECT_THAT(Announce(Told("more2")), IsOk());
}

TEST_F(Pickup, PagesAndTheWall) {
  for (int i = 0; i < 5; ++i) Rings("c" + std::to_string(i), "");
  ASSERT_THAT(PickUpNext(arm_), IsOk());
  v1::ListWaitingCallsRequest request;
  request.set_parent("regions/fr-pdl");
  request.set_page_size(2);
  std::vector<std::string> references;
  do {
    const auto page = AskOn(pickup_stub_, supervisor_, &Pickups::ListWaitingCalls, request);
    ASSERT_THAT(page, IsOk());
    for (const auto& call : page->waiting_calls()) references.push_back(call.call_reference());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(references, ElementsAre("c1", "c2", "c3", "c4", "c0"));
  v1::GetBoardRequest wall;
  wall.set_parent("regions/fr-pdl");
  const auto board = Ask(supervisor_, &Stub::GetBoard, wall);
  ASSERT_THAT(board, IsOk());
  EXPECT_EQ(board->ringing_count(), 4);
  EXPECT_EQ(ToInstant(board->oldest_ringing_time()), ToInstant(List(arm_)[0].arrival_time()));
}

}  // namespace
}  // namespace sas::regulation
