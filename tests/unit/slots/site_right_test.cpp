#include "services/slots/domain/site_right.h"

#include <gtest/gtest.h>

namespace sas::slots {
namespace {

using base::Role;

constexpr char kSite[] = "regions/fr-pdl/sites/csnp";
constexpr char kCpts[] = "regions/fr-pdl/structures/cpts";
constexpr char kHospital[] = "regions/fr-pdl/structures/ch";

SiteOwners Owners(std::vector<RightGrant> grants = {}) {
  return {kSite, kCpts, {kHospital}, std::move(grants)};
}

base::Actor Actor(Role role, std::string organization = "") {
  base::Actor actor;
  actor.role = role;
  actor.organization = std::move(organization);
  return actor;
}

TEST(SiteRight, WithoutGrantsTheRoleDecidesAndAPracticeManagesItsOwn) {
  EXPECT_TRUE(MayOnSite(Owners(), Actor(Role::kPlanner), "csnp", Right::kManage));
  EXPECT_TRUE(MayOnSite(Owners(), Actor(Role::kOsnp), "csnp", Right::kBook));
  for (const char* here : {kSite, kCpts, kHospital, "csnp"}) {
    EXPECT_TRUE(MayOnSite(Owners(), Actor(Role::kEffecteur, here), "csnp", Right::kManage)) << here;
  }
  for (const char* elsewhere : {"", "autre", "regions/fr-pdl/structures/msp"}) {
    for (const Role role : {Role::kEffecteur, Role::kSecretariat}) {
      EXPECT_FALSE(MayOnSite(Owners(), Actor(role, elsewhere), "csnp", Right::kManage));
      EXPECT_TRUE(MayOnSite(Owners(), Actor(role, elsewhere), "csnp", Right::kBook));
    }
  }
}

TEST(SiteRight, S2_09_RightsByRoleAndAgenda) {
  const SiteOwners owners = Owners({{"", Role::kSecretariat, "snp", Right::kManage}});
  EXPECT_TRUE(MayOnSite(owners, Actor(Role::kSecretariat), "snp", Right::kManage));
  EXPECT_FALSE(MayOnSite(owners, Actor(Role::kPlanner), "snp", Right::kManage));
  EXPECT_TRUE(MayOnSite(owners, Actor(Role::kPlanner), "autre", Right::kManage));
  EXPECT_FALSE(MayOnSite(owners, Actor(Role::kSecretariat), "autre", Right::kManage));
  // The whole site is not in the hand of who has one agenda, nor of who has none.
  EXPECT_FALSE(MayOnSite(owners, Actor(Role::kSecretariat), "", Right::kManage));
  EXPECT_FALSE(MayOnSite(owners, Actor(Role::kPlanner), "", Right::kManage));
}

TEST(SiteRight, S0_19_TheCptsPlansAndTheHospitalReads) {
  const SiteOwners owners = Owners({{kCpts, Role::kUnspecified, "", Right::kManage},
                                    {kHospital, Role::kUnspecified, "", Right::kRead}});
  EXPECT_TRUE(MayOnSite(owners, Actor(Role::kPlanner, kCpts), "csnp", Right::kManage));
  EXPECT_TRUE(MayOnSite(owners, Actor(Role::kPlanner, kCpts), "", Right::kManage));
  EXPECT_TRUE(MayOnSite(owners, Actor(Role::kSecretariat, kSite), "csnp", Right::kManage));
  EXPECT_FALSE(MayOnSite(owners, Actor(Role::kEffecteur, kHospital), "csnp", Right::kManage));
  EXPECT_FALSE(MayOnSite(owners, Actor(Role::kEffecteur, kHospital), "csnp", Right::kBook));
  EXPECT_TRUE(MayOnSite(owners, Actor(Role::kEffecteur, kHospital), "csnp", Right::kRead));
  EXPECT_FALSE(MayOnSite(owners, Actor(Role::kPlanner), "csnp", Right::kManage));
  // Who is not named books and reads as his role may.
  EXPECT_TRUE(MayOnSite(owners, Actor(Role::kOsnp), "csnp", Right::kBook));
}

TEST(SiteRight, S2_09_OnceReadIsGivenByNameReadingIsByName) {
  const SiteOwners owners = Owners({{"", Role::kSecretariat, "", Right::kRead}});
  ASSERT_TRUE(ReadsByName(owners));
  EXPECT_TRUE(MayOnSite(owners, Actor(Role::kSecretariat), "csnp", Right::kRead));
  EXPECT_FALSE(MayOnSite(owners, Actor(Role::kSecretariat), "csnp", Right::kBook));
  for (const Right right : {Right::kRead, Right::kBook}) {
    EXPECT_FALSE(MayOnSite(owners, Actor(Role::kProfessional), "csnp", right));
    EXPECT_FALSE(MayOnSite(owners, Actor(Role::kPartner), "", right));
    EXPECT_TRUE(MayOnSite(owners, Actor(Role::kProfessional, kHospital), "csnp", right));
    for (const Role role : {Role::kArm, Role::kRegulatorAmu, Role::kRegulatorMg, Role::kOsnp,
                            Role::kSupervisor, Role::kService}) {
      EXPECT_TRUE(MayOnSite(owners, Actor(role), "csnp", right));
    }
  }
  // MANAGE and BOOK close nothing to who reads.
  const SiteOwners managed = Owners({{kCpts, Role::kUnspecified, "", Right::kManage}});
  EXPECT_FALSE(ReadsByName(managed));
  EXPECT_TRUE(MayOnSite(managed, Actor(Role::kProfessional), "csnp", Right::kRead));
}

TEST(SiteRight, S2_09_APlannerWhoMayManageReads) {
  const SiteOwners open = Owners({{kHospital, Role::kUnspecified, "", Right::kRead}});
  ASSERT_TRUE(MayOnSite(open, Actor(Role::kPlanner), "csnp", Right::kManage));
  EXPECT_TRUE(MayOnSite(open, Actor(Role::kPlanner), "csnp", Right::kRead));
  EXPECT_TRUE(MayReadAny(open, {Role::kPlanner, ""}));
  EXPECT_FALSE(MayReadAny(open, {Role::kEffecteur, ""}));
  // The CPTS plans: another coordinator neither manages nor reads.
  const SiteOwners kept = Owners({{kHospital, Role::kUnspecified, "", Right::kRead},
                                  {kCpts, Role::kUnspecified, "", Right::kManage}});
  EXPECT_FALSE(MayOnSite(kept, Actor(Role::kPlanner), "csnp", Right::kManage));
  EXPECT_FALSE(MayOnSite(kept, Actor(Role::kPlanner), "csnp", Right::kRead));
  EXPECT_TRUE(MayOnSite(kept, Actor(Role::kPlanner, kCpts), "csnp", Right::kRead));
}

TEST(SiteRight, S2_09_ReadingByNameIsOfAnAgenda) {
  const SiteOwners owners = Owners({{kHospital, Role::kUnspecified, "", Right::kRead},
                                    {"", Role::kProfessional, "snp", Right::kRead}});
  const Asker professional{Role::kProfessional, ""};
  EXPECT_TRUE(MayRead(owners, professional, "snp"));
  EXPECT_FALSE(MayRead(owners, professional, "csnp"));
  EXPECT_FALSE(MayRead(owners, professional, ""));
  EXPECT_TRUE(MayReadAny(owners, professional));
  EXPECT_FALSE(MayReadAny(owners, {Role::kSecretariat, ""}));
  // Nobody in particular: a service that judges for an order.
  EXPECT_TRUE(MayReadAny(owners, {}));
  EXPECT_TRUE(MayRead(owners, {}, "csnp"));
}

TEST(SiteRight, BothStructureAndRoleMustFit) {
  const SiteOwners owners = Owners({{kHospital, Role::kEffecteur, "", Right::kBook}});
  EXPECT_TRUE(MayOnSite(owners, Actor(Role::kEffecteur, kHospital), "csnp", Right::kBook));
  EXPECT_FALSE(MayOnSite(owners, Actor(Role::kEffecteur, kHospital), "csnp", Right::kManage));
  // Nobody has been given MANAGE: it stays with the roles.
  EXPECT_TRUE(MayOnSite(owners, Actor(Role::kPlanner, kHospital), "csnp", Right::kManage));
}

}  // namespace
}  // namespace sas::slots
