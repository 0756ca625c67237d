#include <random>

#include "tests/rpc/regulation/board_screen.h"
#include "tests/rpc/regulation/regulation_fixture.h"

namespace sas::regulation {
namespace {

using std::chrono::minutes;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

class RepeatCalls : public RegulationTest {
 protected:
  v1::RegulationCase Attach(const std::string& name, const std::string& number = "+33199000007") {
    v1::AttachCallRequest request;
    request.set_name(name);
    *request.mutable_call() = NewCase().regulation_case().origin();
    request.mutable_call()->set_caller_phone_number(number);
    const auto attached = Ask(arm_, &Stub::AttachCall, request);
    EXPECT_THAT(attached, IsOk());
    return attached.value_or(v1::RegulationCase());
  }

  static v1::DetachCallRequest Detaching(const std::string& name, const std::string& call_id) {
    v1::DetachCallRequest request;
    request.set_name(name);
    request.set_call_id(call_id);
    request.set_reason("voisin du dessous, autre patient");
    return request;
  }

  v1::DetachCallResponse Detach(const std::string& name, const std::string& call_id) {
    const auto detached = Ask(arm_, &Stub::DetachCall, Detaching(name, call_id));
    EXPECT_THAT(detached, IsOk());
    return detached.value_or(v1::DetachCallResponse());
  }

  static std::string IdOf(const v1::RegulationCase& row) {
    return row.further_calls().rbegin()->call_id();
  }

  // What the dossier is for whoever takes, counts or closes it; who looked at it is left out, and
  // the traces that every act leaves.
  std::string Essence(const std::string& name) {
    v1::RegulationCase row = Get(name);
    for (const auto clear :
         {&v1::RegulationCase::clear_etag, &v1::RegulationCase::clear_update_time,
          &v1::RegulationCase::clear_recent_changes, &v1::RegulationCase::clear_notes,
          &v1::RegulationCase::clear_claim, &v1::RegulationCase::clear_priority_time}) {
      (row.*clear)();
    }
    std::string text = row.ShortDebugString();
    v1::ListCareOrdersRequest list;
    list.set_parent(name);
    list.set_include_ended(true);
    const auto orders = Ask(osnp_, &Stub::ListCareOrders, list);
    for (v1::CareOrder order : orders->care_orders()) {
      order.clear_etag();
      order.clear_version();
      order.clear_update_time();
      order.clear_claim();
      text += "\n" + order.ShortDebugString();
    }
    v1::ListLostCallsRequest lost;
    lost.set_parent("regions/fr-pdl");
    const auto calls = Ask(arm_, &Stub::ListLostCalls, lost);
    for (const v1::LostCall& call : calls->lost_calls()) {
      if (call.regulation_case() == name) text += "\n" + call.name();
    }
    return text;
  }

  // A dossier of one of the kinds that a call may come back to.
  std::string SomeCase(int kind) {
    switch (kind) {
      case 0:
        return Open().name();
      case 1:
        return Prioritized(v1::PRIORITY_P1).name();
      case 2:
        return Prioritized(v1::PRIORITY_NR).name();
      case 3:
        return Prioritized(v1::PRIORITY_P3).name();
      case 4:
        return CaseOf(Ordered().name());
      case 5: {  // The caller hung up, and nobody has reached him.
        v1::RecordHangUpRequest hung_up;
        hung_up.set_name(Open().name());
        EXPECT_THAT(Ask(arm_, &Stub::RecordHangUp, hung_up), IsOk());
        return hung_up.name();
      }
      default: {
        const std::string name = Prioritized(v1::PRIORITY_P2).name();
        EXPECT_THAT(Claim(mrl_, name), IsOk());
        EXPECT_THAT(Decide(mrl_, name, v1::CARE_LEVEL_R4, "CONSEIL"), IsOk());
        EXPECT_THAT(Complete(mrl_, name), IsOk());
        return name;
      }
    }
  }
};

// attach_detach_roundtrip: whatever the dossier was, however many calls were attached by mistake
// and in whatever order they are taken off, it is what it was before, and each call waits.
TEST_F(RepeatCalls, H07_AttachDetachRoundtrip) {
  std::mt19937 random(7);
  const auto upto = [&](int most) { return std::uniform_int_distribution<int>(0, most)(random); };
  for (int round = 0; round < 60; ++round) {
    const std::string name = SomeCase(round % 7);
    if (upto(1) == 0 && round % 7 != 6) Attach(name, "+33199000001");  // One that belongs to it.
    clock_.Advance(minutes(upto(20)));
    const std::string before = Essence(name);
    std::vector<std::string> ids;
    for (int calls = 1 + upto(3); calls > 0; --calls) {
      ids.push_back(IdOf(Attach(name)));
      EXPECT_EQ(ids.back().empty(), false);
    }
    if (upto(2) == 0) {
      EXPECT_THAT(Claim(mrl_, name), IsOk());  // To look is no act.
    }
    EXPECT_NE(Essence(name), before);
    std::shuffle(ids.begin(), ids.end(), random);
    for (const std::string& id : ids) {
      const v1::RegulationCase own = Detach(name, id).detached_case();
      EXPECT_TRUE(own.has_wait_start_time()) << round;
      EXPECT_EQ(own.origin().call_id(), id);
      EXPECT_EQ(own.further_calls_size(), 0);
      const int band = RuleOf(ToValue(own.priority())).band;
      EXPECT_LE(band, RuleOf(ToValue(Get(name).priority())).band) << round;
    }
    EXPECT_EQ(Essence(name), before) << round;
  }
}

TEST_F(RepeatCalls, H07_TheDetachedCallHasADossierOfItsOwnAndWaitsSinceItCame) {
  const std::string name = Prioritized(v1::PRIORITY_P1).name();
  const base::Instant called = clock_.Now();
  const std::string id = IdOf(Attach(name));
  clock_.Advance(minutes(3));
  const v1::DetachCallResponse detached = Detach(name, id);
  const v1::RegulationCase& own = detached.detached_case();
  EXPECT_NE(own.name(), name);
  EXPECT_NE(own.case_number(), Get(name).case_number());
  EXPECT_EQ(own.priority(), v1::PRIORITY_P1);
  EXPECT_EQ(own.filiere(), Get(name).filiere());
  EXPECT_EQ(own.territory(), "85");
  EXPECT_EQ(own.motif_code(), "M07.00");
  EXPECT_EQ(own.patients_size(), 1);
  EXPECT_EQ(own.patients(0).age().value(), 0);  // Nothing of the other patient.
  EXPECT_EQ(own.origin().caller_phone_number(), "+33199000007");
  EXPECT_EQ(own.origin().taken_by().subject(), arm_.subject);
  EXPECT_EQ(ToInstant(own.wait_start_time()), called);
  EXPECT_THAT(own.notes(0).text(), HasSubstr(Get(name).case_number()));
  EXPECT_THAT(Get(name).notes().rbegin()->text(), HasSubstr(own.case_number()));
  EXPECT_EQ(detached.regulation_case().further_calls_size(), 0);
  EXPECT_THAT(EventTypes(), Contains("case.created"));
}

// repeat_call_requeues_and_warns_osnp: what the OSNP knew is true again, and has a new version.
TEST_F(RepeatCalls, H07_AnOrderIsToldThatTheCallWasAnothers) {
  const std::string order = Ordered().name();
  const std::string name = CaseOf(order);
  const base::Instant right = clock_.Now();
  Attach(name, "+33199000001");
  const std::string wrong = IdOf(Attach(name));
  const v1::CareOrder before = GetOrder(order);
  EXPECT_EQ(before.repeat_call_count(), 2);
  Detach(name, wrong);
  v1::CareOrder after = GetOrder(order);
  EXPECT_EQ(after.version(), before.version() + 1);
  EXPECT_EQ(after.repeat_call_count(), 1);
  EXPECT_EQ(ToInstant(after.repeat_call_time()), right);
  v1::ClaimCareOrderRequest claim;
  claim.set_name(order);
  claim.set_etag(before.etag());
  EXPECT_THAT(Ask(osnp_, &Stub::ClaimCareOrder, claim), ReasonIs("ETAG_MISMATCH"));
  const auto screen = OpenBoard(*server_, osnp_, BoardOf());
  ASSERT_TRUE(screen->NextUntil(
      [&] { return screen->Alarmed(order, v1::BoardCard::ALARM_ORDER_CALLED_AGAIN); }));
  Detach(name, IdOf(Get(name)));
  ASSERT_TRUE(screen->NextUntil(
      [&] { return !screen->Alarmed(order, v1::BoardCard::ALARM_ORDER_CALLED_AGAIN); }));
  screen->Leave();
  after = GetOrder(order);
  EXPECT_EQ(after.repeat_call_count(), 0);
  EXPECT_FALSE(after.has_repeat_call_time());
}

TEST_F(RepeatCalls, H07_WhatSomebodyDidSinceStands) {
  const std::string raised = SomeCase(6);
  std::string id = IdOf(Attach(raised));
  ASSERT_THAT(Prioritize(arm_, raised, v1::PRIORITY_P1), IsOk());
  v1::RegulationCase row = Detach(raised, id).regulation_case();
  EXPECT_EQ(row.state(), v1::RegulationCase::STATE_ACTIVE);
  EXPECT_EQ(row.priority(), v1::PRIORITY_P1);
  EXPECT_TRUE(row.has_wait_start_time());
  EXPECT_EQ(row.further_calls_size(), 0);
  const std::string decided = Prioritized(v1::PRIORITY_P2).name();
  id = IdOf(Attach(decided));
  ASSERT_THAT(Claim(mrl_, decided), IsOk());
  ASSERT_THAT(Decide(mrl_, decided, v1::CARE_LEVEL_R4, "CONSEIL"), IsOk());
  row = Detach(decided, id).regulation_case();
  EXPECT_FALSE(row.has_wait_start_time());  // It was decided, and does not wait again.
  // Nobody takes a closed dossier up again, not even to take something off.
  ASSERT_THAT(Close(mrl_, Complete(mrl_, decided)->name()), IsOk());
  PassADay();
  EXPECT_THAT(Ask(arm_, &Stub::DetachCall, Detaching(decided, id)), ReasonIs("CASE_CLOSED"));
}

// The silent caller may have lost consciousness: his return had ended by somebody else's call.
TEST_F(RepeatCalls, H07_WhoHungUpIsCalledBackAfterAll) {
  const std::string name = SomeCase(5);
  const std::string lost = Get(name).lost_call();
  const std::string id = IdOf(Attach(name, "+33199000001"));  // The home's one line.
  EXPECT_EQ(Get(name).lost_call(), "");
  Detach(name, id);
  EXPECT_EQ(Get(name).lost_call(), lost);
  v1::ListLostCallsRequest list;
  list.set_parent("regions/fr-pdl");
  const auto calls = Ask(arm_, &Stub::ListLostCalls, list);
  ASSERT_EQ(calls->lost_calls_size(), 1);
  EXPECT_EQ(calls->lost_calls(0).state(), v1::LostCall::STATE_TO_CALL);
  EXPECT_LE(ToInstant(calls->lost_calls(0).next_return_time()), clock_.Now());
  EXPECT_THAT(Get(name).missing(), Contains("CALL_RETURN"));
}

// Who hangs up on the wrong dossier is called back about his own.
TEST_F(RepeatCalls, H07_TheReturnGoesWithTheCallerWhoHungUp) {
  const std::string name = Open().name();
  const std::string id = IdOf(Attach(name));
  v1::RecordHangUpRequest hung_up;
  hung_up.set_name(name);
  const auto lost = Ask(arm_, &Stub::RecordHangUp, hung_up);
  ASSERT_THAT(lost, IsOk());
  EXPECT_EQ(lost->phone_number(), "+33199000007");
  const v1::DetachCallResponse detached = Detach(name, id);
  EXPECT_EQ(detached.detached_case().lost_call(), lost->name());
  EXPECT_EQ(detached.regulation_case().lost_call(), "");
}

TEST_F(RepeatCalls, H07_OnlyALaterCallOfThisDossierIsDetached) {
  const std::string name = Open().name();
  const std::string other = Open().name();
  const std::string id = IdOf(Attach(name));
  const std::string others = IdOf(Attach(other));
  ASSERT_NE(id, others);
  for (const std::string& wrong : {std::string(), std::string("unknown"), others,
                                   Get(name).origin().call_id(), Get(name).name()}) {
    EXPECT_THAT(Ask(arm_, &Stub::DetachCall, Detaching(name, wrong)),
                StatusIs(absl::StatusCode::kNotFound, "CALL_NOT_FOUND"))
        << wrong;
  }
  auto silent = Detaching(name, id);
  silent.clear_reason();
  EXPECT_THAT(Ask(arm_, &Stub::DetachCall, silent),
              StatusIs(absl::StatusCode::kInvalidArgument, "TEXT_REQUIRED"));
  silent.set_reason(std::string(201, 'x'));
  EXPECT_THAT(Ask(arm_, &Stub::DetachCall, silent), ReasonIs("TEXT_TOO_LONG"));
  auto stale = Detaching(name, id);
  stale.set_etag(Get(other).etag());
  EXPECT_THAT(Ask(arm_, &Stub::DetachCall, stale), ReasonIs("ETAG_OF_ANOTHER"));
  EXPECT_EQ(Get(name).further_calls_size(), 1);
  Detach(name, id);
  EXPECT_THAT(Ask(arm_, &Stub::DetachCall, Detaching(name, id)), ReasonIs("CALL_NOT_FOUND"));
}

TEST_F(RepeatCalls, H07_ADetachThatIsRepeatedOpensOneDossier) {
  const std::string name = Open().name();
  auto request = Detaching(name, IdOf(Attach(name)));
  request.set_request_id("D-1");
  const auto first = Ask(arm_, &Stub::DetachCall, request);
  ASSERT_THAT(first, IsOk());
  const std::size_t events = EventTypes().size();
  const auto again = Ask(arm_, &Stub::DetachCall, request);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(EventTypes().size(), events);
  request.set_reason("autre motif");
  EXPECT_THAT(Ask(arm_, &Stub::DetachCall, request), ReasonIs("REQUEST_ID_REUSED"));
}

TEST_F(RepeatCalls, H07_WhoMayDetach) {
  const std::string name = Open().name();
  const auto request = Detaching(name, IdOf(Attach(name)));
  for (const base::Role role : {base::Role::kOsnp, base::Role::kSupervisor, base::Role::kService,
                                base::Role::kProfessional}) {
    EXPECT_THAT(Ask(testing::ActorWith(role), &Stub::DetachCall, request),
                ReasonIs("ROLE_FORBIDDEN"));
  }
  base::Actor neighbour = testing::ActorWith(base::Role::kArm, "arm-44");
  neighbour.territories = {"44"};
  EXPECT_THAT(Ask(neighbour, &Stub::DetachCall, request), ReasonIs("TERRITORY_FORBIDDEN"));
  EXPECT_THAT(Ask(mru_, &Stub::DetachCall, request), IsOk());
}

// The form becomes the dossier that it should have been, and never waits (hazard H-44).
TEST_F(RepeatCalls, H07_H44_APaperFormGoesWithItsCall) {
  const std::string name = Open().name();
  v1::AttachCallRequest form;
  form.set_name(name);
  *form.mutable_call() = NewCase().regulation_case().origin();
  form.mutable_call()->set_paper_form_number("S07-031");
  const auto attached = Ask(arm_, &Stub::AttachCall, form);
  ASSERT_THAT(attached, IsOk());
  const v1::RegulationCase own = Detach(name, IdOf(*attached)).detached_case();
  EXPECT_FALSE(own.has_wait_start_time());
  const auto twice = Ask(arm_, &Stub::AttachCall, form);
  EXPECT_THAT(twice, ReasonIs("PAPER_FORM_EXISTS"));
  EXPECT_THAT(base::DetailOf(twice.status()).metadata,
              Contains(std::pair<std::string, std::string>("regulation_case", own.name())));
}

}  // namespace
}  // namespace sas::regulation
