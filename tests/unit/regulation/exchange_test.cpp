#include "services/regulation/domain/exchange.h"

#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"

namespace sas::regulation {
namespace {

using base::Role;
using testing::IsOk;
using testing::ReasonIs;

TEST(Exchange, S3_15_AMessageIsForARoleAStructureOrARoleOfAStructure) {
  const ExchangeReader osnp{"osnp-1", Role::kOsnp, ""};
  const ExchangeReader doctor{"dr-1", Role::kEffecteur, "terrain"};
  const ExchangeReader secretary{"sec-1", Role::kSecretariat, "terrain"};
  const ExchangeReader other{"dr-2", Role::kEffecteur, "ailleurs"};

  struct Row {
    Addressee audience;
    bool osnp, doctor, secretary, other;
  };

  const Row rows[] = {{{}, false, false, false, false},
                      {{Role::kOsnp, "", ""}, true, false, false, false},
                      {{Role::kEffecteur, "terrain", ""}, false, true, false, false},
                      {{Role::kUnspecified, "terrain", ""}, false, true, true, false},
                      {{Role::kUnspecified, "", "osnp-1"}, true, false, false, false},
                      {{Role::kUnspecified, "", "dr-2"}, false, false, false, true}};
  for (const Row& row : rows) {
    EXPECT_EQ(IsAddressed(row.audience, osnp), row.osnp);
    EXPECT_EQ(IsAddressed(row.audience, doctor), row.doctor);
    EXPECT_EQ(IsAddressed(row.audience, secretary), row.secretary);
    EXPECT_EQ(IsAddressed(row.audience, other), row.other);
  }
}

TEST(Exchange, AStructureIsOneHoweverItsCredentialsSpellIt) {
  const ExchangeReader doctor{"dr-1", Role::kEffecteur, "1850000019"};
  EXPECT_TRUE(IsAddressed({Role::kEffecteur, "85 000 001 9", ""}, doctor));
  EXPECT_TRUE(IsAddressed({Role::kUnspecified, "850000019", ""}, doctor));
  EXPECT_FALSE(IsAddressed({Role::kUnspecified, "920000650", ""}, doctor));
  // Blanks name no structure.
  EXPECT_FALSE(IsAddressed({Role::kEffecteur, " ", ""}, {"dr-1", Role::kEffecteur, " "}));
  EXPECT_THAT(CheckAudience({Role::kEffecteur, " ", ""}, "a"), ReasonIs("AUDIENCE_TOO_WIDE"));
  EXPECT_THAT(CheckAudience({Role::kOsnp, " ", ""}, "a"), ReasonIs("AUDIENCE_REQUIRED"));
  EXPECT_THAT(CheckAudience({Role::kUnspecified, " ", ""}, "a"), ReasonIs("AUDIENCE_REQUIRED"));
}

TEST(Exchange, NobodyWhoReadsNoClinicalContentIsWrittenTo) {
  for (const Role role : {Role::kSteering, Role::kOperations, Role::kPlanner, Role::kPartner,
                          Role::kService, Role::kReferent}) {
    EXPECT_THAT(CheckAudience({role, "terrain", ""}, "a"), ReasonIs("AUDIENCE_FORBIDDEN"));
  }
  for (const Role role :
       {Role::kEffecteur, Role::kSecretariat, Role::kProfessional, Role::kCoordinatingNurse,
        Role::kMedicalAssistant, Role::kSpecialisedNurse}) {
    EXPECT_THAT(CheckAudience({role, "", ""}, "a"), ReasonIs("AUDIENCE_TOO_WIDE"));
    EXPECT_THAT(CheckAudience({role, "terrain", ""}, "a"), IsOk());
  }
  for (const Role role : {Role::kArm, Role::kOsnp, Role::kRegulatorMg, Role::kSupervisor}) {
    EXPECT_THAT(CheckAudience({role, "", ""}, "a"), IsOk());
  }
  EXPECT_THAT(CheckAudience({Role::kUnspecified, "terrain", ""}, "a"), IsOk());
}

TEST(Exchange, HowFarEachRoleSees) {
  struct Row {
    Role role;
    ExchangeSight of_others, of_own;
  };

  const Row rows[] = {{Role::kRegulatorMg, ExchangeSight::kAll, ExchangeSight::kAll},
                      {Role::kArm, ExchangeSight::kAll, ExchangeSight::kAll},
                      {Role::kSupervisor, ExchangeSight::kAll, ExchangeSight::kAll},
                      {Role::kOsnp, ExchangeSight::kShared, ExchangeSight::kShared},
                      {Role::kEffecteur, ExchangeSight::kAddressed, ExchangeSight::kShared},
                      {Role::kProfessional, ExchangeSight::kAddressed, ExchangeSight::kShared},
                      {Role::kSpecialisedNurse, ExchangeSight::kAddressed, ExchangeSight::kShared},
                      {Role::kSteering, ExchangeSight::kAddressed, ExchangeSight::kAddressed}};
  for (const Row& row : rows) {
    EXPECT_EQ(SightOf(row.role, false), row.of_others) << base::RoleName(row.role);
    EXPECT_EQ(SightOf(row.role, true), row.of_own) << base::RoleName(row.role);
  }
}

TEST(Exchange, S3_10_ASecureMessageMovesForward) {
  using State = ExchangeState;
  for (const State from : {State::kUnspecified, State::kNoted, State::kSent, State::kReceived,
                           State::kRead, State::kFailed, State::kRequested, State::kAnswered}) {
    for (const State to : {State::kUnspecified, State::kSent, State::kReceived, State::kRead,
                           State::kFailed, State::kAnswered}) {
      const bool moves = (from == State::kSent && (to == State::kRead || to == State::kFailed)) ||
                         (from == State::kReceived && to == State::kRead) ||
                         (from == State::kFailed && to == State::kSent);
      EXPECT_EQ(CheckMssanteMove(from, to).ok(), moves)
          << static_cast<int>(from) << ">" << static_cast<int>(to);
    }
  }
  EXPECT_THAT(CheckMssanteMove(State::kRead, State::kSent), ReasonIs("EXCHANGE_STATE_FORBIDS"));
}

TEST(Exchange, ANewOneBeginsByItsKind) {
  EXPECT_THAT(CheckNewState(ExchangeKind::kPhone, ExchangeState::kUnspecified), IsOk());
  EXPECT_THAT(CheckNewState(ExchangeKind::kMessage, ExchangeState::kRead),
              ReasonIs("OUTPUT_ONLY_FIELD"));
  EXPECT_THAT(CheckNewState(ExchangeKind::kMssante, ExchangeState::kSent), IsOk());
  EXPECT_THAT(CheckNewState(ExchangeKind::kMssante, ExchangeState::kReceived), IsOk());
  EXPECT_THAT(CheckNewState(ExchangeKind::kMssante, ExchangeState::kUnspecified),
              ReasonIs("STATE_REQUIRED"));
  for (const ExchangeKind kind :
       {ExchangeKind::kUnspecified, ExchangeKind::kClickToCall, ExchangeKind::kExpertise}) {
    EXPECT_THAT(CheckNewState(kind, ExchangeState::kUnspecified), ReasonIs("KIND_FORBIDDEN"));
  }
}

TEST(Exchange, AReferenceIsPrintableAndBounded) {
  EXPECT_THAT(CheckMssanteReference("<a.1@medecin.essai.mssante.fr>", "r"), IsOk());
  EXPECT_THAT(CheckMssanteReference(std::string(200, 'x'), "r"), IsOk());
  for (const std::string& reference : {std::string(), std::string(201, 'x'), std::string("a b"),
                                       std::string("é"), std::string("a\nb")}) {
    EXPECT_THAT(CheckMssanteReference(reference, "r"), ReasonIs("INVALID_REFERENCE"));
  }
}

TEST(Exchange, S3_16_ALinkCarriesTheReferenceAndNothingOfThePatient) {
  const std::string text = "https://omnidoc.example/d?ref={case_ref}&sp={specialty}";
  ASSERT_THAT(CheckLinkTemplate(text), IsOk());
  EXPECT_EQ(LinkOf(text, "0a1b", "SM15"), "https://omnidoc.example/d?ref=0a1b&sp=SM15");
  EXPECT_THAT(CheckLinkTemplate("https://x.example/{case_ref}"), IsOk());
  EXPECT_THAT(CheckLinkTemplate("http://127.0.0.1:80/{case_ref}"), IsOk());
  for (const char* wrong :
       {"", "https://x.example/", "http://x.example/{case_ref}", "ftp://x.example/{case_ref}",
        "https://x.example/{case_ref}/{case_ref}", "https://x.example/{case_ref}?n={family_name}",
        "https://x.example/{case_ref}?a={specialty}&b={specialty}", "https://x.example/ {case_ref}",
        "https://x.example/{case_ref}{"}) {
    EXPECT_THAT(CheckLinkTemplate(wrong), ReasonIs("INVALID_LINK_TEMPLATE")) << wrong;
  }
  EXPECT_THAT(CheckSpecialty("SM15", "s"), IsOk());
  for (const char* wrong : {"", "SM 15", "SM15&x", "../x", "12345678901234567"}) {
    EXPECT_THAT(CheckSpecialty(wrong, "s"), ReasonIs("INVALID_SPECIALTY")) << wrong;
  }
  EXPECT_THAT(CheckResultId(std::string(64, 'r'), "s"), IsOk());
  EXPECT_THAT(CheckResultId(std::string(65, 'r'), "s"), ReasonIs("INVALID_REFERENCE"));
}

TEST(Exchange, S3_16_PausesGrowAndEnd) {
  std::chrono::seconds all{};
  std::chrono::seconds before{};
  for (int attempts = 1; attempts < kExpertiseAttemptsMax; ++attempts) {
    const auto pause = PauseAfter(attempts);
    ASSERT_TRUE(pause) << attempts;
    EXPECT_GE(*pause, before);
    EXPECT_LE(*pause, std::chrono::minutes(5));
    before = *pause;
    all += *pause;
  }
  EXPECT_EQ(PauseAfter(1), std::chrono::seconds(2));
  EXPECT_EQ(before, std::chrono::minutes(5));
  EXPECT_LT(all, std::chrono::minutes(30));
  EXPECT_FALSE(PauseAfter(kExpertiseAttemptsMax));
}

}  // namespace
}  // namespace sas::regulation
