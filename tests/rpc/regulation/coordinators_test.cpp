#include "tests/rpc/regulation/regulation_fixture.h"

// The directory of coordinators.
namespace sas::regulation {
namespace {

using testing::IsOk;
using testing::ReasonIs;
using ::testing::SizeIs;
using testing::StatusIs;
using Coordinators = v1::CoordinatorService::Stub;

class CoordinatorTest : public RegulationTest {
 protected:
  const base::Actor supervisor_ = testing::ActorWith(base::Role::kSupervisor, "sup-1");
};

TEST_F(CoordinatorTest, S1_20_PrivateContactsAreForThoseWhoCallThem) {
  v1::PutCoordinatorRequest put;
  v1::Coordinator& row = *put.mutable_coordinator();
  row.set_name("regions/fr-pdl/coordinators/sas-85");
  row.set_function(v1::Coordinator::FUNCTION_SAS);
  row.set_territory("85");
  row.set_display_name("Coordination du SAS 85");
  row.set_phone_number("+33199000042");
  row.set_email_address("coordination@sas85.example");
  EXPECT_THAT(AskOn(coordinators_, mru_, &Coordinators::PutCoordinator, put),
              ReasonIs("ROLE_FORBIDDEN"));
  const auto written = AskOn(coordinators_, supervisor_, &Coordinators::PutCoordinator, put);
  ASSERT_THAT(written, IsOk());
  EXPECT_THAT(AskOn(coordinators_, supervisor_, &Coordinators::PutCoordinator, put),
              ReasonIs("ETAG_REQUIRED"));
  v1::GetCoordinatorRequest get;
  get.set_name(row.name());
  using base::Role;
  for (const Role role :
       {Role::kSupervisor, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kPlanner}) {
    const auto seen =
        AskOn(coordinators_, testing::ActorWith(role), &Coordinators::GetCoordinator, get);
    ASSERT_THAT(seen, IsOk());
    EXPECT_EQ(seen->phone_number(), "+33199000042");
    EXPECT_FALSE(seen->private_withheld());
  }
  v1::ListCoordinatorsRequest list;
  list.set_parent("regions/fr-pdl");
  list.set_territory("85");
  for (const Role role : {Role::kArm, Role::kOsnp, Role::kSecretariat, Role::kEffecteur,
                          Role::kSteering, Role::kReferent, Role::kOperations}) {
    const auto seen =
        AskOn(coordinators_, testing::ActorWith(role), &Coordinators::ListCoordinators, list);
    ASSERT_THAT(seen, IsOk());
    ASSERT_THAT(seen->coordinators(), SizeIs(1));
    EXPECT_EQ(seen->coordinators(0).display_name(), "Coordination du SAS 85");
    EXPECT_TRUE(seen->coordinators(0).private_withheld());
    EXPECT_EQ(seen->SerializeAsString().find("99000042"), std::string::npos);
    EXPECT_EQ(seen->SerializeAsString().find("sas85.example"), std::string::npos);
  }
  put.mutable_coordinator()->clear_function();
  EXPECT_THAT(AskOn(coordinators_, supervisor_, &Coordinators::PutCoordinator, put),
              ReasonIs("FUNCTION_REQUIRED"));
  v1::RemoveCoordinatorRequest remove;
  remove.set_name(row.name());
  remove.set_etag(written->etag());
  ASSERT_THAT(AskOn(coordinators_, supervisor_, &Coordinators::RemoveCoordinator, remove), IsOk());
  EXPECT_THAT(AskOn(coordinators_, supervisor_, &Coordinators::GetCoordinator, get),
              StatusIs(absl::StatusCode::kNotFound, "COORDINATOR_NOT_FOUND"));
}

}  // namespace
}  // namespace sas::regulation
