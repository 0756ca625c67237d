// What other services may know of a dossier that they refer to.

#include "tests/rpc/regulation/reference_client.h"
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
  static v1::DirectBooking Direct(const std::string& patient) {
    v1::DirectBooking booking;
    booking.set_patient(patient);
    return booking;
  }

  ReferenceClient references_{clock_, *desk_};
};

TEST_F(CaseReferenceTest, ADossierIsItsNameAndItsTerritoryAndNothingOfThePatient) {
  const v1::RegulationCase row = Open();
  for (const auto& found :
       {references_.Find(row.name()), references_.CheckDirect(Direct(row.patients(0).name()))}) {
    ASSERT_THAT(found, IsOk());
    EXPECT_EQ(found->name(), row.name());
    EXPECT_EQ(found->territory(), "85");
  }
  EXPECT_EQ(v1::CaseReference::descriptor()->field_count(), 2);
}

TEST_F(CaseReferenceTest, WhatIsNotThereIsSaid) {
  const v1::RegulationCase row = Open();
  EXPECT_THAT(references_.Find("regions/fr-pdl/cases/none"),
              StatusIs(absl::StatusCode::kNotFound, "CASE_NOT_FOUND"));
  EXPECT_THAT(references_.Find("regions/fr-pdl"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(references_.CheckDirect(Direct("regions/fr-pdl/cases/none/patients/1")),
              StatusIs(absl::StatusCode::kNotFound, "CASE_NOT_FOUND"));
  EXPECT_THAT(references_.CheckDirect(Direct(row.name() + "/patients/9")),
              StatusIs(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND"));
  EXPECT_THAT(references_.CheckDirect(Direct("p")), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(CaseReferenceTest, OfManyBookingsEachHasItsOwnAnswerInTheOrderAsked) {
  const v1::RegulationCase row = Open();
  v1::CheckBookingsRequest request;
  request.add_checks()->set_care_order(row.name() + "/orders/none");
  *request.add_checks()->mutable_direct() = Direct(row.name() + "/patients/9");
  *request.add_checks()->mutable_direct() = Direct(row.patients(0).name());
  request.add_checks();
  const auto answer = references_.Check(request);
  ASSERT_THAT(answer, IsOk());
  ASSERT_EQ(answer->outcomes_size(), 4);
  EXPECT_THAT(rpc::FromDetails(answer->outcomes(0).refusal()), ReasonIs("ORDER_NOT_FOUND"));
  EXPECT_THAT(rpc::FromDetails(answer->outcomes(1).refusal()), ReasonIs("PATIENT_NOT_FOUND"));
  EXPECT_EQ(answer->outcomes(2).regulation_case().name(), row.name());
  EXPECT_THAT(rpc::FromDetails(answer->outcomes(3).refusal()), ReasonIs("INVALID_RESOURCE_NAME"));
}

TEST_F(CaseReferenceTest, AnOrderIsToldAsItIsNow) {
  const v1::CareOrder order = Ordered();
  v1::CheckBookingsRequest request;
  request.add_checks()->set_care_order(order.name());
  const auto answer = references_.Check(request);
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->outcomes(0).care_order().name(), order.name());
  EXPECT_EQ(answer->outcomes(0).care_order().state(), order.state());
}

TEST_F(CaseReferenceTest, NeitherNoneNorTooMany) {
  v1::CheckBookingsRequest request;
  EXPECT_THAT(references_.Check(request), ReasonIs("INVALID_CHECK_COUNT"));
  for (int i = 0; i < 65; ++i) request.add_checks()->set_care_order("o");
  EXPECT_THAT(references_.Check(request), ReasonIs("INVALID_CHECK_COUNT"));
}

TEST_F(CaseReferenceTest, OnlyServicesAsk) {
  const v1::RegulationCase row = Open();
  for (int role = 1; role <= static_cast<int>(Role::kSpecialisedNurse); ++role) {
    if (static_cast<Role>(role) == Role::kService) continue;
    const base::Actor who = ActorWith(static_cast<Role>(role));
    EXPECT_THAT(references_.Find(row.name(), who), StatusIs(absl::StatusCode::kPermissionDenied))
        << role;
    EXPECT_THAT(references_.Check({}, who), StatusIs(absl::StatusCode::kPermissionDenied)) << role;
  }
}

}  // namespace
}  // namespace sas::regulation
