#include <algorithm>
#include <thread>

#include "services/regulation/roles.h"
#include "tests/rpc/regulation/exchange_fixture.h"

namespace sas::regulation {
namespace {

using base::Role;
using testing::ActorWith;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

class Exchanges : public ExchangeTest {
 protected:
  v1::StartCallRequest Call(const std::string& parent,
                            Exchange::Party party = Exchange::PARTY_CALLER) const {
    v1::StartCallRequest request;
    request.set_parent(parent);
    request.set_party(party);
    return request;
  }

  /// A dossier of the doctor's own entry.
  std::string OwnCase(const base::Actor& actor) {
    v1::CreateRegulationCaseRequest request = NewCase("M03.05");
    request.mutable_regulation_case()->mutable_origin()->set_entry_point(
        sas::type::v1::ENTRY_POINT_MEDECIN_TRAITANT);
    const auto opened = Ask(actor, &Stub::CreateRegulationCase, request);
    EXPECT_THAT(opened, IsOk());
    return opened.value_or(v1::RegulationCase()).name();
  }
};

TEST_F(Exchanges, H47_EveryMethodHasAPolicyAndNobodyWithoutPatientsIsIn) {
  rpc::RoleTable roles;
  AllowExchangeMethods(roles);
  const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      "sas.regulation.v1.ExchangeService");
  EXPECT_EQ(roles.entries().size(), static_cast<std::size_t>(service->method_count()));
  for (int i = 0; i < service->method_count(); ++i) {
    const std::string method = "/sas.regulation.v1.ExchangeService/" + service->method(i)->name();
    ASSERT_TRUE(roles.Knows(method)) << method;
    for (const Role role : {Role::kUnspecified, Role::kSteering, Role::kOperations, Role::kPlanner,
                            Role::kReferent, Role::kService}) {
      EXPECT_FALSE(roles.Check(method, ActorWith(role)).ok()) << method;
    }
    const bool attach = service->method(i)->name() == "AttachExpertiseResult";
    EXPECT_EQ(roles.Check(method, ActorWith(Role::kPartner)).ok(), attach) << method;
  }
  EXPECT_FALSE(
      roles.Check("/sas.regulation.v1.ExchangeService/RequestExpertise", ActorWith(Role::kOsnp))
          .ok());
  EXPECT_THAT(Create(ActorWith(Role::kSteering), Phone(Open().name())),
              StatusIs(absl::StatusCode::kPermissionDenied, "ROLE_FORBIDDEN"));
}

TEST_F(Exchanges, S3_10_APhoneExchangeIsKeptAsANoteWithoutTouchingTheDossier) {
  const v1::RegulationCase before = Open();
  auto request = Phone(before.name());
  *request.mutable_exchange()->mutable_occur_time() =
      ToTimestamp(clock_.Now() - std::chrono::minutes(3));
  const auto kept = Create(mrl_, request);
  ASSERT_THAT(kept, IsOk());
  EXPECT_EQ(kept->state(), Exchange::STATE_NOTED);
  EXPECT_EQ(kept->party(), Exchange::PARTY_PHARMACIST);
  EXPECT_EQ(kept->result(), v1::ContactAttempt::RESULT_REACHED);
  EXPECT_EQ(kept->created_by().subject(), "mrl-1");
  EXPECT_LT(ToInstant(kept->occur_time()), ToInstant(kept->create_time()));
  EXPECT_EQ(Get(before.name()).etag(), before.etag());
  EXPECT_THAT(Texts(arm_, before.name()), ElementsAre("délivre sans ordonnance"));
  EXPECT_THAT(EventTypes(), ElementsAre("case.created", "exchange.created"));
}

TEST_F(Exchanges, S3_10_ARepeatIsOneExchangeAndAnotherBodyIsRefused) {
  auto request = Phone(Open().name());
  request.set_request_id("same");
  const auto first = Create(mrl_, request);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(Create(mrl_, request)->name(), first->name());
  EXPECT_EQ(Texts(mrl_, request.parent()).size(), 1u);
  request.mutable_exchange()->set_text("autre");
  EXPECT_THAT(Create(mrl_, request), ReasonIs("REQUEST_ID_REUSED"));
}

TEST_F(Exchanges, S3_10_ASecureMessageHasAReferenceAndMovesOn) {
  const std::string name = Open().name();
  const auto sent = Create(arm_, Mssante(name, Exchange::STATE_SENT));
  ASSERT_THAT(sent, IsOk());
  EXPECT_EQ(sent->mssante_reference(), "<a.1@x.example>");
  EXPECT_EQ(SetState(arm_, sent->name(), Exchange::STATE_FAILED)->state(), Exchange::STATE_FAILED);
  EXPECT_THAT(SetState(arm_, sent->name(), Exchange::STATE_READ),
              StatusIs(absl::StatusCode::kFailedPrecondition, "EXCHANGE_STATE_FORBIDS"));
  EXPECT_THAT(SetState(arm_, sent->name(), Exchange::STATE_SENT), IsOk());
  EXPECT_EQ(SetState(arm_, sent->name(), Exchange::STATE_READ)->state(), Exchange::STATE_READ);
  const auto received = Create(arm_, Mssante(name, Exchange::STATE_RECEIVED));
  EXPECT_THAT(SetState(arm_, received->name(), Exchange::STATE_FAILED),
              ReasonIs("EXCHANGE_STATE_FORBIDS"));
  const auto phone = Create(arm_, Phone(name));
  EXPECT_THAT(SetState(arm_, phone->name(), Exchange::STATE_READ),
              ReasonIs("EXCHANGE_STATE_FORBIDS"));
}

TEST_F(Exchanges, S3_15_AStructureIsOneHoweverItsCredentialsSpellIt) {
  const std::string name = Open().name();
  const auto sent = Create(mrl_, Message(name, sas::type::v1::ROLE_EFFECTEUR, "Terrain "));
  ASSERT_THAT(sent, IsOk());
  EXPECT_THAT(Unread(doctor_), ElementsAre(sent->name()));
  EXPECT_THAT(GetAs(doctor_, sent->name()), IsOk());
  EXPECT_THAT(MarkRead(doctor_, sent->name()), IsOk());
  EXPECT_THAT(Unread(stranger_), IsEmpty());
}

TEST_F(Exchanges, S3_10_AClickToCallAnswersTheDossiersNumberAndKeepsNone) {
  const std::string name = Open().name();
  auto request = Call(name);
  request.set_request_id("call-1");
  const auto started = AskExchanges(osnp_, &ExchangeStub::StartCall, request);
  ASSERT_THAT(started, IsOk());
  EXPECT_EQ(started->phone_number(), "+33199000001");
  EXPECT_EQ(started->exchange().kind(), Exchange::KIND_CLICK_TO_CALL);
  EXPECT_EQ(started->exchange().SerializeAsString().find("99000001"), std::string::npos);
  EXPECT_EQ(AskExchanges(osnp_, &ExchangeStub::StartCall, request)->exchange().name(),
            started->exchange().name());
  const auto events =
      store_.feed().Read(base::InternalCall("test", clock_, std::chrono::seconds(5)), "", "", 100);
  ASSERT_THAT(events, IsOk());
  EXPECT_EQ(events->back().type, "exchange.created");
  for (const auto& event : *events) {
    EXPECT_EQ(event.payload.find("99000001"), std::string::npos) << event.type;
  }
  EXPECT_THAT(AskExchanges(osnp_, &ExchangeStub::StartCall, Call(name, Exchange::PARTY_PATIENT)),
              StatusIs(absl::StatusCode::kFailedPrecondition, "NUMBER_UNKNOWN"));
  EXPECT_THAT(AskExchanges(osnp_, &ExchangeStub::StartCall, Call(name, Exchange::PARTY_NURSE)),
              ReasonIs("PARTY_REQUIRED"));
}

TEST_F(Exchanges, H35_AProtectedContactIsCalledWithAReasonOnly) {
  v1::CreateRegulationCaseRequest request = NewCase();
  auto& patient = *request.mutable_regulation_case()->mutable_patients(0);
  patient.set_phone_number("+33639980001");
  patient.set_protected_contact(true);
  const std::string name = Ask(arm_, &Stub::CreateRegulationCase, request)->name();
  auto call = Call(name, Exchange::PARTY_PATIENT);
  EXPECT_THAT(AskExchanges(arm_, &ExchangeStub::StartCall, call),
              StatusIs(absl::StatusCode::kFailedPrecondition, "CONTACT_PROTECTED"));
  call.set_reason("danger immédiat");
  const auto started = AskExchanges(arm_, &ExchangeStub::StartCall, call);
  ASSERT_THAT(started, IsOk());
  EXPECT_EQ(started->phone_number(), "+33639980001");
  EXPECT_EQ(started->exchange().text(), "danger immédiat");
}

TEST_F(Exchanges, S3_15_AMessageIsUnreadForItsRoleUntilEachHasReadIt) {
  const std::string name = Open().name();
  const auto sent = Create(mrl_, Message(name, sas::type::v1::ROLE_OSNP));
  ASSERT_THAT(sent, IsOk());
  EXPECT_EQ(sent->state(), Exchange::STATE_SENT);
  EXPECT_FALSE(sent->unread());
  const base::Actor second = ActorWith(Role::kOsnp, "osnp-2");
  EXPECT_THAT(Unread(osnp_), ElementsAre(sent->name()));
  EXPECT_THAT(Unread(second), ElementsAre(sent->name()));
  EXPECT_THAT(Unread(mrl_), IsEmpty());
  const base::Instant at = clock_.Now();
  const auto read = MarkRead(osnp_, sent->name());
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->state(), Exchange::STATE_READ);
  EXPECT_THAT(Unread(osnp_), IsEmpty());
  EXPECT_THAT(Unread(second), ElementsAre(sent->name()));
  ASSERT_THAT(MarkRead(osnp_, sent->name()), IsOk());
  ASSERT_THAT(MarkRead(second, sent->name()), IsOk());
  const auto shown = GetAs(mrl_, sent->name());
  ASSERT_EQ(shown->reads_size(), 2);
  EXPECT_EQ(shown->reads(0).reader().subject(), "osnp-1");
  EXPECT_EQ(ToInstant(shown->reads(0).read_time()), at);
  EXPECT_EQ(shown->reads(1).reader().subject(), "osnp-2");
  EXPECT_THAT(EventTypes(),
              ElementsAre("case.created", "exchange.created", "exchange.read", "exchange.read"));
}

TEST_F(Exchanges, S3_15_WhoIsNotAddressedLeavesNoReceipt) {
  const auto sent = Create(mrl_, Message(Open().name(), sas::type::v1::ROLE_OSNP));
  EXPECT_THAT(MarkRead(mrl_, sent->name()),
              StatusIs(absl::StatusCode::kFailedPrecondition, "NOT_ADDRESSED"));
  EXPECT_THAT(MarkRead(arm_, sent->name()), ReasonIs("NOT_ADDRESSED"));
  const auto own = Create(osnp_, Message(Open().name(), sas::type::v1::ROLE_OSNP));
  EXPECT_THAT(MarkRead(osnp_, own->name()), ReasonIs("NOT_ADDRESSED"));
}

TEST_F(Exchanges, S3_15_WhatNobodyHasReadStaysAndWhatOthersReadLeaves) {
  const std::string name = Open().name();
  const auto kept = Create(mrl_, Message(name, sas::type::v1::ROLE_ARM));
  const auto read = Create(mrl_, Message(name, sas::type::v1::ROLE_ARM));
  ASSERT_THAT(MarkRead(ActorWith(Role::kArm, "arm-2"), read->name()), IsOk());
  EXPECT_THAT(Unread(arm_), ElementsAre(kept->name(), read->name()));
  clock_.Advance(std::chrono::hours(7 * 24) + std::chrono::minutes(1));
  EXPECT_THAT(Unread(arm_), ElementsAre(kept->name()));
  ASSERT_THAT(
      CountUnread(*exchange_desk_, base::InternalCall("test", clock_, std::chrono::seconds(5))),
      IsOk());
}

TEST_F(Exchanges, S3_15_APracticeReadsWhatIsAddressedToItAndAnswers) {
  const std::string name = Open().name();
  ASSERT_THAT(Create(mrl_, Phone(name, "avis du régulateur")), IsOk());
  auto shared = Phone(name, "partagé");
  shared.mutable_exchange()->set_shared(true);
  ASSERT_THAT(Create(mrl_, shared), IsOk());
  EXPECT_THAT(Texts(doctor_, name), IsEmpty());
  EXPECT_THAT(Create(doctor_, Message(name, sas::type::v1::ROLE_REGULATOR_MG)),
              StatusIs(absl::StatusCode::kPermissionDenied, "NOT_OWN_CASE"));
  const auto asked = Create(
      mrl_, Message(name, sas::type::v1::ROLE_UNSPECIFIED, "terrain", "pouvez-vous le voir ?"));
  ASSERT_THAT(asked, IsOk());
  EXPECT_THAT(Texts(doctor_, name), ElementsAre("pouvez-vous le voir ?"));
  EXPECT_THAT(Unread(secretary_), ElementsAre(asked->name()));
  EXPECT_THAT(Texts(stranger_, name), IsEmpty());
  EXPECT_THAT(GetAs(stranger_, asked->name()),
              StatusIs(absl::StatusCode::kNotFound, "EXCHANGE_NOT_FOUND"));
  auto reply = Message(name, sas::type::v1::ROLE_REGULATOR_MG, "", "oui, à 16 h");
  reply.mutable_exchange()->set_in_reply_to(asked->name());
  const auto answered = Create(doctor_, reply);
  ASSERT_THAT(answered, IsOk());
  EXPECT_THAT(Unread(mrl_), ElementsAre(answered->name()));
  EXPECT_THAT(Texts(osnp_, name), ElementsAre("partagé"));
  EXPECT_THAT(Texts(arm_, name),
              ElementsAre("avis du régulateur", "partagé", "pouvez-vous le voir ?", "oui, à 16 h"));
}

TEST_F(Exchanges, S3_15_OnHisOwnDossierAProfessionalReadsWhatIsShared) {
  const std::string name = OwnCase(doctor_);
  auto shared = Phone(name, "partagé");
  shared.mutable_exchange()->set_shared(true);
  ASSERT_THAT(Create(mrl_, shared), IsOk());
  ASSERT_THAT(Create(mrl_, Phone(name, "interne")), IsOk());
  EXPECT_THAT(Texts(doctor_, name), ElementsAre("partagé"));
  EXPECT_THAT(Texts(stranger_, name), IsEmpty());
  EXPECT_THAT(Create(doctor_, Phone(name)), IsOk());
}

TEST_F(Exchanges, TerritoryAndRegionBoundThem) {
  const auto sent = Create(mrl_, Message(Open().name(), sas::type::v1::ROLE_OSNP));
  base::Actor nantes = osnp_;
  nantes.territories = {"44"};
  EXPECT_THAT(GetAs(nantes, sent->name()),
              StatusIs(absl::StatusCode::kPermissionDenied, "TERRITORY_FORBIDDEN"));
  EXPECT_THAT(Unread(nantes), IsEmpty());
  base::Actor elsewhere = osnp_;
  elsewhere.regions = {"fr-naq"};
  EXPECT_THAT(GetAs(elsewhere, sent->name()), ReasonIs("REGION_FORBIDDEN"));
}

TEST_F(Exchanges, WhatIsWrongWithARequestIsNamed) {
  const std::string name = Open().name();
  const auto refused = [&](auto change) {
    auto request = Phone(name);
    change(*request.mutable_exchange());
    return base::ReasonOf(Create(mrl_, request).status());
  };
  EXPECT_EQ(refused([](Exchange& e) { e.clear_party(); }), "PARTY_REQUIRED");
  EXPECT_EQ(refused([](Exchange& e) { e.clear_result(); }), "OUTCOME_REQUIRED");
  EXPECT_EQ(refused([](Exchange& e) { e.clear_text(); }), "TEXT_REQUIRED");
  EXPECT_EQ(refused([](Exchange& e) { e.set_text(std::string(2001, 'x')); }), "TEXT_TOO_LONG");
  EXPECT_EQ(refused([](Exchange& e) { e.set_kind(Exchange::KIND_EXPERTISE); }), "KIND_FORBIDDEN");
  EXPECT_EQ(refused([](Exchange& e) { e.set_name("x"); }), "OUTPUT_ONLY_FIELD");
  EXPECT_EQ(refused([](Exchange& e) { e.set_patient("x"); }), "PATIENT_NOT_IN_CASE");
  EXPECT_EQ(refused([](Exchange& e) { e.set_mssante_reference("x"); }), "OUTPUT_ONLY_FIELD");
  EXPECT_EQ(refused([&](Exchange& e) {
              *e.mutable_occur_time() = ToTimestamp(clock_.Now() + std::chrono::hours(1));
            }),
            "TIME_IN_FUTURE");
  EXPECT_EQ(refused([&](Exchange& e) { e.set_in_reply_to(name + "/exchanges/none"); }),
            "EXCHANGE_NOT_FOUND");
  EXPECT_EQ(
      refused([&](Exchange& e) { e.set_in_reply_to("regions/fr-pdl/cases/other/exchanges/1"); }),
      "EXCHANGE_NOT_FOUND");
  EXPECT_EQ(
      refused([](Exchange& e) { e.mutable_audience()->set_role(sas::type::v1::ROLE_STEERING); }),
      "AUDIENCE_FORBIDDEN");
  EXPECT_EQ(
      refused([](Exchange& e) { e.mutable_audience()->set_role(sas::type::v1::ROLE_EFFECTEUR); }),
      "AUDIENCE_TOO_WIDE");
  auto message = Message(name, sas::type::v1::ROLE_UNSPECIFIED);
  EXPECT_THAT(Create(mrl_, message), ReasonIs("AUDIENCE_REQUIRED"));
  message.mutable_exchange()->clear_audience();
  EXPECT_THAT(Create(mrl_, message), ReasonIs("AUDIENCE_REQUIRED"));
  EXPECT_THAT(Create(mrl_, Mssante(name, Exchange::STATE_READ)), ReasonIs("STATE_REQUIRED"));
  EXPECT_THAT(Create(mrl_, Mssante(name, Exchange::STATE_SENT, "a b")),
              ReasonIs("INVALID_REFERENCE"));
  EXPECT_THAT(Create(mrl_, Phone("regions/fr-pdl/cases/none")), ReasonIs("CASE_NOT_FOUND"));
}

TEST_F(Exchanges, AClosedDossierTakesNoneAndReceiptsGoOn) {
  const std::string name = Open("M06.04").name();
  const auto sent = Create(mrl_, Message(name, sas::type::v1::ROLE_ARM));
  ASSERT_THAT(sent, IsOk());
  ASSERT_THAT(Close(arm_, name, "D.D-MALV.ERR"), IsOk());
  EXPECT_THAT(Create(mrl_, Phone(name)), IsOk());
  PassADay();
  EXPECT_THAT(Create(mrl_, Phone(name)), ReasonIs("CASE_CLOSED"));
  EXPECT_THAT(MarkRead(arm_, sent->name()), IsOk());
}

TEST_F(Exchanges, ADossierHolds500) {
  const std::string name = Open().name();
  for (int i = 0; i < 500; ++i) ASSERT_THAT(Create(mrl_, Phone(name)), IsOk());
  EXPECT_THAT(Create(mrl_, Phone(name)),
              StatusIs(absl::StatusCode::kResourceExhausted, "LIMIT_REACHED"));
}

TEST_F(Exchanges, TwoReadersAtOnceLeaveTwoReceipts) {
  const auto sent = Create(mrl_, Message(Open().name(), sas::type::v1::ROLE_OSNP));
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&, i] {
      v1::MarkExchangeReadRequest request;
      request.set_name(sent->name());
      request.set_request_id("read-" + std::to_string(i % 2));
      grpc::ClientContext context;
      server_->Authorize(context, ActorWith(Role::kOsnp, "osnp-" + std::to_string(i % 2)));
      v1::CaseExchange response;
      EXPECT_TRUE(exchange_stub_->MarkExchangeRead(&context, request, &response).ok());
    });
  }
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(GetAs(mrl_, sent->name())->reads_size(), 2);
}

}  // namespace
}  // namespace sas::regulation
