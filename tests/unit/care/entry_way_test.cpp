#include "common/care/entry_way.h"

#include <gtest/gtest.h>

namespace sas::care {
namespace {

using base::Role;

base::Actor Who(Role role, const char* entry_point) {
  base::Actor actor;
  actor.subject = "s-1";
  actor.role = role;
  actor.entry_point = entry_point;
  return actor;
}

TEST(EntryWay, TheRoleHasAWayWhereTheCredentialsNameNone) {
  EXPECT_EQ(OwnEntryPoint(Who(Role::kSecretariat, "")), "secretariat");
  EXPECT_EQ(OwnEntryPoint(Who(Role::kEffecteur, "")), "medecin_traitant");
  EXPECT_EQ(OwnEntryPoint(Who(Role::kProfessional, "")), "");
  EXPECT_EQ(OwnEntryPoint(Who(Role::kEffecteur, "local")), "local");
}

TEST(EntryWay, APracticeEntersByItsOwnAndLocally) {
  for (const Role role : {Role::kSecretariat, Role::kEffecteur}) {
    EXPECT_TRUE(EntersBy(Who(role, ""), kLocalEntry));
    EXPECT_FALSE(EntersBy(Who(role, ""), "pharmacie"));
    EXPECT_FALSE(EntersBy(Who(role, "pharmacie"), "pharmacie"));
  }
  EXPECT_TRUE(EntersBy(Who(Role::kEffecteur, ""), "medecin_traitant"));
  EXPECT_FALSE(EntersBy(Who(Role::kProfessional, "idel"), kLocalEntry));
  EXPECT_FALSE(EntersBy(Who(Role::kOsnp, "pharmacie"), "pharmacie"));
  EXPECT_FALSE(EntersBy(Who(Role::kProfessional, ""), ""));
}

TEST(EntryWay, AProfessionHasItsWay) {
  EXPECT_EQ(ProfessionsOf("urgences").size(), 2u);
  EXPECT_EQ(ProfessionsOf("pharmacie").front(), "21");
  EXPECT_TRUE(ProfessionsOf("autre_professionnel").empty());
  EXPECT_TRUE(ProfessionsOf("line_15").empty());
}

TEST(EntryWay, AnEntryIsItsStructuresOrThePersons) {
  base::Actor actor = Who(Role::kProfessional, "pharmacie");
  EXPECT_TRUE(IsOwnEntry(actor, "", "s-1"));
  EXPECT_TRUE(IsOwnEntry(actor, "officine", "s-1")) << "the credentials lost their structure";
  EXPECT_FALSE(IsOwnEntry(actor, "officine", "s-2"));
  EXPECT_FALSE(IsOwnEntry(actor, "", ""));
  actor.organization = "officine";
  EXPECT_TRUE(IsOwnEntry(actor, "officine", "s-2"));
  EXPECT_TRUE(IsOwnEntry(actor, "", "s-1"));
  EXPECT_FALSE(IsOwnEntry(actor, "gare", "s-1")) << "of each structure its own";
}

TEST(EntryWay, AStructureIsOneHoweverItsCredentialsSpellIt) {
  base::Actor actor = Who(Role::kProfessional, "pharmacie");
  for (const char* spelt : {"850000019", "1850000019", "85 000 001 9"}) {
    actor.organization = spelt;
    EXPECT_TRUE(IsOwnEntry(actor, "850000019", "s-2")) << spelt;
    EXPECT_TRUE(IsOwnEntry(actor, "1 850000019", "s-2")) << spelt;
    EXPECT_FALSE(IsOwnEntry(actor, "920000650", "s-1")) << spelt;
  }
  actor.organization = "Structures/Officine ";
  EXPECT_TRUE(IsOwnEntry(actor, "structures/officine", "s-2"));
  actor.organization = " ";
  EXPECT_TRUE(IsOwnEntry(actor, "structures/officine", "s-1")) << "blanks name no structure";
  EXPECT_FALSE(IsOwnEntry(actor, "structures/officine", "s-2"));
}

}  // namespace
}  // namespace sas::care
