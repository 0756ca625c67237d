#include "common/rpc/auth.h"

#include <gmock/gmock.h>

#include "common/base/status.h"
#include "common/testing/status_matchers.h"

namespace sas::rpc {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;
using testing::StatusIs;

constexpr char kMethod[] = "/sas.test.v1.TestService/Act";

base::Actor As(base::Role role) {
  base::Actor actor;
  actor.subject = "op-1";
  actor.role = role;
  return actor;
}

TEST(RoleTable, LetsInWhoIsNamed) {
  RoleTable roles;
  roles.Allow(kMethod, {base::Role::kArm, base::Role::kOsnp});
  EXPECT_THAT(roles.Check(kMethod, As(base::Role::kArm)), IsOk());
  EXPECT_THAT(roles.Check(kMethod, As(base::Role::kOsnp)), IsOk());
  EXPECT_TRUE(roles.Knows(kMethod));
}

TEST(RoleTable, NamesTheRolesThatMay) {
  RoleTable roles;
  roles.Allow(kMethod, {base::Role::kArm, base::Role::kOsnp});
  const absl::Status refused = roles.Check(kMethod, As(base::Role::kPartner));
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kPermissionDenied, "ROLE_FORBIDDEN"));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("arm, osnp"));
}

TEST(RoleTable, EntriesAddUp) {
  RoleTable roles;
  roles.Allow(kMethod, {base::Role::kArm});
  roles.Allow(kMethod, {base::Role::kOsnp});
  EXPECT_THAT(roles.Check(kMethod, As(base::Role::kArm)), IsOk());
  EXPECT_THAT(roles.Check(kMethod, As(base::Role::kOsnp)), IsOk());
  EXPECT_EQ(roles.entries().size(), 1u);
}

TEST(RoleTable, H47_DeniesWhatItDoesNotKnow) {
  RoleTable roles;
  EXPECT_FALSE(roles.Knows(kMethod));
  EXPECT_THAT(roles.Check(kMethod, As(base::Role::kService)),
              StatusIs(absl::StatusCode::kPermissionDenied, "ROLE_FORBIDDEN"));
  roles.Allow(kMethod, {});
  EXPECT_THAT(roles.Check(kMethod, As(base::Role::kUnspecified)),
              StatusIs(absl::StatusCode::kPermissionDenied, "ROLE_FORBIDDEN"));
}

TEST(CheckRegion, RefusesOtherRegions) {
  base::Call call;
  call.actor.regions = {"fr-pdl"};
  EXPECT_THAT(CheckRegion(call, "fr-pdl"), IsOk());
  EXPECT_THAT(CheckRegion(call, "fr-bre"),
              StatusIs(absl::StatusCode::kPermissionDenied, "REGION_FORBIDDEN"));
  EXPECT_THAT(CheckRegion(call, "-"),
              StatusIs(absl::StatusCode::kPermissionDenied, "REGION_FORBIDDEN"));
}

}  // namespace
}  // namespace sas::rpc
