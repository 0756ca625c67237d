#include "services/regulation/community_service.h"

#include <prometheus/counter.h>

#include "services/regulation/roles.h"
#include "tests/rpc/regulation/board_screen.h"
#include "tests/rpc/regulation/regulation_fixture.h"

// Place de marché: a community is asked whether somebody takes a patient for whom no slot was
// found.
namespace sas::regulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::Not;
using testing::ReasonIs;
using testing::StatusIs;
using Request = v1::CommunityRequest;
using CommunityStub = v1::CommunityService::Stub;

constexpr char kCommunity[] = "cpts-lvo";
constexpr char kSlot[] = "regions/fr-pdl/sites/cabinet/slots/s1";

class Communities : public RegulationTest {
 protected:
  Communities() {
    testing::InProcessServer::Options options;
    options.clock = &clock_;
    community_server_ = std::make_unique<testing::InProcessServer>(options);
    community_metrics_ = std::make_unique<CommunityMetrics>(community_server_->metrics());
    community_desk_ = std::make_unique<CommunityDesk>(CommunityDesk{*desk_, *community_metrics_});
    communities_ =
        std::make_unique<CommunityService>(community_server_->runtime(), *community_desk_);
    AllowCommunityMethods(community_server_->roles());
    const absl::Status started =
        community_server_->Start({communities_.get()}, {v1::CommunityService::service_full_name()});
    SAS_CHECK(started.ok(), started.ToString());
    community_stub_ = v1::CommunityService::NewStub(community_server_->Channel());
    doctor_ = Member(base::Role::kEffecteur, "medecin-1");
  }

  ~Communities() override { community_server_->Stop(); }

  static base::Actor Member(base::Role role, const std::string& subject,
                            const std::string& organization = kCommunity) {
    base::Actor actor = testing::ActorWith(role, subject);
    actor.organization = organization;
    return actor;
  }

  std::string Searching() {
    const std::string name = Ordered().name();
    EXPECT_THAT(ClaimOrder(osnp_, name), IsOk());
    EXPECT_THAT(Contact(name, v1::TreatingDoctorContact::OUTCOME_NONE_DECLARED), IsOk());
    return name;
  }

  v1::AskCommunityRequest Demand(const std::string& order,
                                 const std::string& community = kCommunity) const {
    v1::AskCommunityRequest request;
    request.set_name(order);
    request.mutable_request()->set_community(community);
    request.mutable_request()->set_remark("Rien avant demain dans le secteur");
    *request.mutable_request()->mutable_answer_due_time() = ToTimestamp(clock_.Now() + minutes(30));
    return request;
  }

  absl::StatusOr<v1::CareOrder> AskCommunity(const base::Actor& actor,
                                             const v1::AskCommunityRequest& request) {
    return AskOn(community_stub_, actor, &CommunityStub::AskCommunity, request);
  }

  std::string Asked() {
    const std::string name = Searching();
    EXPECT_THAT(AskCommunity(osnp_, Demand(name)), IsOk());
    return name;
  }

  absl::StatusOr<v1::CareOrder> Withdraw(const base::Actor& actor, const std::string& order) {
    v1::WithdrawDemandRequest request;
    request.set_name(order);
    request.set_reason("Créneau trouvé");
    return AskOn(community_stub_, actor, &CommunityStub::WithdrawDemand, request);
  }

  v1::AnswerDemandRequest Yes(const std::string& order) const {
    v1::AnswerDemandRequest request;
    request.set_name(order);
    request.set_accept(true);
    request.set_slot(kSlot);
    *request.mutable_slot_start_time() = ToTimestamp(clock_.Now() + hours(2));
    return request;
  }

  static v1::AnswerDemandRequest No(const std::string& order) {
    v1::AnswerDemandRequest request;
    request.set_name(order);
    request.set_decline_reason("Complet");
    return request;
  }

  absl::StatusOr<v1::CommunityDemand> Answer(const base::Actor& actor,
                                             const v1::AnswerDemandRequest& request) {
    return AskOn(community_stub_, actor, &CommunityStub::AnswerDemand, request);
  }

  absl::StatusOr<v1::ListDemandsResponse> List(const base::Actor& actor, int size = 0,
                                               const std::string& token = "") {
    v1::ListDemandsRequest request;
    request.set_parent("regions/fr-pdl");
    request.set_page_size(size);
    request.set_page_token(token);
    return AskOn(community_stub_, actor, &CommunityStub::ListDemands, request);
  }

  std::vector<std::string> Listed(const base::Actor& actor) {
    std::vector<std::string> names;
    const auto page = List(actor);
    EXPECT_THAT(page, IsOk());
    if (!page.ok()) return names;
    for (const v1::CommunityDemand& demand : page->demands()) {
      names.push_back(demand.care_order());
    }
    return names;
  }

  void Turn() {
    EXPECT_THAT(
        ExpireDemands(*community_desk_, base::InternalCall(kExpireDemands, clock_, seconds(5))),
        IsOk());
  }

  Request::State StateOf(const std::string& order) {
    return GetOrder(order).community_request().state();
  }

  std::unique_ptr<testing::InProcessServer> community_server_;
  std::unique_ptr<CommunityMetrics> community_metrics_;
  std::unique_ptr<CommunityDesk> community_desk_;
  std::unique_ptr<CommunityService> communities_;
  std::unique_ptr<CommunityStub> community_stub_;
  base::Actor doctor_;
};

TEST_F(Communities, ACommunityTakesThePatientAndTheOrderIsSearchedWithItsSlot) {
  const std::string name = Searching();
  const auto screen = OpenBoard(*server_, osnp_, BoardOf());
  ASSERT_TRUE(screen->Next());
  const auto asked = AskCommunity(osnp_, Demand(name));
  ASSERT_THAT(asked, IsOk());
  EXPECT_EQ(asked->state(), v1::CareOrder::STATE_PENDING_ACCEPTANCE);
  EXPECT_EQ(asked->community_request().asked_by().subject(), "osnp-1");
  const auto page = List(doctor_);
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->demands_size(), 1);
  EXPECT_EQ(page->demands(0).insee_code(), "85047");
  EXPECT_EQ(page->demands(0).age().value(), 6);
  EXPECT_EQ(page->demands(0).motif_code(), "M03.14");
  EXPECT_GT(page->demands(0).remaining().seconds(), 29 * 60);
  EXPECT_FALSE(page->demands(0).request().has_asked_by());
  v1::AnswerDemandRequest yes = Yes(name);
  yes.set_etag(page->demands(0).etag());
  const auto answered = Answer(doctor_, yes);
  ASSERT_THAT(answered, IsOk());
  EXPECT_EQ(answered->request().state(), Request::STATE_ACCEPTED);
  const v1::CareOrder order = GetOrder(name);
  EXPECT_EQ(order.state(), v1::CareOrder::STATE_SEARCHING);
  EXPECT_EQ(order.community_request().slot(), kSlot);
  EXPECT_EQ(order.community_request().answered_by().subject(), "medecin-1");
  EXPECT_THAT(Listed(doctor_), IsEmpty());
  ASSERT_TRUE(screen->NextUntil(
      [&] { return screen->Alarmed(name, v1::BoardCard::ALARM_COMMUNITY_ACCEPTED); }));
  ASSERT_THAT(Called(name), IsOk());
  ASSERT_TRUE(screen->NextUntil(
      [&] { return !screen->Alarmed(name, v1::BoardCard::ALARM_COMMUNITY_ACCEPTED); }));
  screen->Leave();
}

TEST_F(Communities, S1_09_NobodyIsAskedBeforeTheTreatingDoctor) {
  const std::string name = Ordered().name();
  EXPECT_THAT(AskCommunity(osnp_, Demand(name)), ReasonIs("TREATING_DOCTOR_FIRST"));
  ASSERT_THAT(ClaimOrder(osnp_, name), IsOk());
  EXPECT_THAT(AskCommunity(osnp_, Demand(name)),
              StatusIs(absl::StatusCode::kFailedPrecondition, "TREATING_DOCTOR_FIRST"));
}

TEST_F(Communities, OneAtATimeByWhoWorksTheOrderOrARegulator) {
  const std::string name = Searching();
  const base::Actor other = testing::ActorWith(base::Role::kOsnp, "osnp-2");
  EXPECT_THAT(AskCommunity(other, Demand(name)), ReasonIs("ORDER_ALREADY_CLAIMED"));
  EXPECT_THAT(AskCommunity(doctor_, Demand(name)), ReasonIs("NOT_OWN_ENTRY"));
  base::Actor elsewhere = mrl_;
  elsewhere.territories = {"44"};
  EXPECT_THAT(AskCommunity(elsewhere, Demand(name)), ReasonIs("TERRITORY_FORBIDDEN"));
  ASSERT_THAT(AskCommunity(mrl_, Demand(name)), IsOk());
  EXPECT_EQ(GetOrder(name).claim().owner().subject(), "osnp-1") << "it stays in its owner's hands";
  EXPECT_THAT(AskCommunity(osnp_, Demand(name, "sos-nantes")),
              StatusIs(absl::StatusCode::kFailedPrecondition, "COMMUNITY_ASKED"));
  EXPECT_THAT(Withdraw(other, name), ReasonIs("ORDER_ALREADY_CLAIMED"));
  ASSERT_THAT(Withdraw(osnp_, name), IsOk());
  EXPECT_EQ(GetOrder(name).state(), v1::CareOrder::STATE_SEARCHING);
  EXPECT_THAT(Withdraw(osnp_, name), ReasonIs("COMMUNITY_NOT_ASKED"));
  ASSERT_THAT(AskCommunity(osnp_, Demand(name, "sos-nantes")), IsOk());
  const v1::CareOrder order = GetOrder(name);
  ASSERT_EQ(order.past_community_requests_size(), 1);
  EXPECT_EQ(order.past_community_requests(0).state(), Request::STATE_WITHDRAWN);
  EXPECT_EQ(order.past_community_requests(0).decline_reason(), "Créneau trouvé");
}

TEST_F(Communities, WhatIsAskedHasItsShape) {
  const std::string name = Searching();
  v1::AskCommunityRequest request = Demand(name, "");
  EXPECT_THAT(AskCommunity(osnp_, request), ReasonIs("TEXT_REQUIRED"));
  request = Demand(name, std::string(65, 'x'));
  EXPECT_THAT(AskCommunity(osnp_, request), ReasonIs("TEXT_TOO_LONG"));
  request = Demand(name);
  request.mutable_request()->set_remark(std::string(201, 'x'));
  EXPECT_THAT(AskCommunity(osnp_, request), ReasonIs("TEXT_TOO_LONG"));
  request = Demand(name);
  *request.mutable_request()->mutable_answer_due_time() = ToTimestamp(clock_.Now() + minutes(4));
  EXPECT_THAT(AskCommunity(osnp_, request), ReasonIs("INVALID_ANSWER_DUE"));
  request = Demand(name);
  request.set_etag(GetOrder(Searching()).etag());
  EXPECT_THAT(AskCommunity(osnp_, request), ReasonIs("ETAG_OF_ANOTHER"));
}

TEST_F(Communities, AnswersHaveTheirShape) {
  const std::string name = Asked();
  v1::AnswerDemandRequest request = Yes(name);
  request.set_slot("regions/fr-bre/sites/cabinet/slots/s1");
  EXPECT_THAT(Answer(doctor_, request), ReasonIs("OTHER_REGION"));
  request = Yes(name);
  *request.mutable_slot_start_time() = ToTimestamp(clock_.Now() + hours(49));
  EXPECT_THAT(Answer(doctor_, request), ReasonIs("INVALID_SLOT_START"));
  request = No(name);
  request.clear_decline_reason();
  EXPECT_THAT(Answer(doctor_, request), ReasonIs("TEXT_REQUIRED"));
  request = No(name);
  request.set_etag(GetOrder(name).etag());
  ASSERT_THAT(Called(name), IsOk());
  EXPECT_THAT(Answer(doctor_, request), ReasonIs("ETAG_MISMATCH"));
  EXPECT_EQ(StateOf(name), Request::STATE_ASKED);
}

TEST_F(Communities, ANoIsAnAlarmAndStaysOnTheOrder) {
  const std::string name = Asked();
  ASSERT_THAT(Answer(Member(base::Role::kSecretariat, "sec-1"), No(name)), IsOk());
  const v1::CareOrder order = GetOrder(name);
  EXPECT_EQ(order.state(), v1::CareOrder::STATE_SEARCHING);
  EXPECT_EQ(order.community_request().state(), Request::STATE_DECLINED);
  EXPECT_EQ(order.community_request().decline_reason(), "Complet");
  const auto screen = OpenBoard(*server_, osnp_, BoardOf());
  ASSERT_TRUE(screen->NextUntil(
      [&] { return screen->Alarmed(name, v1::BoardCard::ALARM_COMMUNITY_DECLINED); }));
  screen->Leave();
}

TEST_F(Communities, AnotherStructureNeitherSeesNorAnswers) {
  const std::string name = Asked();
  const base::Actor other = Member(base::Role::kEffecteur, "medecin-2", "sos-nantes");
  EXPECT_THAT(Listed(other), IsEmpty());
  EXPECT_THAT(Answer(other, Yes(name)),
              StatusIs(absl::StatusCode::kPermissionDenied, "NOT_OWN_COMMUNITY"));
  const base::Actor nobody = Member(base::Role::kEffecteur, "medecin-3", "");
  EXPECT_THAT(List(nobody), ReasonIs("NOT_OWN_COMMUNITY"));
  EXPECT_THAT(Answer(nobody, Yes(name)), ReasonIs("NOT_OWN_COMMUNITY"));
  EXPECT_THAT(Answer(osnp_, Yes(name)), StatusIs(absl::StatusCode::kPermissionDenied));
  // Its territory does not count, only its structure.
  base::Actor far = doctor_;
  far.territories = {"44"};
  EXPECT_THAT(Answer(far, Yes(name)), IsOk());
}

TEST_F(Communities, ACommunityIsOneHoweverItsCredentialsSpellIt) {
  const std::string name = Asked();
  const base::Actor member = Member(base::Role::kEffecteur, "medecin-2", "CPTS-LVO ");
  EXPECT_EQ(Listed(member).size(), 1u);
  EXPECT_THAT(Answer(member, Yes(name)), IsOk());
}

TEST_F(Communities, ADoubleClickAsksAndAnswersOnce) {
  const std::string name = Searching();
  v1::AskCommunityRequest demand = Demand(name);
  demand.set_request_id("0b7f3a51-3a0c-4f51-9d2c-0d6f1e0a0001");
  const auto first = AskCommunity(osnp_, demand);
  ASSERT_THAT(first, IsOk());
  const auto again = AskCommunity(osnp_, demand);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->version(), first->version());
  v1::AnswerDemandRequest yes = Yes(name);
  yes.set_request_id("0b7f3a51-3a0c-4f51-9d2c-0d6f1e0a0002");
  ASSERT_THAT(Answer(doctor_, yes), IsOk());
  const std::int64_t version = GetOrder(name).version();
  ASSERT_THAT(Answer(doctor_, yes), IsOk());
  EXPECT_EQ(GetOrder(name).version(), version);
  // A colleague comes second.
  EXPECT_THAT(Answer(Member(base::Role::kProfessional, "medecin-4"), No(name)),
              StatusIs(absl::StatusCode::kAborted, "COMMUNITY_ANSWERED"));
}

TEST_F(Communities, WhenItsTimeIsOverTheOrderIsSearchedAgain) {
  const std::string name = Asked();
  Turn();
  EXPECT_EQ(StateOf(name), Request::STATE_ASKED);
  clock_.Advance(minutes(30));
  // Also before anybody has noted it.
  EXPECT_THAT(Listed(doctor_), IsEmpty());
  EXPECT_THAT(Answer(doctor_, Yes(name)), ReasonIs("COMMUNITY_ANSWERED"));
  const std::int64_t version = GetOrder(name).version();
  Turn();
  Turn();  // Another replica.
  const v1::CareOrder order = GetOrder(name);
  EXPECT_EQ(order.version(), version + 1);
  EXPECT_EQ(order.state(), v1::CareOrder::STATE_SEARCHING);
  EXPECT_EQ(order.community_request().state(), Request::STATE_EXPIRED);
  const auto screen = OpenBoard(*server_, osnp_, BoardOf());
  ASSERT_TRUE(screen->NextUntil(
      [&] { return screen->Alarmed(name, v1::BoardCard::ALARM_COMMUNITY_DECLINED); }));
  screen->Leave();
}

TEST_F(Communities, AnotherIsAskedBeforeAnybodyHasNotedThatTheTimeIsOver) {
  const std::string name = Asked();
  clock_.Advance(minutes(31));
  ASSERT_THAT(AskCommunity(osnp_, Demand(name, "sos-nantes")), IsOk());
  const v1::CareOrder order = GetOrder(name);
  EXPECT_EQ(order.past_community_requests(0).state(), Request::STATE_EXPIRED);
  EXPECT_EQ(order.community_request().community(), "sos-nantes");
}

TEST_F(Communities, TheOldestOfTooManyIsForgotten) {
  const std::string name = Searching();
  for (int asked = 0; asked < kPastDemandsMax + 2; ++asked) {
    ASSERT_THAT(AskCommunity(osnp_, Demand(name, "c-" + std::to_string(asked))), IsOk());
    ASSERT_THAT(Withdraw(osnp_, name), IsOk());
  }
  const v1::CareOrder order = GetOrder(name);
  ASSERT_EQ(order.past_community_requests_size(), kPastDemandsMax);
  EXPECT_EQ(order.past_community_requests(0).community(), "c-1");
}

// The OSNP finds a slot meanwhile and books it: nobody is asked any more, in the same transaction.
TEST_F(Communities, AnAppointmentTakesTheRequestBack) {
  using sas::booking::v1::Appointment;
  for (const auto state : {Appointment::STATE_BOOKED, Appointment::STATE_PENDING}) {
    const std::string name = Asked();
    ASSERT_THAT(Booked(name, "regions/fr-pdl/appointments/a" + std::to_string(state), state),
                IsOk());
    const v1::CareOrder order = GetOrder(name);
    EXPECT_EQ(order.community_request().state(), Request::STATE_WITHDRAWN);
    EXPECT_EQ(order.state(), state == Appointment::STATE_BOOKED
                                 ? v1::CareOrder::STATE_BOOKED
                                 : v1::CareOrder::STATE_PENDING_ACCEPTANCE);
    EXPECT_THAT(Listed(doctor_), IsEmpty());
    EXPECT_THAT(Answer(doctor_, Yes(name)), ReasonIs("COMMUNITY_ANSWERED"));
  }
}

TEST_F(Communities, H14_ASupersededOrderAsksNobody) {
  const std::string name = Asked();
  ASSERT_THAT(Prioritize(arm_, CaseOf(name), v1::PRIORITY_P0), IsOk());
  EXPECT_EQ(GetOrder(name).state(), v1::CareOrder::STATE_SUPERSEDED);
  EXPECT_EQ(StateOf(name), Request::STATE_WITHDRAWN);
  EXPECT_THAT(Answer(doctor_, Yes(name)), ReasonIs("COMMUNITY_ANSWERED"));
  EXPECT_THAT(AskCommunity(osnp_, Demand(name)), ReasonIs("ORDER_SUPERSEDED"));
}

TEST_F(Communities, AReturnedOrderAsksNobody) {
  const std::string name = Asked();
  v1::ReturnCareOrderRequest request;
  request.set_name(name);
  request.set_outcome(v1::CareOrder::STATE_NO_SLOT);
  request.set_reason("Rien sous 48 h");
  ASSERT_THAT(Ask(osnp_, &Stub::ReturnCareOrder, request), IsOk());
  EXPECT_EQ(StateOf(name), Request::STATE_WITHDRAWN);
}

TEST_F(Communities, PagesAreStable) {
  std::vector<std::string> names;
  for (int i = 0; i < 5; ++i) names.push_back(Asked());
  std::vector<std::string> listed;
  std::string token;
  do {
    const auto page = List(doctor_, 2, token);
    ASSERT_THAT(page, IsOk());
    ASSERT_LE(page->demands_size(), 2);
    for (const auto& demand : page->demands()) listed.push_back(demand.care_order());
    token = page->next_page_token();
  } while (!token.empty());
  EXPECT_EQ(listed, names) << "soonest due first";
  EXPECT_THAT(List(doctor_, -1), ReasonIs("INVALID_PAGE_SIZE"));
  EXPECT_THAT(List(doctor_, 2, "x"), ReasonIs("INVALID_PAGE_TOKEN"));
}

// Nothing that tells who he is or where he lives reaches the community, nor feed and audit.
TEST_F(Communities, H35_ACommunitySeesNoIdentity) {
  for (const bool is_protected : {false, true}) {
    v1::CreateRegulationCaseRequest request = NewCase();
    v1::RegulationCase& row = *request.mutable_regulation_case();
    v1::Patient& patient = *row.mutable_patients(0);
    patient.set_family_name("CANARI");
    patient.set_given_names("Colombe");
    patient.set_protected_contact(is_protected);
    row.mutable_patient_place()->set_address_line("3 rue des CANARIS");
    row.mutable_patient_place()->mutable_point()->set_latitude_degrees(46.84321);
    row.mutable_patient_place()->mutable_point()->set_longitude_degrees(-1.8794);
    const std::string dossier = Ask(arm_, &Stub::CreateRegulationCase, request)->name();
    ASSERT_THAT(Prioritize(arm_, dossier, v1::PRIORITY_P2), IsOk());
    ASSERT_THAT(Claim(mrl_, dossier), IsOk());
    const auto decision = Decide(mrl_, dossier, v1::CARE_LEVEL_R3, "ORIENT", "", "CABINET");
    ASSERT_THAT(decision, IsOk());
    const std::string name = Ask(mrl_, &Stub::CreateCareOrder, NewOrder(*decision))->name();
    ASSERT_THAT(ClaimOrder(osnp_, name), IsOk());
    ASSERT_THAT(Contact(name, v1::TreatingDoctorContact::OUTCOME_NONE_DECLARED), IsOk());
    ASSERT_THAT(AskCommunity(osnp_, Demand(name)), IsOk());
    const auto page = List(doctor_);
    ASSERT_THAT(page, IsOk());
    ASSERT_EQ(page->demands_size(), 1);
    EXPECT_EQ(page->demands(0).insee_code(), is_protected ? "" : "85047");
    const auto answered = Answer(doctor_, Yes(name));
    ASSERT_THAT(answered, IsOk());
    for (const std::string& seen : {page->DebugString(), answered->DebugString()}) {
      for (const char* secret : {"CANARI", "Colombe", "46.84321", "99000001", "osnp-1"}) {
        EXPECT_THAT(seen, Not(HasSubstr(secret)));
      }
    }
  }
}

TEST_F(Communities, FiguresCountHowRequestsEnd) {
  const std::string name = Asked();
  ASSERT_THAT(Answer(doctor_, No(name)), IsOk());
  ASSERT_THAT(AskCommunity(osnp_, Demand(name)), IsOk());
  clock_.Advance(minutes(31));
  Turn();
  const auto counted = [&](const std::string& outcome) {
    return community_server_->metrics()
        .Counter("sas_regulation_community_requests_total",
                 "Requests to communities (place de marché), asked and by how they ended.",
                 {{"outcome", outcome}})
        .Value();
  };
  EXPECT_EQ(counted("asked"), 2);
  EXPECT_EQ(counted("declined"), 1);
  EXPECT_EQ(counted("expired"), 1);
  EXPECT_EQ(counted("accepted"), 0);
}

}  // namespace
}  // namespace sas::regulation
