#include "services/regulation/domain/mission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "common/care/nomenclature.h"
#include "common/testing/status_matchers.h"

namespace sas::regulation {
namespace {

using std::chrono::minutes;
using testing::IsOk;
using testing::ReasonIs;

constexpr base::Instant kStart{std::chrono::hours(500'000)};

/// The way so far, a minute apart.
std::vector<MissionStep> Way(const std::vector<std::string>& statuses) {
  std::vector<MissionStep> steps;
  for (const std::string& status : statuses) {
    steps.push_back({status, kStart + minutes(static_cast<int>(steps.size()))});
  }
  return steps;
}

absl::Status Next(const std::vector<std::string>& statuses, const std::string& status) {
  const auto at = kStart + minutes(30);
  return CheckMissionStep(Way(statuses), {status, at}, at);
}

TEST(Mission, TheWholeWayOfTheNationalListIsWalked) {
  std::vector<std::string> way{"DECISION"};
  for (const char* status :
       {"DECLENCHE", "DEPART", "ARRIVEE", "PEC", "ORIENTAT", "TRANSP", "ETAPE1", "TRANSP2",
        "ETAPE2", "TRANSP3", "DESTIN", "FINPEC", "RETOUR", "RET-BASE", "REN-BASE"}) {
    EXPECT_THAT(Next(way, status), IsOk()) << status;
    way.emplace_back(status);
  }
  // With DECISION, BILAN and ANNULE these are all that the list has.
  EXPECT_EQ(way.size() + 2, care::MissionStatuses().size());
}

TEST(Mission, AStepMayBeLeftOutAndNoneIsTakenBack) {
  EXPECT_THAT(Next({"DECISION"}, "ARRIVEE"), IsOk());
  EXPECT_THAT(Next({"DECISION", "ARRIVEE"}, "DEPART"), ReasonIs("MISSION_STATUS_ORDER"));
  EXPECT_THAT(Next({"DECISION", "ARRIVEE"}, "ARRIVEE"), ReasonIs("MISSION_STATUS_ORDER"));
  // A bilan stands beside the way.
  EXPECT_THAT(Next({"DECISION", "BILAN"}, "ARRIVEE"), IsOk());
}

TEST(Mission, WhatOtherActsMakeIsNotEntered) {
  EXPECT_THAT(Next({"DECISION"}, "BILAN"), ReasonIs("MISSION_STATUS_RESERVED"));
  EXPECT_THAT(Next({"DECISION"}, "DECISION"), ReasonIs("MISSION_STATUS_RESERVED"));
  EXPECT_THAT(Next({"DECISION"}, "GARE"), ReasonIs("UNKNOWN_CODE"));
}

TEST(Mission, ATeamIsCalledBackBeforeItHasThePatient) {
  EXPECT_THAT(Next({"DECISION", "ARRIVEE"}, "ANNULE"), IsOk());
  EXPECT_THAT(Next({"DECISION", "PEC"}, "ANNULE"), ReasonIs("MISSION_STATUS_ORDER"));
  EXPECT_THAT(Next({"DECISION", "ANNULE"}, "ANNULE"), ReasonIs("MISSION_STATUS_ORDER"));
  EXPECT_THAT(Next({"DECISION", "ANNULE"}, "ARRIVEE"), ReasonIs("MISSION_STATUS_ORDER"));
  EXPECT_THAT(Next({"DECISION", "ANNULE"}, "RET-BASE"), IsOk());
}

TEST(Mission, NoHourIsInTheFutureOrBeforeTheOneBefore) {
  const auto way = Way({"DECISION", "DEPART"});
  const auto now = kStart + minutes(10);
  EXPECT_THAT(CheckMissionStep(way, {"ARRIVEE", now}, now), IsOk());
  EXPECT_THAT(CheckMissionStep(way, {"ARRIVEE", way.back().at}, now), IsOk());
  EXPECT_THAT(CheckMissionStep(way, {"ARRIVEE", now + minutes(1)}, now),
              ReasonIs("INVALID_MISSION_TIME"));
  EXPECT_THAT(CheckMissionStep(way, {"ARRIVEE", kStart}, now), ReasonIs("INVALID_MISSION_TIME"));
}

struct Stand {
  std::vector<std::string> way;
  bool awaits;
  bool ended;
};

TEST(Mission, WhatItOwesFollowsFromItsWay) {
  const std::vector<Stand> table{
      {{"DECISION"}, true, false},
      {{"DECISION", "DECLENCHE", "PEC"}, true, false},
      {{"DECISION", "BILAN"}, false, true},  // Nobody follows its way.
      {{"DECISION", "DECLENCHE", "BILAN"}, false, true},
      {{"DECISION", "PEC", "BILAN"}, false, false},  // Somebody does: the patient is on the road.
      {{"DECISION", "PEC", "BILAN", "DESTIN"}, false, false},
      {{"DECISION", "PEC", "BILAN", "FINPEC"}, false, true},
      {{"DECISION", "PEC", "FINPEC"}, true, true},  // Back, and the bilan is still owed.
      {{"DECISION", "ANNULE"}, false, true},
  };
  for (const Stand& stand : table) {
    const auto way = Way(stand.way);
    EXPECT_EQ(AwaitsBilan(way), stand.awaits) << stand.way.back();
    EXPECT_EQ(HasEnded(way), stand.ended) << stand.way.back();
  }
}

TEST(Mission, AVitalSignIsWhatALivingBodyCanHave) {
  for (const auto& [code, value] :
       std::vector<std::pair<const char*, const char*>>{{"GLASGOW", "3"},
                                                        {"GLASGOW", "15"},
                                                        {"TEMPERATURE", "36.8"},
                                                        {"PRESSION_ARTERIELLE", "120/80"},
                                                        {"SATURATION_OXYGENE", "100"},
                                                        {"HEMOGLOCOTEST", "0.4"},
                                                        {"FREQUENCE_CARDIAQUE", "0"},
                                                        {"FREQUENCE_RESPIRATOIRE", "16"}}) {
    EXPECT_THAT(CheckVitalSign(code, value, "f"), IsOk()) << code << value;
  }
  for (const auto& [code, value] :
       std::vector<std::pair<const char*, const char*>>{{"GLASGOW", "2"},
                                                        {"GLASGOW", "16"},
                                                        {"GLASGOW", ""},
                                                        {"GLASGOW", "15/15"},
                                                        {"TEMPERATURE", "36,8"},
                                                        {"PRESSION_ARTERIELLE", "120"},
                                                        {"PRESSION_ARTERIELLE", "80/120"},
                                                        {"PRESSION_ARTERIELLE", "/"},
                                                        {"SATURATION_OXYGENE", "101"},
                                                        {"FREQUENCE_CARDIAQUE", "nan"},
                                                        {"FREQUENCE_CARDIAQUE", "-1"}}) {
    EXPECT_THAT(CheckVitalSign(code, value, "f"), ReasonIs("VITAL_SIGN_OUT_OF_RANGE"))
        << code << value;
  }
  EXPECT_THAT(CheckVitalSign("POULS", "80", "f"), ReasonIs("UNKNOWN_CODE"));
}

}  // namespace
}  // namespace sas::regulation
