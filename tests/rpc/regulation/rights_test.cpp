#include <grpcpp/generic/generic_stub.h>

#include <set>

#include "services/regulation/roles.h"
#include "tests/rpc/regulation/regulation_fixture.h"

namespace sas::regulation {
namespace {

using base::Role;
using testing::ActorWith;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

class Rights : public RegulationTest {
 protected:
  base::Actor Pharmacist(const std::string& subject) const {
    base::Actor actor = ActorWith(Role::kProfessional, subject);
    actor.profession = "21";
    actor.entry_point = "pharmacie";
    return actor;
  }

  v1::CreateRegulationCaseRequest PharmacyCase(const std::string& motif = "M03.05") const {
    v1::CreateRegulationCaseRequest request = NewCase(motif);
    request.mutable_regulation_case()->mutable_origin()->set_entry_point(
        sas::type::v1::ENTRY_POINT_PHARMACIE);
    return request;
  }

  absl::StatusOr<v1::RegulationCase> GetAs(const base::Actor& actor, const std::string& name) {
    v1::GetRegulationCaseRequest request;
    request.set_name(name);
    return Ask(actor, &Stub::GetRegulationCase, request);
  }

  /// An empty request to any method.
  absl::Status AskEmpty(const std::string& method, Role role) {
    grpc::ClientContext context;
    server_->Authorize(context, ActorWith(role));
    grpc::CompletionQueue queue;
    const grpc::Slice nothing;
    grpc::ByteBuffer response;
    grpc::Status status;
    void* tag = nullptr;
    bool ok = false;
    grpc::GenericStub stub(server_->Channel());
    const auto call =
        stub.PrepareUnaryCall(&context, method, grpc::ByteBuffer(&nothing, 1), &queue);
    call->StartCall();
    call->Finish(&response, &status, this);
    queue.Next(&tag, &ok);
    return rpc::FromGrpc(status);
  }
};

TEST_F(Rights, H47_EveryMethodHasAPolicyAndNoneIsForThePublic) {
  rpc::RoleTable roles;
  AllowRegulationMethods(roles);
  const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      "sas.regulation.v1.RegulationService");
  ASSERT_EQ(service->method_count(), 45);
  EXPECT_EQ(roles.entries().size(), 45u);
  for (int i = 0; i < service->method_count(); ++i) {
    const std::string method = "/sas.regulation.v1.RegulationService/" + service->method(i)->name();
    ASSERT_TRUE(roles.Knows(method)) << method;
    EXPECT_FALSE(roles.Check(method, ActorWith(Role::kUnspecified)).ok()) << method;
    EXPECT_FALSE(roles.Check(method, ActorWith(Role::kPlanner)).ok()) << method;
  }
}

// What the vital lane lets through on the worst day a full disk must let through, too: nobody is
// answered at once that his call cannot be kept. A lane that is gone tells which methods it serves.
TEST_F(Rights, H01_H41_EveryMethodOfTheVitalLaneIsAVitalAct) {
  server_->runtime().vital.Drain();
  base::Call act;
  std::set<std::string> lane;
  std::set<std::string> acts;
  for (const char* service : {"RegulationService", "EntryService", "TaskService", "PickupService",
                              "RosterService", "NeighbourService", "ProtocolService",
                              "ExchangeService", "CoordinatorService", "KpiService"}) {
    const auto* methods = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
        std::string("sas.regulation.v1.") + service);
    ASSERT_NE(methods, nullptr) << service;
    for (int i = 0; i < methods->method_count(); ++i) {
      const std::string name = std::string(service) + "/" + methods->method(i)->name();
      act.method = "/sas.regulation.v1." + name;
      if (IsVitalAct(act)) acts.insert(name);
      const auto may = server_->roles().entries().find(act.method);
      ASSERT_NE(may, server_->roles().entries().end()) << name;
      const absl::Status status = AskEmpty(act.method, *may->second.begin());
      if (base::DetailOf(status).reason != "OVERLOADED") continue;
      lane.insert(name);
      EXPECT_TRUE(IsVitalAct(act)) << name;
    }
  }
  EXPECT_EQ(lane.size(), 22u);
  EXPECT_TRUE(lane.contains("RegulationService/AttachCall")) << "who calls again may be worse";
  // Kept by the reserve, and long enough to stand behind an intake: these share the other lane.
  std::set<std::string> behind = acts;
  for (const std::string& name : lane) behind.erase(name);
  EXPECT_THAT(behind, ::testing::ElementsAre("RegulationService/AcknowledgeReflexDeparture",
                                             "RegulationService/CreateDecision",
                                             "RegulationService/RecordCallReturn",
                                             "RegulationService/RecordCallbackAttempt",
                                             "RegulationService/TransferRegulationCase"));
  act.method = "/sas.regulation.v1.RegulationService/CloseRegulationCase";
  EXPECT_FALSE(IsVitalAct(act));
}

TEST_F(Rights, OsnpNeitherPrioritisesNorDecidesAndArmDoesNotDecide) {
  rpc::RoleTable roles;
  AllowRegulationMethods(roles);
  const auto may = [&](Role role, const std::string& method) {
    return roles.Check("/sas.regulation.v1.RegulationService/" + method, ActorWith(role)).ok();
  };
  for (const char* method :
       {"PrioritizeRegulationCase", "CreateDecision", "CreateCareOrder", "ListDecisions",
        "ClaimRegulationCase", "CancelReflexDeparture", "CloseRegulationCase"}) {
    EXPECT_FALSE(may(Role::kOsnp, method)) << method;
  }
  for (const char* method : {"CreateDecision", "CreateCareOrder", "CancelReflexDeparture",
                             "AcknowledgeReflexDeparture", "ClaimNextRegulationCase"}) {
    EXPECT_FALSE(may(Role::kArm, method)) << method;
  }
  EXPECT_TRUE(may(Role::kService, "GetCareOrder"));
  EXPECT_FALSE(may(Role::kService, "GetRegulationCase"));
  const std::string name = Open().name();
  EXPECT_THAT(Prioritize(osnp_, name, v1::PRIORITY_P2),
              StatusIs(absl::StatusCode::kPermissionDenied, "ROLE_FORBIDDEN"));
}

TEST_F(Rights, RegionIsAskedBeforeExistence) {
  base::Actor elsewhere = mru_;
  elsewhere.regions = {"fr-naq"};
  EXPECT_THAT(GetAs(elsewhere, "regions/fr-pdl/cases/unknown"), ReasonIs("REGION_FORBIDDEN"));
  EXPECT_THAT(GetAs(elsewhere, "regions/fr-naq/cases/unknown"), ReasonIs("CASE_NOT_FOUND"));
}

TEST_F(Rights, TerritoryBoundsReadsAndWrites) {
  const std::string name = Open().name();
  base::Actor vendee = mru_;
  vendee.territories = {"85", "79"};
  base::Actor nantes = mru_;
  nantes.territories = {"44"};
  EXPECT_THAT(GetAs(vendee, name), IsOk());
  EXPECT_THAT(GetAs(nantes, name),
              StatusIs(absl::StatusCode::kPermissionDenied, "TERRITORY_FORBIDDEN"));
  EXPECT_THAT(Claim(nantes, name), ReasonIs("TERRITORY_FORBIDDEN"));
  v1::ListRegulationCasesRequest list;
  list.set_parent("regions/fr-pdl");
  EXPECT_EQ(Ask(nantes, &Stub::ListRegulationCases, list)->regulation_cases_size(), 0);
  EXPECT_EQ(Ask(vendee, &Stub::ListRegulationCases, list)->regulation_cases_size(), 1);
  list.set_territory("85");
  EXPECT_THAT(Ask(nantes, &Stub::ListRegulationCases, list), ReasonIs("TERRITORY_FORBIDDEN"));
  EXPECT_THAT(Ask(nantes, &Stub::CreateRegulationCase, NewCase()), ReasonIs("TERRITORY_FORBIDDEN"));
}

TEST_F(Rights, ProfessionalEntersAndReadsBackHisOwnDossierOnly) {
  const auto opened = Ask(Pharmacist("pharma-1"), &Stub::CreateRegulationCase, PharmacyCase());
  ASSERT_THAT(opened, IsOk());
  EXPECT_EQ(opened->priority(), v1::PRIORITY_NR);
  EXPECT_EQ(opened->attribution(), "DR");
  EXPECT_FALSE(opened->has_wait_start_time());
  EXPECT_THAT(GetAs(Pharmacist("pharma-1"), opened->name()), IsOk());
  EXPECT_THAT(GetAs(Pharmacist("pharma-2"), opened->name()), ReasonIs("NOT_OWN_CASE"));
  EXPECT_THAT(Prioritize(Pharmacist("pharma-1"), opened->name(), v1::PRIORITY_P2),
              ReasonIs("ROLE_FORBIDDEN"));
}

TEST_F(Rights, ProfessionalComesByHisEntryPointOnly) {
  v1::CreateRegulationCaseRequest request = PharmacyCase();
  request.mutable_regulation_case()->mutable_origin()->set_entry_point(
      sas::type::v1::ENTRY_POINT_IDEL);
  EXPECT_THAT(Ask(Pharmacist("p"), &Stub::CreateRegulationCase, request),
              StatusIs(absl::StatusCode::kPermissionDenied, "ENTRY_POINT_FORBIDDEN"));
  request.mutable_regulation_case()->mutable_origin()->set_entry_point(
      sas::type::v1::ENTRY_POINT_LINE_15);
  base::Actor any = Pharmacist("p");
  any.entry_point.clear();
  EXPECT_THAT(Ask(any, &Stub::CreateRegulationCase, request), ReasonIs("ENTRY_POINT_FORBIDDEN"));
}

// pharmacy_red_flag_to_15: a positive sign or a vital motif queues for an ARM at once.
TEST_F(Rights, H06_PositiveSignOfADirectEntryQueuesForAnArm) {
  v1::CreateRegulationCaseRequest request = PharmacyCase();
  auto& sign = *request.mutable_regulation_case()->mutable_severity_form()->add_signs();
  sign.set_code("purpura");
  sign.set_answer(sas::type::v1::SIGN_ANSWER_YES);
  const auto red = Ask(Pharmacist("p"), &Stub::CreateRegulationCase, request);
  ASSERT_THAT(red, IsOk());
  EXPECT_EQ(red->priority(), v1::PRIORITY_UNSPECIFIED);
  EXPECT_TRUE(red->has_wait_start_time());
  const auto vital = Ask(Pharmacist("p"), &Stub::CreateRegulationCase, PharmacyCase("M03.08"));
  EXPECT_EQ(vital->priority(), v1::PRIORITY_UNSPECIFIED);
}

TEST_F(Rights, OsnpSeesNoClinicalThreadBeyondWhatIsShared) {
  v1::CreateRegulationCaseRequest request = NewCase();
  request.mutable_regulation_case()->mutable_patients(0)->set_medical_history("asthme");
  const std::string name = Ask(arm_, &Stub::CreateRegulationCase, request)->name();
  v1::AddCaseNoteRequest note;
  note.set_name(name);
  note.mutable_note()->set_text("avis du régulateur");
  ASSERT_THAT(Ask(mru_, &Stub::AddCaseNote, note), IsOk());
  note.mutable_note()->set_text("porte au fond du couloir");
  note.mutable_note()->set_shared(true);
  ASSERT_THAT(Ask(mru_, &Stub::AddCaseNote, note), IsOk());
  note.mutable_note()->set_text("note de l'ARM");
  note.mutable_note()->set_shared(false);
  ASSERT_THAT(Ask(arm_, &Stub::AddCaseNote, note), IsOk());
  ASSERT_THAT(Bilan(name), IsOk());
  const auto by_osnp = GetAs(osnp_, name);
  ASSERT_THAT(by_osnp, IsOk());
  ASSERT_EQ(by_osnp->notes_size(), 1);
  EXPECT_EQ(by_osnp->notes(0).text(), "porte au fond du couloir");
  EXPECT_FALSE(by_osnp->has_bilan());
  EXPECT_EQ(by_osnp->patients(0).medical_history(), "");
  EXPECT_EQ(GetAs(arm_, name)->notes_size(), 2);
  EXPECT_EQ(GetAs(mru_, name)->notes_size(), 3);
}

TEST_F(Rights, H06_OnlyADoctorLiftsASign) {
  v1::RegulationCase row = Open();
  v1::UpdateRegulationCaseRequest request;
  *request.mutable_regulation_case() = row;
  auto& form = *request.mutable_regulation_case()->mutable_severity_form();
  form.set_protocol("fievre-enfant/3.2");
  form.set_override_reason("purpura ancien, connu");
  request.mutable_update_mask()->add_paths("severity_form");
  request.set_etag(row.etag());
  EXPECT_THAT(Ask(arm_, &Stub::UpdateRegulationCase, request), ReasonIs("REGULATOR_REQUIRED"));
  const auto lifted = Ask(mrl_, &Stub::UpdateRegulationCase, request);
  ASSERT_THAT(lifted, IsOk());
  EXPECT_EQ(lifted->severity_form().override_by(), "regulator_mg");
}

}  // namespace
}  // namespace sas::regulation
