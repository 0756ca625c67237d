#include "tests/rpc/regulation/regulation_fixture.h"

// Teams that were sent: their way, their reports, and what a dossier owes until they are done.
namespace sas::regulation {
namespace {

using ::testing::ElementsAre;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

class Missions : public RegulationTest {
 protected:
  /// In the hands of the AMU's regulator, with a SMUR under way.
  std::string Sent() {
    const std::string name = Prioritized(v1::PRIORITY_P1, "M03.06").name();
    EXPECT_THAT(Claim(mru_, name), IsOk());
    EXPECT_THAT(Decide(mru_, name, v1::CARE_LEVEL_R1, "INTER", "SMUR.ADULT"), IsOk());
    return name;
  }

  v1::RecordMissionStatusRequest Step(const std::string& name, const std::string& status,
                                      const std::string& team = "1") {
    v1::RecordMissionStatusRequest request;
    request.set_name(name);
    request.set_mission_id(team);
    request.set_status_code(status);
    if (status == "ORIENTAT") request.set_destination("Urgences de l'Essai");
    if (status == "ANNULE") request.set_reason("le patient va mieux");
    return request;
  }

  absl::StatusOr<v1::RegulationCase> Moves(const std::string& name, const std::string& status,
                                           const std::string& team = "1") {
    return Ask(arm_, &Stub::RecordMissionStatus, Step(name, status, team));
  }

  v1::RegulationCase Launched(const std::vector<std::string>& resources) {
    v1::LaunchReflexDepartureRequest launch;
    launch.set_name(Open("M01.01").name());
    for (const std::string& resource : resources) launch.add_resource_codes(resource);
    const auto launched = Ask(arm_, &Stub::LaunchReflexDeparture, launch);
    EXPECT_THAT(launched, IsOk());
    return launched.value_or(v1::RegulationCase());
  }

  static std::vector<std::string> WayOf(const v1::Mission& mission) {
    std::vector<std::string> way;
    for (const auto& step : mission.steps()) way.push_back(step.status_code());
    return way;
  }

  const base::Actor supervisor_ = testing::ActorWith(base::Role::kSupervisor, "sup-1");
};

// Seed 001, branch 1: … PEC → BILAN → ORIENTAT, each with its hour, and no end before the team's.
TEST_F(Missions, S1_05_TheWayOfATeamIsOnTheDossierWithItsHours) {
  const std::string name = Sent();
  v1::RecordMissionStatusRequest left = Step(name, "DEPART");
  left.set_unit("SMUR 1");
  left.set_vehicle_code("SMUR.VLM");
  const auto gone = Ask(arm_, &Stub::RecordMissionStatus, left);
  ASSERT_THAT(gone, IsOk());
  EXPECT_EQ(gone->missions(0).unit(), "SMUR 1");
  EXPECT_EQ(gone->missions(0).steps(1).recorded_by().subject(), "arm-1");
  ASSERT_THAT(Moves(name, "ARRIVEE"), IsOk());
  ASSERT_THAT(Moves(name, "PEC"), IsOk());
  ASSERT_THAT(Bilan(name), IsOk());
  ASSERT_THAT(Decide(mru_, name, v1::CARE_LEVEL_R1, "ORIENT", "", "URGENCES"), IsOk());
  ASSERT_THAT(Moves(name, "ORIENTAT"), IsOk());
  const auto early = Complete(mru_, name);
  EXPECT_THAT(early, ReasonIs("CASE_INCOMPLETE"));
  EXPECT_EQ(base::DetailOf(early.status()).metadata.front().second, "MISSION");
  ASSERT_THAT(Moves(name, "DESTIN"), IsOk());
  const auto done = Moves(name, "FINPEC");
  ASSERT_THAT(done, IsOk());
  EXPECT_THAT(WayOf(done->missions(0)), ElementsAre("DECISION", "DEPART", "ARRIVEE", "PEC", "BILAN",
                                                    "ORIENTAT", "DESTIN", "FINPEC"));
  EXPECT_EQ(done->missions(0).destination(), "Urgences de l'Essai");
  EXPECT_THAT(Complete(mru_, name), IsOk());
}

TEST_F(Missions, AnHourEnteredLateIsTheHourThatItWas) {
  const std::string name = Sent();
  const auto then = clock_.Now();
  clock_.Advance(std::chrono::minutes(4));
  auto step = Step(name, "ARRIVEE");
  *step.mutable_occur_time() = ToTimestamp(then);
  const auto arrived = Ask(arm_, &Stub::RecordMissionStatus, step);
  ASSERT_THAT(arrived, IsOk());
  const v1::MissionStep& last = arrived->missions(0).steps(1);
  EXPECT_EQ(ToInstant(last.occur_time()), then);
  EXPECT_EQ(ToInstant(last.record_time()), then + std::chrono::minutes(4));
  step.set_status_code("PEC");
  *step.mutable_occur_time() = ToTimestamp(clock_.Now() + std::chrono::minutes(1));
  EXPECT_THAT(Ask(arm_, &Stub::RecordMissionStatus, step), ReasonIs("INVALID_MISSION_TIME"));
}

TEST_F(Missions, EachTeamOwesItsOwnReport) {
  const std::string name = Launched({"SMUR.ADULT", "SIS.SP"}).name();
  const auto which = Bilan(name);
  EXPECT_THAT(which, StatusIs(absl::StatusCode::kFailedPrecondition, "MISSION_REQUIRED"));
  EXPECT_EQ(base::DetailOf(which.status()).metadata.front().second, "1=SMUR.ADULT,2=SIS.SP");
  EXPECT_EQ(Get(name).bilans_size(), 0);
  const auto first = Bilan(name, {"2"});
  ASSERT_THAT(first, IsOk());
  EXPECT_TRUE(first->bilan_awaited());
  EXPECT_TRUE(first->missions(0).bilan_awaited());
  EXPECT_FALSE(first->missions(1).bilan_awaited());
  const auto second = Bilan(name);  // Only one is left: it needs no name.
  ASSERT_THAT(second, IsOk());
  EXPECT_FALSE(second->bilan_awaited());
  ASSERT_EQ(second->bilans_size(), 2);
  EXPECT_THAT(second->bilans(0).mission_ids(), ElementsAre("2"));
  EXPECT_THAT(second->bilans(1).mission_ids(), ElementsAre("1"));
  EXPECT_EQ(second->bilans(1).recorded_by().subject(), "arm-1");
  EXPECT_THAT(Bilan(name, {"7"}),
              StatusIs(absl::StatusCode::kInvalidArgument, "MISSION_NOT_FOUND"));
}

TEST_F(Missions, OneReportMaySpeakForSeveralTeams) {
  const std::string name = Launched({"SMUR.ADULT", "SIS.SP"}).name();
  const auto both = Bilan(name, {"1", "2", "1"});
  ASSERT_THAT(both, IsOk());
  EXPECT_FALSE(both->bilan_awaited());
  EXPECT_THAT(both->bilans(0).mission_ids(), ElementsAre("1", "2"));
}

TEST_F(Missions, H29_ABilanSaysOfWhomWhenThereAreSeveral) {
  auto request = NewCase("M01.01");
  request.mutable_regulation_case()->add_patients()->mutable_age()->set_value(30);
  request.mutable_regulation_case()->mutable_patients(1)->mutable_age()->set_unit(
      sas::type::v1::Age::UNIT_YEAR);
  const auto opened = Ask(arm_, &Stub::CreateRegulationCase, request);
  ASSERT_THAT(opened, IsOk());
  v1::LaunchReflexDepartureRequest launch;
  launch.set_name(opened->name());
  launch.add_resource_codes("SMUR.ADULT");
  ASSERT_THAT(Ask(arm_, &Stub::LaunchReflexDeparture, launch), IsOk());
  EXPECT_THAT(Bilan(opened->name()), ReasonIs("PATIENT_REQUIRED"));
  v1::RecordBilanRequest bilan;
  bilan.set_name(opened->name());
  bilan.mutable_bilan()->set_redactor_role_code("MEDECIN");
  bilan.mutable_bilan()->set_text("Conscient");
  for (const v1::Patient& patient : opened->patients()) {
    bilan.mutable_bilan()->set_patient(patient.name());
    ASSERT_THAT(Ask(arm_, &Stub::RecordBilan, bilan), IsOk());
  }
  const auto row = Get(opened->name());
  ASSERT_EQ(row.bilans_size(), 2);
  EXPECT_EQ(row.bilans(0).patient(), opened->patients(0).name());
  EXPECT_EQ(row.bilans(1).patient(), opened->patients(1).name());
}

TEST_F(Missions, ADecisionConfirmsTheTeamThatHasLeftByReflex) {
  const std::string name = Launched({"SMUR.ADULT", "SIS.SP"}).name();
  ASSERT_THAT(Claim(mru_, name), IsOk());
  const auto decided = Decide(mru_, name, v1::CARE_LEVEL_R1, "INTER", "SMUR.ADULT");
  ASSERT_THAT(decided, IsOk());
  auto row = Get(name);
  ASSERT_EQ(row.missions_size(), 2);
  EXPECT_EQ(row.missions(0).decision(), decided->name());
  ASSERT_THAT(Decide(mru_, name, v1::CARE_LEVEL_R1, "INTER", "SMUR.PED"), IsOk());
  EXPECT_EQ(Get(name).missions_size(), 3);
}

TEST_F(Missions, OnlyARegulatorCallsATeamBack) {
  const std::string name = Sent();
  EXPECT_THAT(Moves(name, "ANNULE"),
              StatusIs(absl::StatusCode::kPermissionDenied, "REGULATOR_REQUIRED"));
  auto silent = Step(name, "ANNULE");
  silent.clear_reason();
  EXPECT_THAT(Ask(mru_, &Stub::RecordMissionStatus, silent),
              StatusIs(absl::StatusCode::kInvalidArgument));
  const auto back = Ask(mru_, &Stub::RecordMissionStatus, Step(name, "ANNULE"));
  ASSERT_THAT(back, IsOk());
  EXPECT_FALSE(back->bilan_awaited());
  EXPECT_TRUE(back->missions(0).ended());
}

// The act of a whole reflex departure asks whether caller and responder were told (hazard H-04).
TEST_F(Missions, H04_TheLastTeamOfAReflexDepartureIsCancelledWithIt) {
  const std::string name = Launched({"SMUR.ADULT", "SIS.SP"}).name();
  EXPECT_THAT(Ask(mru_, &Stub::RecordMissionStatus, Step(name, "ANNULE", "1")), IsOk());
  EXPECT_THAT(Ask(mru_, &Stub::RecordMissionStatus, Step(name, "ANNULE", "2")),
              StatusIs(absl::StatusCode::kFailedPrecondition, "REFLEX_CANCEL_REQUIRED"));
}

TEST_F(Missions, WhoHasThePatientIsNotCalledBackByAnotherDecision) {
  const std::string name = Sent();
  ASSERT_THAT(Moves(name, "PEC"), IsOk());
  v1::ListDecisionsRequest list;
  list.set_parent(name);
  const auto decisions = Ask(mru_, &Stub::ListDecisions, list);
  v1::CreateDecisionRequest instead;
  instead.set_parent(name);
  *instead.mutable_decision() = decisions->decisions(0);
  v1::Decision& decision = *instead.mutable_decision();
  decision.set_replaces(decision.name());
  decision.set_replace_reason("transport simple");
  decision.clear_name();
  decision.clear_decided_by();
  decision.clear_create_time();
  decision.set_care_level(v1::CARE_LEVEL_R2);
  decision.set_resource_code("TSU");
  decision.set_claim_version(Get(name).claim().version());
  ASSERT_THAT(Ask(mru_, &Stub::CreateDecision, instead), IsOk());
  const auto row = Get(name);
  EXPECT_TRUE(row.missions(0).bilan_awaited());
  EXPECT_EQ(row.missions_size(), 2);
}

TEST_F(Missions, WrongInputIsToldAndChangesNothing) {
  const std::string name = Sent();
  EXPECT_THAT(Moves(name, "ARRIVEE", "9"), ReasonIs("MISSION_NOT_FOUND"));
  auto step = Step(name, "ORIENTAT");
  step.clear_destination();
  EXPECT_THAT(Ask(arm_, &Stub::RecordMissionStatus, step),
              StatusIs(absl::StatusCode::kInvalidArgument));
  step = Step(name, "ARRIVEE");
  step.set_vehicle_code("FUSEE");
  EXPECT_THAT(Ask(arm_, &Stub::RecordMissionStatus, step), ReasonIs("UNKNOWN_CODE"));
  EXPECT_THAT(Ask(osnp_, &Stub::RecordMissionStatus, Step(name, "ARRIVEE")),
              StatusIs(absl::StatusCode::kPermissionDenied, "ROLE_FORBIDDEN"));
  EXPECT_EQ(Get(name).missions(0).steps_size(), 1);
}

TEST_F(Missions, ADoubleClickIsOneHour) {
  const std::string name = Sent();
  auto step = Step(name, "ARRIVEE");
  step.set_request_id("twice");
  ASSERT_THAT(Ask(arm_, &Stub::RecordMissionStatus, step), IsOk());
  ASSERT_THAT(Ask(arm_, &Stub::RecordMissionStatus, step), IsOk());
  EXPECT_EQ(Get(name).missions(0).steps_size(), 2);
}

TEST_F(Missions, TheParametersOfABilanAreChecked) {
  const std::string name = Sent();
  v1::RecordBilanRequest request;
  request.set_name(name);
  request.mutable_bilan()->set_redactor_role_code("SMUR");
  request.mutable_bilan()->set_text("stable");
  EXPECT_THAT(Ask(arm_, &Stub::RecordBilan, request), ReasonIs("UNKNOWN_CODE"));
  request.mutable_bilan()->set_redactor_role_code("INFIRMIER");
  v1::VitalSign& sign = *request.mutable_bilan()->add_vital_signs();
  sign.set_code("GLASGOW");
  sign.set_value("150");
  EXPECT_THAT(Ask(arm_, &Stub::RecordBilan, request), ReasonIs("VITAL_SIGN_OUT_OF_RANGE"));
  sign.set_value("15");
  *request.mutable_bilan()->add_vital_signs() = sign;
  EXPECT_THAT(Ask(arm_, &Stub::RecordBilan, request), ReasonIs("DUPLICATE"));
  request.mutable_bilan()->mutable_vital_signs()->RemoveLast();
  const auto kept = Ask(arm_, &Stub::RecordBilan, request);
  ASSERT_THAT(kept, IsOk());
  EXPECT_EQ(kept->bilans(0).vital_signs(0).value(), "15");
}

}  // namespace
}  // namespace sas::regulation
