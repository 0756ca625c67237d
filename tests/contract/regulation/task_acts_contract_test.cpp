#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <thread>
#include <vector>

#include "common/observe/metrics.h"
#include "common/testing/actors.h"
#include "common/testing/fake_random.h"
#include "common/testing/status_matchers.h"
#include "services/regulation/acts.h"
#include "services/regulation/listen_again.h"
#include "services/regulation/task_acts.h"
#include "tests/contract/regulation/stores.h"

// Whole acts on tasks on each ledger.
namespace sas::regulation {
namespace {

using base::Role;
using testing::IsOk;
using testing::ReasonIs;

constexpr int kPeople = 4;
constexpr std::chrono::seconds kTurn{30};

class TaskActsContract : public StoreContract {
 protected:
  void SetUp() override {
    StoreContract::SetUp();
    if (!IsSkipped()) SetDesk();
  }

  void SetDesk() {
    regulation_.emplace(Desk{store(), clock_, random_, zone_, metrics_});
    desk_.emplace(TaskDesk{*regulation_, task_metrics_});
  }

  base::Call As(Role role, const std::string& subject, const char* method = "Act") {
    base::Call call = Call();
    call.method = method;
    call.actor = testing::ActorWith(role, subject);
    call.actor.organization = "msp-1";
    return call;
  }

  v1::CareTask Created() {
    v1::CreateTaskRequest request;
    request.set_parent("regions/fr-pdl");
    request.set_request_id("create");
    v1::CareTask& task = *request.mutable_task();
    task.set_kind(v1::CareTask::KIND_CALL_BACK);
    task.set_territory("85");
    task.set_instruction("Rappeler pour le résultat");
    task.set_role(sas::type::v1::ROLE_SECRETARIAT);
    task.set_organization("msp-1");
    *task.mutable_due_time() = ToTimestamp(clock_.Now() + std::chrono::hours(1));
    const auto created = acts::CreateTask(*desk_, As(Role::kArm, "arm-1", "CreateTask"), request);
    EXPECT_THAT(created, IsOk());
    return created.value_or(v1::CareTask());
  }

  // Runs `each` with 0, 1, 2… at once.
  template <typename Each>
  static void AtOnce(Each each) {
    std::vector<std::thread> people;
    for (int i = 0; i < kPeople; ++i) people.emplace_back([&, i] { each(i); });
    for (std::thread& person : people) person.join();
  }

  testing::FakeRandom random_;
  const care::Zone zone_ = *care::Zone::Load("Europe/Paris");
  observe::Metrics page_;
  RegulationMetrics metrics_{page_};
  TaskMetrics task_metrics_{page_};
  std::optional<Desk> regulation_;
  std::optional<TaskDesk> desk_;
};

INSTANTIATE_TEST_SUITE_P(Stores, TaskActsContract, testing::EveryBackend(), testing::BackendName);

TEST_P(TaskActsContract, S3_19_OfManyWhoTakeAtOnceOneHasItAndTheOthersHearWho) {
  const std::string name = Created().name();
  std::atomic<int> taken = 0;
  std::atomic<int> refused = 0;
  AtOnce([&](int i) {
    v1::TakeTaskRequest request;
    request.set_name(name);
    request.set_request_id("take");
    const auto answer = acts::TakeTask(
        *desk_, As(Role::kSecretariat, "sec-" + std::to_string(i), "TakeTask"), request);
    if (answer.ok()) {
      ++taken;
    } else {
      EXPECT_THAT(answer, ReasonIs("ALREADY_TAKEN"));
      ++refused;
    }
  });
  EXPECT_EQ(taken, 1);
  EXPECT_EQ(refused, kPeople - 1);
}

// Several replicas look at the same moment, again and again, and once after a restart.
TEST_P(TaskActsContract, H09_OneStarvingWaitIsOneTaskWhoeverLooksAndHoweverOften) {
  Put({Case("starving", v1::PRIORITY_P2), Case("raised", v1::PRIORITY_P1)});
  clock_.Advance(std::chrono::minutes(90));
  const auto turn = [&] {
    const absl::Status status =
        AskToListenAgain(*desk_, {}, base::InternalCall(kListenAgain, clock_, kTurn));
    // Who comes second is told so by the ledger, and looks again at his next turn.
    EXPECT_TRUE(status.ok() || absl::IsAborted(status)) << status;
  };
  const auto asked = [&] {
    std::vector<std::string> dossiers;
    EXPECT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                  dossiers.clear();
                  TaskQuery query;
                  query.limit = 10;
                  query.include_ended = true;
                  SAS_ASSIGN_OR_RETURN(const auto tasks, t.tasks().ListTasks(query));
                  for (const auto& task : tasks) dossiers.push_back(task.regulation_case());
                  return absl::OkStatus();
                }),
                IsOk());
    return dossiers;
  };
  AtOnce([&](int) { turn(); });
  turn();
  const auto both = ::testing::UnorderedElementsAre("regions/fr-pdl/cases/starving",
                                                    "regions/fr-pdl/cases/raised");
  EXPECT_THAT(asked(), both);
  desk_.reset();
  regulation_.reset();
  Reopen();
  SetDesk();
  clock_.Advance(std::chrono::hours(100));  // Longer than answers are kept.
  turn();
  EXPECT_THAT(asked(), both);
  const auto events = store().feed().Read(Call(), "fr-pdl", "", 100);
  ASSERT_THAT(events, IsOk());
  EXPECT_EQ(std::count_if(events->begin(), events->end(),
                          [](const auto& event) { return event.type == "task.created"; }),
            2);
}

TEST_P(TaskActsContract, S3_09_OneRequestEscalatesOnceHoweverOftenItIsSent) {
  const std::string name = Created().name();
  v1::EscalateTaskRequest request;
  request.set_name(name);
  request.set_reason("Essoufflé au téléphone");
  request.set_request_id("escalate");
  v1::RegulationCase& row = *request.mutable_new_case();
  row.set_territory("85");
  row.set_motif_code("M03.05");
  row.mutable_origin()->set_entry_point(sas::type::v1::ENTRY_POINT_SECRETARIAT);
  row.mutable_patient_place()->set_insee_code("85047");
  row.mutable_mobility()->set_kind(v1::Mobility::KIND_OWN_TRANSPORT);
  row.add_patients();
  std::vector<std::string> dossiers(kPeople);
  AtOnce([&](int i) {
    const auto answer =
        acts::EscalateTask(*desk_, As(Role::kSecretariat, "sec-1", "EscalateTask"), request);
    EXPECT_THAT(answer, IsOk());
    dossiers[static_cast<std::size_t>(i)] =
        answer.value_or(v1::CareTask()).escalation().regulation_case();
  });
  for (const std::string& dossier : dossiers) EXPECT_EQ(dossier, dossiers[0]);
  EXPECT_EQ(Names(Query(v1::CASE_LIST_VIEW_WAITING)).size(), 1u);
}

}  // namespace
}  // namespace sas::regulation
