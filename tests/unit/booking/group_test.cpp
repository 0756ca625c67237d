#include "services/booking/domain/group.h"

#include <gtest/gtest.h>

#include <string>

#include "common/testing/status_matchers.h"

namespace sas::booking {
namespace {

using std::chrono::minutes;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

const base::Instant kStart{std::chrono::hours(500'000)};

std::vector<GroupMember> Family(int count) {
  static const std::vector<std::string> kPatients{"p1", "p2", "p3", "p4", "p5",
                                                  "p6", "p7", "p8", "p9"};
  std::vector<GroupMember> members;
  for (int i = 0; i < count; ++i) {
    const std::string& patient = kPatients[static_cast<std::size_t>(i)];
    members.push_back({"c1", patient, patient});
  }
  return members;
}

TEST(Group, AFamilyHasTwoToEightPatientsOfOneDossier) {
  EXPECT_THAT(CheckGroup(GroupKind::kFamily, Family(kGroupMin)), IsOk());
  EXPECT_THAT(CheckGroup(GroupKind::kFamily, Family(kGroupMax)), IsOk());
  EXPECT_THAT(CheckGroup(GroupKind::kFamily, Family(1)), ReasonIs("INVALID_GROUP_SIZE"));
  EXPECT_THAT(CheckGroup(GroupKind::kFamily, Family(kGroupMax + 1)),
              StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_GROUP_SIZE"));
  auto members = Family(3);
  members[2].regulation_case = "c2";
  EXPECT_THAT(CheckGroup(GroupKind::kFamily, members), ReasonIs("GROUP_OF_OTHER_CASE"));
  members = Family(3);
  members[2].patient = "p1";
  EXPECT_THAT(CheckGroup(GroupKind::kFamily, members), ReasonIs("GROUP_PATIENT_TWICE"));
  members = Family(3);
  members[2].hold_token = "p1";
  EXPECT_THAT(CheckGroup(GroupKind::kFamily, members), ReasonIs("HOLD_USED_TWICE"));
  EXPECT_THAT(CheckGroup(GroupKind::kUnspecified, Family(3)), ReasonIs("GROUP_KIND_REQUIRED"));
}

TEST(Group, TwoResourcesAreForOnePatient) {
  std::vector<GroupMember> members{{"c1", "p1", "h1"}, {"c1", "p1", "h2"}};
  EXPECT_THAT(CheckGroup(GroupKind::kTwoResources, members), IsOk());
  members[1].patient = "p2";
  EXPECT_THAT(CheckGroup(GroupKind::kTwoResources, members), ReasonIs("GROUP_OF_OTHER_PATIENT"));
  EXPECT_THAT(CheckGroup(GroupKind::kTwoResources, Family(3)), ReasonIs("INVALID_GROUP_SIZE"));
}

GroupSeat Nurse(minutes from, minutes length) {
  return {true, false, kStart + from, kStart + from + length};
}

GroupSeat Doctor(minutes from, minutes length) {
  return {false, true, kStart + from, kStart + from + length};
}

TEST(Group, S1_11_NurseAndRemoteDoctorAreThereTogether) {
  EXPECT_THAT(CheckTogether(Nurse(minutes(0), minutes(45)), Doctor(minutes(15), minutes(15))),
              IsOk());
  EXPECT_THAT(CheckTogether(Doctor(minutes(15), minutes(15)), Nurse(minutes(0), minutes(45))),
              IsOk());
  // Ten minutes suffice, nine do not.
  EXPECT_THAT(CheckTogether(Nurse(minutes(0), minutes(30)), Doctor(minutes(20), minutes(20))),
              IsOk());
  EXPECT_THAT(CheckTogether(Nurse(minutes(0), minutes(30)), Doctor(minutes(21), minutes(20))),
              StatusIs(absl::StatusCode::kFailedPrecondition, "GROUP_SLOTS_APART"));
  EXPECT_THAT(CheckTogether(Nurse(minutes(0), minutes(30)), Doctor(minutes(60), minutes(20))),
              ReasonIs("GROUP_SLOTS_APART"));
  // A slot shorter than that lies within the other.
  EXPECT_THAT(CheckTogether(Nurse(minutes(0), minutes(30)), Doctor(minutes(5), minutes(5))),
              IsOk());
  EXPECT_THAT(CheckTogether(Nurse(minutes(0), minutes(30)), Doctor(minutes(27), minutes(5))),
              ReasonIs("GROUP_SLOTS_APART"));
}

TEST(Group, S1_11_OneIsAtHomeAndOneIsRemote) {
  const GroupSeat nurse = Nurse(minutes(0), minutes(30));
  const GroupSeat doctor = Doctor(minutes(0), minutes(30));
  EXPECT_THAT(CheckTogether(nurse, nurse), ReasonIs("GROUP_MODES"));
  EXPECT_THAT(CheckTogether(doctor, doctor), ReasonIs("GROUP_MODES"));
  GroupSeat practice = doctor;
  practice.remote = false;
  EXPECT_THAT(CheckTogether(nurse, practice), ReasonIs("GROUP_MODES"));
}

}  // namespace
}  // namespace sas::booking
