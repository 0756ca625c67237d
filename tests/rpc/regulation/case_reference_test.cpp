// What other services may know of a dossier that they refer to.

#include "services/regulation/case_reference_service.h"
#include "services/regulation/roles.h"
#include "tests/rpc/regulation/regulation_fixture.h"

namespace sas::regulation {
namespace {

using base::Role;
using testing::ActorWith;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

class CaseReferenceTest : public RegulationTest {
 protected:
  CaseReferenceTest() {
    AllowCaseReferenceMethods(own_server_.roles());
    EXPECT_THAT(own_server_.Start({&references_}, {v1::CaseReferenceService::service_full_name()}),
                IsOk());
    reference_stub_ = v1::CaseReferenceService::NewStub(own_server_.Channel());
  }

  ~CaseReferenceTest() override { own_server_.Stop(); }

  absl::StatusOr<v1::CaseReference> Find(const std::string& name, const std::string& patient = "",
                                         const base::Actor& actor = ActorWith(Role::kService,
                                                                              "sas-booking")) {
    v1::GetCaseReferenceRequest request;
    request.set_name(name);
    request.set_patient(patient);
    grpc::ClientContext context;
    own_server_.Authorize(context, actor);
    v1::CaseReference response;
    const grpc::Status status = reference_stub_->GetCaseReference(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response;
  }

  static testing::InProcessServer::Options OptionsWith(const base::Clock& clock) {
    testing::InProcessServer::Options options;
    options.clock = &clock;
    return options;
  }

  testing::InProcessServer own_server_{OptionsWith(clock_)};
  CaseReferenceService references_{own_server_.runtime(), *desk_};
  std::unique_ptr<v1::CaseReferenceService::Stub> reference_stub_;
};

TEST_F(CaseReferenceTest, ADossierIsItsNameAndItsTerritoryAndNothingOfThePatient) {
  const v1::RegulationCase row = Open();
  const auto found = Find(row.name(), row.patients(0).name());
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(found->name(), row.name());
  EXPECT_EQ(found->territory(), "85");
  EXPECT_EQ(v1::CaseReference::descriptor()->field_count(), 2);
}

TEST_F(CaseReferenceTest, WhatIsNotThereIsSaid) {
  const v1::RegulationCase row = Open();
  EXPECT_THAT(Find(row.name()), IsOk());
  EXPECT_THAT(Find("regions/fr-pdl/cases/none"),
              StatusIs(absl::StatusCode::kNotFound, "CASE_NOT_FOUND"));
  EXPECT_THAT(Find(row.name(), row.name() + "/patients/9"),
              StatusIs(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND"));
  // A patient of another dossier is none of this one.
  EXPECT_THAT(Find(row.name(), Open().patients(0).name()), ReasonIs("PATIENT_NOT_FOUND"));
  EXPECT_THAT(Find("regions/fr-pdl"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(CaseReferenceTest, OnlyServicesAsk) {
  const v1::RegulationCase row = Open();
  for (int role = 1; role <= static_cast<int>(Role::kSpecialisedNurse); ++role) {
    if (static_cast<Role>(role) == Role::kService) continue;
    EXPECT_THAT(Find(row.name(), "", ActorWith(static_cast<Role>(role))),
                StatusIs(absl::StatusCode::kPermissionDenied))
        << role;
  }
}

}  // namespace
}  // namespace sas::regulation
