#include "services/regulation/domain/decision.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "common/care/nomenclature_files.h"
#include "common/testing/status_matchers.h"

namespace sas::regulation {
namespace {

using enum CareLevel;
using base::Role;
using testing::IsOk;
using testing::ReasonIs;

DecisionValue Decision(CareLevel level, std::string code, std::string resource = "",
                       std::string orientation = "", bool transport = false) {
  return {level, std::move(code), std::move(resource), std::move(orientation), "", transport};
}

TEST(Decision, TableOfAllowedCombinations) {
  struct Row {
    const char* code;
    const char* resource;
    const char* orientation;
    const char* levels;  // The levels at which it is allowed.
  };

  const Row rows[] = {
      {"INTER", "SMUR.ADULT", "", "1"},
      {"INTER", "SMUR", "", "1"},
      {"INTER", "LIBERAL.MCS", "", "1"},
      {"INTER", "SIS.SP", "", "12"},
      {"INTER", "SIS", "", "12"},
      {"INTER", "AASC", "", "12"},
      {"INTER", "TSU", "", "2"},
      {"INTER", "LIBERAL.SOS", "", "23"},
      {"INTER", "LIBERAL.MG", "", "23"},
      {"INTER", "", "", ""},
      {"INTER", "FDO.PN", "", ""},
      {"INTER", "SMUR.ADULT", "URGENCES", ""},
      {"ORIENT", "", "URGENCES", "123"},
      {"ORIENT", "", "REA-USI", "12"},
      {"ORIENT", "", "SANTE", "12"},
      {"ORIENT", "LIBERAL.MG", "CABINET", "3"},
      {"ORIENT", "LIBERAL.MMG", "CABINET", "3"},
      {"ORIENT", "", "CABINET", "3"},
      {"ORIENT", "SMUR.ADULT", "CABINET", ""},
      {"ORIENT", "LIBERAL.MG", "AUTRE", "34"},
      {"ORIENT", "", "DOMICILE", "234"},
      {"ORIENT", "", "EPHAD", "234"},
      {"ORIENT", "", "", ""},
      {"CONSEIL", "", "", "4"},
      {"CONSEIL", "SMUR.ADULT", "", ""},
      {"PMT", "", "", "4"},
      {"PMT", "LIBERAL.PHARM", "", "4"},
      {"PMT", "LIBERAL.MG", "", ""},
      {"PASPLUS", "", "", "1234"},
      {"PASPLUS", "FDO.GEND", "", "1234"},
      {"PASPLUS", "LIBERAL.DENT", "", "1234"},
  };
  for (const Row& row : rows) {
    for (const CareLevel level : {kR1, kR2, kR3, kR4}) {
      const char digit = static_cast<char>('0' + static_cast<int>(level));
      const bool allowed = std::string(row.levels).find(digit) != std::string::npos;
      const auto status = CheckDecision(Decision(level, row.code, row.resource, row.orientation),
                                        Role::kRegulatorAmu);
      const std::string where =
          std::string(row.code) + " " + row.resource + " " + row.orientation + " R" + digit;
      if (allowed) {
        EXPECT_THAT(status, IsOk()) << where;
      } else {
        EXPECT_THAT(status, ReasonIs("DECISION_NOT_ALLOWED")) << where;
      }
    }
  }
}

TEST(Decision, UnknownCodesAreNamed) {
  EXPECT_THAT(CheckDecision(Decision(kR4, ""), Role::kRegulatorMg), ReasonIs("UNKNOWN_CODE"));
  EXPECT_THAT(CheckDecision(Decision(kR4, "ADVICE"), Role::kRegulatorMg), ReasonIs("UNKNOWN_CODE"));
  EXPECT_THAT(CheckDecision(Decision(kR1, "INTER", "SMUR.X"), Role::kRegulatorAmu),
              ReasonIs("UNKNOWN_CODE"));
  EXPECT_THAT(CheckDecision(Decision(kR3, "ORIENT", "", "MOON"), Role::kRegulatorMg),
              ReasonIs("UNKNOWN_CODE"));
  DecisionValue late = Decision(kR2, "INTER", "TSU");
  late.delay_code = "3H";
  EXPECT_THAT(CheckDecision(late, Role::kRegulatorMg), ReasonIs("UNKNOWN_CODE"));
  late.delay_code = "2H";
  EXPECT_THAT(CheckDecision(late, Role::kRegulatorMg), IsOk());
}

TEST(Decision, AListOfAFileMustHaveTheCodesOfTheRules) {
  EXPECT_THAT(CheckDecisionCodes(), IsOk());
  std::string directory = ::testing::TempDir() + "decision.XXXXXX";
  ASSERT_NE(::mkdtemp(directory.data()), nullptr);
  for (const char* list : {"type_decision", "type_ressource", "type_orientation", "attribution"}) {
    const std::string path = directory + "/" + list + ".tsv";
    std::ofstream(path) << "# version 2\nNEUF\tNeuf\n";
    ASSERT_THAT(care::UseNomenclatures(directory), IsOk());
    const absl::Status status = CheckDecisionCodes();
    EXPECT_THAT(status, ReasonIs("INVALID_NOMENCLATURE"));
    EXPECT_NE(std::string(status.message()).find(std::string(list) + ".tsv lacks "),
              std::string::npos);
    std::filesystem::remove(path);
  }
  ASSERT_THAT(care::UseNomenclatures(""), IsOk());
  std::filesystem::remove(directory);
}

TEST(Decision, GeneralPractitionerHandsSmurOver) {
  EXPECT_THAT(CheckDecision(Decision(kR1, "INTER", "SMUR.ADULT"), Role::kRegulatorMg),
              ReasonIs("SMUR_NEEDS_AMU"));
  EXPECT_THAT(CheckDecision(Decision(kR1, "INTER", "SIS.SP"), Role::kRegulatorMg), IsOk());
}

TEST(Decision, MissionsAwaitABilan) {
  EXPECT_TRUE(IsMission(Decision(kR1, "INTER", "SMUR.ADULT")));
  EXPECT_TRUE(IsMission(Decision(kR2, "INTER", "TSU")));
  EXPECT_FALSE(IsMission(Decision(kR3, "INTER", "LIBERAL.SOS")));
  EXPECT_FALSE(IsMission(Decision(kR2, "ORIENT", "", "URGENCES")));
  EXPECT_FALSE(IsMission(Decision(kR4, "CONSEIL")));
}

TEST(Decision, OnlyAConsultationLeadsToAnOrder) {
  EXPECT_TRUE(AllowsOrder(Decision(kR3, "ORIENT", "LIBERAL.MG", "CABINET")));
  EXPECT_TRUE(AllowsOrder(Decision(kR4, "ORIENT", "", "AUTRE")));
  EXPECT_TRUE(AllowsOrder(Decision(kR2, "INTER", "LIBERAL.SOS")));
  EXPECT_FALSE(AllowsOrder(Decision(kR4, "CONSEIL")));
  EXPECT_FALSE(AllowsOrder(Decision(kR2, "ORIENT", "", "URGENCES")));
  EXPECT_FALSE(AllowsOrder(Decision(kR1, "INTER", "SMUR.ADULT")));
}

TEST(Decision, AttributionSaysWhoRegulatedForWhom) {
  EXPECT_EQ(AttributionAfter(Role::kRegulatorMg, Filiere::kSnp), "DRM.MRL.MG");
  EXPECT_EQ(AttributionAfter(Role::kRegulatorAmu, Filiere::kAmu), "DRM.MRU.MU");
  EXPECT_EQ(AttributionAfter(Role::kRegulatorAmu, Filiere::kSnp), "DRM.MRL.INDISPMG");
  EXPECT_EQ(AttributionAfter(Role::kRegulatorMg, Filiere::kAmu), "DRM.MRU.INDISPMU");
  EXPECT_EQ(AttributionAfter(Role::kRegulatorMg, Filiere::kPsy), "DRM.SPE.PSY");
}

}  // namespace
}  // namespace sas::regulation
