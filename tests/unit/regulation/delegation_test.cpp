#include "services/regulation/domain/delegation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/testing/status_matchers.h"
#include "tests/unit/regulation/protocols.h"

namespace sas::regulation {
namespace {

using base::Role;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::StatusIs;

// Follow-up of wounds and of a cough in adults: nurses of the profession 60, and an assistant for
// the weight.
Protocol Delegation() {
  Protocol protocol = FeverProtocol();
  protocol.kind = ProtocolKind::kDelegation;
  protocol.questions.clear();
  protocol.rules.clear();
  protocol.otherwise.reset();
  protocol.motif_codes.clear();
  protocol.audience = {};
  DelegatedAct follow;
  follow.code = "SUIVI_PLAIE";
  follow.label = "Surveillance d’une plaie";
  follow.motif_codes = {"M02.06", "M02.07"};
  follow.audience.age_min = {18, care::AgeUnit::kYear};
  follow.roles = {Role::kSpecialisedNurse, Role::kCoordinatingNurse};
  follow.profession_codes = {"60"};
  DelegatedAct weight;
  weight.code = "POIDS";
  weight.label = "Peser";
  weight.roles = {Role::kMedicalAssistant};
  protocol.delegated_acts = {follow, weight};
  return protocol;
}

base::Actor Who(Role role, const std::string& profession = "60") {
  base::Actor actor;
  actor.subject = "someone";
  actor.role = role;
  actor.profession = profession;
  return actor;
}

Facts Of(int years, const std::string& motif = "M02.06") {
  Facts facts;
  facts.age = care::Age{years, care::AgeUnit::kYear};
  facts.motif_code = motif;
  return facts;
}

struct Row {
  const char* what;
  const char* act;
  base::Actor actor;
  Facts facts;
  const char* why;  // Empty: allowed.
};

std::string NameOf(const ::testing::TestParamInfo<Row>& info) {
  return info.param.what;
}

class Closing : public ::testing::TestWithParam<Row> {};

INSTANTIATE_TEST_SUITE_P(
    Table, Closing,
    ::testing::Values(
        Row{"nurse", "SUIVI_PLAIE", Who(Role::kSpecialisedNurse), Of(40), ""},
        Row{"coordinating_nurse", "SUIVI_PLAIE", Who(Role::kCoordinatingNurse), Of(40, "M02.07"),
            ""},
        Row{"youngest", "SUIVI_PLAIE", Who(Role::kSpecialisedNurse), Of(18), ""},
        Row{"too_young", "SUIVI_PLAIE", Who(Role::kSpecialisedNurse), Of(17), "PATIENT"},
        Row{"age_not_known", "SUIVI_PLAIE", Who(Role::kSpecialisedNurse),
            Facts{std::nullopt, std::nullopt, "M02.06"}, "PATIENT"},
        Row{"other_motif", "SUIVI_PLAIE", Who(Role::kSpecialisedNurse), Of(40, "M03.14"), "MOTIF"},
        Row{"motif_not_asked", "SUIVI_PLAIE", Who(Role::kSpecialisedNurse), Of(40, "M07.00"),
            "MOTIF"},
        Row{"motif_unknown", "SUIVI_PLAIE", Who(Role::kSpecialisedNurse), Of(40, ""), "MOTIF"},
        Row{"assistant", "SUIVI_PLAIE", Who(Role::kMedicalAssistant), Of(40), "ROLE"},
        Row{"secretariat", "SUIVI_PLAIE", Who(Role::kSecretariat), Of(40), "ROLE"},
        Row{"profession", "SUIVI_PLAIE", Who(Role::kSpecialisedNurse, "70"), Of(40), "PROFESSION"},
        Row{"no_profession", "SUIVI_PLAIE", Who(Role::kSpecialisedNurse, ""), Of(40), "PROFESSION"},
        Row{"unknown_act", "SUTURE", Who(Role::kSpecialisedNurse), Of(40), "ACT"},
        Row{"any_motif", "POIDS", Who(Role::kMedicalAssistant, ""), Of(2, "M03.14"), ""},
        Row{"but_vital", "POIDS", Who(Role::kMedicalAssistant, ""), Of(2, "M03.06"), "MOTIF"}),
    NameOf);

TEST_P(Closing, S3_20_OnlyWhatTheProtocolLeavesToThem) {
  const absl::Status status =
      CheckActClosed(Delegation(), GetParam().act, GetParam().actor, GetParam().facts);
  if (*GetParam().why == '\0') {
    EXPECT_THAT(status, IsOk());
    return;
  }
  ASSERT_THAT(status, StatusIs(absl::StatusCode::kPermissionDenied, "ACT_NOT_DELEGATED"));
  EXPECT_THAT(base::DetailOf(status).metadata,
              Contains(std::pair<std::string, std::string>("why", GetParam().why)));
}

TEST(DelegatedActs, S3_20_ARefusalNamesWhoMay) {
  const absl::Status status =
      CheckActClosed(Delegation(), "SUIVI_PLAIE", Who(Role::kSecretariat), Of(40));
  EXPECT_THAT(base::DetailOf(status).metadata,
              Contains(std::pair<std::string, std::string>(
                  "who", "médecin, specialised_nurse, coordinating_nurse (60)")));
}

TEST(DelegatedActs, S3_20_TheProtocolsOwnMotifsAndAgesBoundEachAct) {
  Protocol protocol = Delegation();
  protocol.audience.age_max = {70, care::AgeUnit::kYear};
  protocol.motif_codes = {"M02.06"};
  const base::Actor nurse = Who(Role::kSpecialisedNurse);
  EXPECT_THAT(CheckActClosed(protocol, "SUIVI_PLAIE", nurse, Of(70)), IsOk());
  EXPECT_FALSE(CheckActClosed(protocol, "SUIVI_PLAIE", nurse, Of(71)).ok());
  EXPECT_FALSE(CheckActClosed(protocol, "SUIVI_PLAIE", nurse, Of(40, "M02.07")).ok());
}

TEST(DelegatedActs, S3_20_IsAskedOnlyOfThoseWhoMayCloseIt) {
  EXPECT_THAT(CheckActAsked(Delegation(), "SUIVI_PLAIE", Role::kSpecialisedNurse), IsOk());
  EXPECT_THAT(CheckActAsked(Delegation(), "SUIVI_PLAIE", Role::kRegulatorMg), IsOk());
  EXPECT_THAT(CheckActAsked(Delegation(), "SUIVI_PLAIE", Role::kEffecteur), IsOk());
  EXPECT_FALSE(CheckActAsked(Delegation(), "SUIVI_PLAIE", Role::kMedicalAssistant).ok());
  EXPECT_FALSE(CheckActAsked(Delegation(), "SUTURE", Role::kSpecialisedNurse).ok());
}

TEST(DelegatedActs, S3_20_ADoctorIsARegulatorOrHasTheProfession) {
  EXPECT_TRUE(IsDoctor(Who(Role::kRegulatorAmu, "")));
  EXPECT_TRUE(IsDoctor(Who(Role::kEffecteur, "10")));
  EXPECT_FALSE(IsDoctor(Who(Role::kEffecteur, "")));
  EXPECT_FALSE(IsDoctor(Who(Role::kArm, "")));
}

using Found = std::pair<std::string, std::string>;

std::vector<Found> Check(const Protocol& protocol) {
  std::vector<Found> found;
  for (const ProtocolFault& fault : CheckProtocol(protocol, care::TestIdentities::kAccept)) {
    found.emplace_back(fault.field, fault.reason);
  }
  return found;
}

struct Bad {
  const char* what;
  std::function<void(Protocol&)> change;
  const char* field;
  const char* reason;
};

std::string NameOfBad(const ::testing::TestParamInfo<Bad>& info) {
  return info.param.what;
}

class BadDelegation : public ::testing::TestWithParam<Bad> {};

const std::vector<Bad> kBad{
    {"no_act", [](auto& p) { p.delegated_acts.clear(); }, "delegated_acts",
     "DELEGATED_ACT_REQUIRED"},
    {"too_many",
     [](auto& p) {
       while (p.delegated_acts.size() <= kDelegatedActsMax) {
         p.delegated_acts.push_back(p.delegated_acts.back());
       }
     },
     "delegated_acts", "TOO_MANY_ITEMS"},
    {"code", [](auto& p) { p.delegated_acts[0].code = "suivi"; }, "delegated_acts[0].code",
     "INVALID_ID"},
    {"code_long", [](auto& p) { p.delegated_acts[0].code.assign(41, 'A'); },
     "delegated_acts[0].code", "INVALID_ID"},
    {"code_twice", [](auto& p) { p.delegated_acts[1].code = "SUIVI_PLAIE"; },
     "delegated_acts[1].code", "ID_TWICE"},
    {"label", [](auto& p) { p.delegated_acts[0].label.clear(); }, "delegated_acts[0].label",
     "TEXT_REQUIRED"},
    {"label_long", [](auto& p) { p.delegated_acts[0].label.assign(121, 'a'); },
     "delegated_acts[0].label", "TEXT_TOO_LONG"},
    {"motif", [](auto& p) { p.delegated_acts[0].motif_codes[1] = "M99.99"; },
     "delegated_acts[0].motif_codes[1]", "UNKNOWN_CODE"},
    {"vital_motif", [](auto& p) { p.delegated_acts[0].motif_codes[0] = "M03.06"; },
     "delegated_acts[0].motif_codes[0]", "VITAL_MOTIF_DELEGATED"},
    {"vital_protocol", [](auto& p) { p.motif_codes = {"M03.06"}; }, "motif_codes[0]",
     "VITAL_MOTIF_DELEGATED"},
    {"age", [](auto& p) { p.delegated_acts[1].audience.age_min.value = 6; },
     "delegated_acts[1].audience.age_min", "INVALID_AGE"},
    {"no_role", [](auto& p) { p.delegated_acts[0].roles.clear(); }, "delegated_acts[0].roles",
     "ROLE_REQUIRED"},
    {"role", [](auto& p) { p.delegated_acts[0].roles[1] = Role::kArm; },
     "delegated_acts[0].roles[1]", "ROLE_NOT_DELEGABLE"},
    {"role_twice", [](auto& p) { p.delegated_acts[0].roles[1] = Role::kSpecialisedNurse; },
     "delegated_acts[0].roles[1]", "ID_TWICE"},
    {"profession", [](auto& p) { p.delegated_acts[0].profession_codes[0] = "IDE"; },
     "delegated_acts[0].profession_codes[0]", "UNKNOWN_CODE"},
    {"question", [](auto& p) { p.questions = FeverProtocol().questions; }, "questions",
     "QUESTION_NOT_ASKED"},
    {"rule", [](auto& p) { p.otherwise = FeverProtocol().otherwise; }, "rules",
     "QUESTION_NOT_ASKED"},
    {"unsigned", [](auto& p) { p.signatory.reset(); }, "signatory", "SIGNATORY_REQUIRED"},
};

INSTANTIATE_TEST_SUITE_P(Table, BadDelegation, ::testing::ValuesIn(kBad), NameOfBad);

TEST_P(BadDelegation, S3_20_IsRefusedWhereItIsWrong) {
  Protocol protocol = Delegation();
  GetParam().change(protocol);
  EXPECT_THAT(Check(protocol), Contains(Found(GetParam().field, GetParam().reason)));
}

TEST(DelegatedActs, S3_20_ASoundOneHasNoFault) {
  EXPECT_THAT(Check(Delegation()), IsEmpty());
}

TEST(DelegatedActs, S3_20_NoOtherKindNamesActs) {
  Protocol protocol = FeverProtocol();
  protocol.delegated_acts = Delegation().delegated_acts;
  EXPECT_THAT(Check(protocol), Contains(Found("delegated_acts", "DELEGATED_ACT_FORBIDDEN")));
}

}  // namespace
}  // namespace sas::regulation
