#include "services/regulation/listen_again.h"

#include "tests/rpc/regulation/task_fixture.h"

// A wait that starves is a task: an ARM listens to the caller again (hazard H-09).
namespace sas::regulation {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::SizeIs;
using testing::StatusIs;

class ListenAgain : public TaskTest {
 protected:
  void Turn(const AlarmRules& rules = {}) {
    EXPECT_THAT(
        AskToListenAgain(*task_desk_, rules, base::InternalCall(kListenAgain, clock_, seconds(5))),
        IsOk());
  }

  // A P2 is late after half an hour.
  void Starve() { clock_.Advance(minutes(90)); }

  v1::CareTask TheTask() {
    const auto names = Listed(arm_, Also());
    EXPECT_THAT(names, SizeIs(1));
    return names.size() == 1 ? Task(arm_, names.front()).value_or(v1::CareTask()) : v1::CareTask();
  }

  static v1::ListTasksRequest Also() {
    v1::ListTasksRequest request;
    request.set_include_ended(true);
    return request;
  }

  const base::Actor supervisor_ = testing::ActorWith(base::Role::kSupervisor, "sup-1");
};

TEST_F(ListenAgain, H09_AStarvingWaitIsAskedOfTheArmsOnceAndDueAtOnce) {
  const v1::RegulationCase row = Prioritized(v1::PRIORITY_P2);
  clock_.Advance(minutes(89));
  Turn();
  EXPECT_THAT(Listed(arm_), IsEmpty());
  clock_.Advance(minutes(1));
  Turn();
  const v1::CareTask task = TheTask();
  EXPECT_EQ(task.kind(), v1::CareTask::KIND_LISTEN_AGAIN);
  EXPECT_EQ(task.state(), v1::CareTask::STATE_OPEN);
  EXPECT_EQ(task.role(), sas::type::v1::ROLE_ARM);
  EXPECT_EQ(task.territory(), "85");
  EXPECT_EQ(task.regulation_case(), row.name());
  EXPECT_EQ(task.patient(), row.patients(0).name());
  EXPECT_TRUE(task.overdue());
  EXPECT_EQ(task.created_by().role(), sas::type::v1::ROLE_SERVICE);
  EXPECT_EQ(task.created_by().subject(), kListenAgain);
  for (int i = 0; i < 3; ++i) {
    clock_.Advance(minutes(30));
    Turn();
  }
  EXPECT_THAT(Listed(arm_, Also()), ElementsAre(task.name()));
}

// Neither what the task is nor that it was done moves the line.
TEST_F(ListenAgain, H09_ItMovesNoLine) {
  const v1::RegulationCase row = Prioritized(v1::PRIORITY_P2);
  Starve();
  const std::string before = Get(row.name()).SerializeAsString();
  Turn();
  const auto taken = Take(arm_, TheTask().name());
  ASSERT_THAT(taken, IsOk());
  ASSERT_THAT(CloseTask(arm_, *taken, "stable, attend"), IsOk());
  Turn();
  EXPECT_EQ(Get(row.name()).SerializeAsString(), before);
  EXPECT_THAT(Listed(arm_, Also()), SizeIs(1));  // Done is done: one for each wait.
}

TEST_F(ListenAgain, H09_WhatNobodyHasTakenEndsWithTheWait) {
  const std::string name = Prioritized(v1::PRIORITY_P2).name();
  Starve();
  Turn();
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  Turn();
  EXPECT_EQ(TheTask().state(), v1::CareTask::STATE_OPEN);  // In his hands it still waits.
  ASSERT_THAT(Decide(mrl_, name, v1::CARE_LEVEL_R4, "CONSEIL"), IsOk());
  Turn();
  const v1::CareTask ended = TheTask();
  EXPECT_EQ(ended.state(), v1::CareTask::STATE_CANCELLED);
  EXPECT_EQ(ended.end().ended_by().subject(), kListenAgain);
  EXPECT_THAT(Listed(arm_), IsEmpty());
}

TEST_F(ListenAgain, H09_WhoIsOnTheTelephoneKeepsHisTask) {
  const std::string name = Prioritized(v1::PRIORITY_P2).name();
  Starve();
  Turn();
  ASSERT_THAT(Take(arm_, TheTask().name()), IsOk());
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  ASSERT_THAT(Decide(mrl_, name, v1::CARE_LEVEL_R4, "CONSEIL"), IsOk());
  Turn();
  const v1::CareTask task = TheTask();
  EXPECT_EQ(task.state(), v1::CareTask::STATE_TAKEN);
  EXPECT_THAT(CloseTask(arm_, task, "entendu"), IsOk());
}

TEST_F(ListenAgain, H09_AnotherWaitIsAnotherTask) {
  const std::string name = Prioritized(v1::PRIORITY_P2).name();
  Starve();
  Turn();
  const std::string first = TheTask().name();
  ASSERT_THAT(Claim(mrl_, name), IsOk());
  ASSERT_THAT(Decide(mrl_, name, v1::CARE_LEVEL_R4, "CONSEIL"), IsOk());
  v1::AttachCallRequest again;
  again.set_name(name);
  again.mutable_call()->set_entry_point(sas::type::v1::ENTRY_POINT_LINE_15);
  ASSERT_THAT(Ask(arm_, &Stub::AttachCall, again), IsOk());
  clock_.Advance(minutes(10));  // His claim ends.
  Turn();
  EXPECT_THAT(Listed(arm_), IsEmpty());
  Starve();
  Turn();
  ASSERT_THAT(Listed(arm_), SizeIs(1));
  EXPECT_NE(Listed(arm_).front(), first);
}

TEST_F(ListenAgain, H09_WhoeverTakesTheDossierOverListensByHisOwn) {
  const std::string name = Prioritized(v1::PRIORITY_P2).name();
  Starve();
  Turn();
  using Neighbours = v1::NeighbourService::Stub;
  v1::OfferCaseRequest offer;
  offer.set_name(name);
  offer.set_to_territory("44");
  offer.set_reason("afflux");
  offer.set_unstaffed_confirmed(true);
  ASSERT_THAT(AskOn(neighbours_, mrl_, &Neighbours::OfferCase, offer), IsOk());
  v1::AcceptCaseRequest accept;
  accept.set_name(name);
  ASSERT_THAT(AskOn(neighbours_, mrl_, &Neighbours::AcceptCase, accept), IsOk());
  Turn();
  const auto live = Listed(arm_);
  ASSERT_THAT(live, SizeIs(1));
  EXPECT_EQ(Task(arm_, live.front())->territory(), "44");
}

// A site is stricter or laxer: the board and the task say the same.
TEST_F(ListenAgain, H09_TheSitesOwnDelaysCount) {
  const auto rules = ParseAlarmRules({"85:P2:60:120"});
  ASSERT_THAT(rules, IsOk());
  Prioritized(v1::PRIORITY_P2);
  store_.UseDelays(*rules);
  Prioritized(v1::PRIORITY_P2);
  clock_.Advance(minutes(6));
  Turn();
  EXPECT_THAT(Listed(arm_), SizeIs(1));
}

TEST_F(ListenAgain, H09_PeopleDoNotAskIt) {
  v1::CareTask task = NewTask(v1::CareTask::KIND_LISTEN_AGAIN, sas::type::v1::ROLE_ARM);
  task.clear_organization();
  for (const base::Actor& actor : {mrl_, arm_, supervisor_}) {
    EXPECT_THAT(Create(actor, task),
                StatusIs(absl::StatusCode::kInvalidArgument, "TASK_OF_THE_SERVICE"));
  }
}

TEST_F(ListenAgain, H09_MoreThanAPageOfThemIsAskedWhole) {
  for (int i = 0; i < 210; ++i) Prioritized(v1::PRIORITY_P2);
  Starve();
  Turn();
  Turn();
  v1::ListTasksRequest request;
  request.set_page_size(200);
  EXPECT_THAT(Listed(arm_, request), SizeIs(200));
  EXPECT_EQ(EventTypes().size(), 210U * 3U);  // Opened, prioritised, asked.
}

}  // namespace
}  // namespace sas::regulation
