#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/actors.h"
#include "common/testing/status_matchers.h"
#include "tests/contract/regulation/stores.h"

namespace sas::regulation {
namespace {

using base::Role;
using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

class TaskContract : public StoreContract {
 protected:
  static std::string Name(const std::string& id) { return "regions/fr-pdl/tasks/" + id; }

  // Asked of the secretariat of msp-1 in the 85, due in some hours.
  v1::CareTask Task(const std::string& id, int due_hours = 1, std::int64_t version = 1) const {
    v1::CareTask task;
    task.set_name(Name(id));
    task.set_kind(v1::CareTask::KIND_CALL_BACK);
    task.set_state(v1::CareTask::STATE_OPEN);
    task.set_territory("85");
    task.set_role(sas::type::v1::ROLE_SECRETARIAT);
    task.set_organization("msp-1");
    task.mutable_created_by()->set_subject("arm-1");
    *task.mutable_due_time() = ToTimestamp(clock_.Now() + hours(due_hours));
    task.set_etag(EtagOf(version));
    return task;
  }

  absl::Status Put(const v1::CareTask& task) {
    return Write([&](RegulationTransaction& t) { return t.tasks().PutTask(task); });
  }

  std::vector<std::string> Listed(const TaskQuery& query) {
    std::vector<std::string> ids;
    EXPECT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                  ids.clear();
                  SAS_ASSIGN_OR_RETURN(const auto rows, t.tasks().ListTasks(query));
                  for (const auto& row : rows) ids.push_back(row.name().substr(21));
                  return absl::OkStatus();
                }),
                IsOk());
    return ids;
  }

  static TaskQuery Query() {
    TaskQuery query;
    query.region = "fr-pdl";
    query.limit = 10;
    return query;
  }

  static TaskQuery SeenBy(Role role, const std::string& organization,
                          const std::string& subject = "someone") {
    TaskQuery query = Query();
    query.seen_by = testing::ActorWith(role, subject);
    query.seen_by->organization = organization;
    return query;
  }

  TaskCount Count() {
    TaskCount count;
    EXPECT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                  SAS_ASSIGN_OR_RETURN(count, t.tasks().CountTasks(clock_.Now()));
                  return absl::OkStatus();
                }),
                IsOk());
    return count;
  }
};

INSTANTIATE_TEST_SUITE_P(Stores, TaskContract, testing::EveryBackend(), testing::BackendName);

TEST_P(TaskContract, AListWithoutARegionIsOfAllRegions) {
  v1::CareTask there = Task("b", 2);
  there.set_name("regions/fr-naq/tasks/b");
  ASSERT_THAT(Put(Task("a")), IsOk());
  ASSERT_THAT(Put(there), IsOk());
  TaskQuery query = Query();
  EXPECT_THAT(Listed(query), ElementsAre("a"));
  query.region.clear();
  EXPECT_THAT(Listed(query), ElementsAre("a", "b"));
}

TEST_P(TaskContract, PutRefusesWhatIsNotTheSuccessor) {
  ASSERT_THAT(Put(Task("a")), IsOk());
  EXPECT_THAT(Put(Task("a")), ReasonIs("CONCURRENT_CHANGE"));
  EXPECT_THAT(Put(Task("a", 1, 3)), StatusIs(absl::StatusCode::kAborted, "CONCURRENT_CHANGE"));
  v1::CareTask next = Task("a", 2, 2);
  next.set_instruction("Rappeler, « oreille » : l'œil aussi");
  next.mutable_owner()->set_subject("sec-1");
  ASSERT_THAT(Put(next), IsOk());
  v1::CareTask read;
  ASSERT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                SAS_ASSIGN_OR_RETURN(read, t.tasks().GetTask(Name("a")));
                return absl::OkStatus();
              }),
              IsOk());
  EXPECT_EQ(read.SerializeAsString(), next.SerializeAsString());
  EXPECT_THAT(Read([&](RegulationTransaction& t) { return t.tasks().GetTask(Name("b")).status(); }),
              StatusIs(absl::StatusCode::kNotFound, "TASK_NOT_FOUND"));
}

TEST_P(TaskContract, S3_19_SoonestDueFirstInPages) {
  ASSERT_THAT(Put(Task("c", 3)), IsOk());
  ASSERT_THAT(Put(Task("b", 1)), IsOk());
  ASSERT_THAT(Put(Task("a", 1)), IsOk());
  ASSERT_THAT(Put(Task("d", -1)), IsOk());
  EXPECT_THAT(Listed(Query()), ElementsAre("d", "a", "b", "c"));
  TaskQuery query = Query();
  query.limit = 2;
  EXPECT_THAT(Listed(query), ElementsAre("d", "a"));
  query.after = TaskKeyOf(Task("a", 1));
  EXPECT_THAT(Listed(query), ElementsAre("b", "c"));
  query = Query();
  query.region = "fr-naq";
  EXPECT_THAT(Listed(query), IsEmpty());
}

TEST_P(TaskContract, S3_19_Filters) {
  v1::CareTask nurse = Task("nurse", 2);
  nurse.set_role(sas::type::v1::ROLE_SPECIALISED_NURSE);
  nurse.set_territory("44");
  nurse.set_regulation_case("regions/fr-pdl/cases/x");
  nurse.set_person("nurse-1");
  v1::CareTask taken = Task("taken", 3);
  taken.set_state(v1::CareTask::STATE_TAKEN);
  taken.mutable_owner()->set_subject("sec-1");
  v1::CareTask done = Task("done", 4);
  done.set_state(v1::CareTask::STATE_DONE);
  v1::CareTask elsewhere = Task("elsewhere", 5);
  elsewhere.set_organization("msp-2");
  for (const auto& each : {Task("plain"), nurse, taken, done, elsewhere}) {
    ASSERT_THAT(Put(each), IsOk());
  }
  TaskQuery query = Query();
  EXPECT_THAT(Listed(query), ElementsAre("plain", "nurse", "taken", "elsewhere"));
  query.include_ended = true;
  EXPECT_THAT(Listed(query), ElementsAre("plain", "nurse", "taken", "done", "elsewhere"));
  query = Query();
  query.territories = {"44", "2A"};
  EXPECT_THAT(Listed(query), ElementsAre("nurse"));
  query = Query();
  query.role = Role::kSecretariat;
  query.organization = "msp-1";
  EXPECT_THAT(Listed(query), ElementsAre("plain", "taken"));
  query = Query();
  query.case_name = "regions/fr-pdl/cases/x";
  EXPECT_THAT(Listed(query), ElementsAre("nurse"));
  query = Query();
  query.mine = "sec-1";
  EXPECT_THAT(Listed(query), ElementsAre("taken"));
  query.mine = "nurse-1";
  EXPECT_THAT(Listed(query), ElementsAre("nurse"));
}

// What each sees is what domain/task says for each row: the engines filter, they do not decide.
TEST_P(TaskContract, S3_19_PeopleOfAStructureSeeTheirOwn) {
  v1::CareTask other = Task("other", 2);
  other.set_organization("msp-2");
  v1::CareTask asked = Task("asked", 3);
  asked.set_organization("msp-2");
  asked.mutable_created_by()->set_subject("me");
  v1::CareTask mine = Task("mine", 4);
  mine.set_organization("msp-2");
  mine.mutable_owner()->set_subject("me");
  v1::CareTask personal = Task("personal", 5);
  personal.set_organization("msp-2");
  personal.set_person("me");
  v1::CareTask of_crra = Task("of_crra", 6);
  of_crra.set_role(sas::type::v1::ROLE_OSNP);
  of_crra.clear_organization();
  for (const auto& each : {Task("own"), other, asked, mine, personal, of_crra}) {
    ASSERT_THAT(Put(each), IsOk());
  }
  EXPECT_THAT(Listed(SeenBy(Role::kCoordinatingNurse, "msp-1")), ElementsAre("own"));
  EXPECT_THAT(Listed(SeenBy(Role::kMedicalAssistant, "msp-1", "me")),
              ElementsAre("own", "asked", "mine", "personal"));
  EXPECT_THAT(Listed(SeenBy(Role::kSpecialisedNurse, "")), IsEmpty());
  EXPECT_EQ(Listed(SeenBy(Role::kArm, "")).size(), 6u);
}

TEST_P(TaskContract, AStructureIsOneHoweverItIsSpelt) {
  v1::CareTask prefixed = Task("prefixed", 1);
  prefixed.set_organization("1850000019");
  v1::CareTask spaced = Task("spaced", 2);
  spaced.set_organization("85 000 001 9");
  v1::CareTask other = Task("other", 3);
  other.set_organization("920000650");
  v1::CareTask of_crra = Task("of_crra", 4);
  of_crra.set_role(sas::type::v1::ROLE_OSNP);
  of_crra.clear_organization();
  for (const auto& each : {prefixed, spaced, other, of_crra}) ASSERT_THAT(Put(each), IsOk());
  for (const char* spelt : {"850000019", "1850000019", "1 850 000 019"}) {
    EXPECT_THAT(Listed(SeenBy(Role::kCoordinatingNurse, spelt)), ElementsAre("prefixed", "spaced"))
        << spelt;
    TaskQuery query = Query();
    query.organization = spelt;
    EXPECT_THAT(Listed(query), ElementsAre("prefixed", "spaced")) << spelt;
  }
  EXPECT_THAT(Listed(SeenBy(Role::kCoordinatingNurse, " ")), IsEmpty());
  TaskQuery blank = Query();
  blank.organization = " ";
  EXPECT_THAT(Listed(blank), IsEmpty()) << "blanks are not the CRRA";
  // Given on to another one, it leaves the lists of the first.
  v1::CareTask given = prefixed;
  given.set_organization("1920000650");
  given.set_etag(EtagOf(2));
  ASSERT_THAT(Put(given), IsOk());
  EXPECT_THAT(Listed(SeenBy(Role::kCoordinatingNurse, "850000019")), ElementsAre("spaced"));
  EXPECT_THAT(Listed(SeenBy(Role::kCoordinatingNurse, "920000650")),
              ElementsAre("prefixed", "other"));
}

TEST_P(TaskContract, S3_19_CountsWhatIsOpenAndLate) {
  EXPECT_EQ(Count().open, 0);
  EXPECT_EQ(Count().overdue, 0);
  const base::Instant oldest = clock_.Now() - hours(2);
  ASSERT_THAT(Put(Task("late", -1)), IsOk());
  ASSERT_THAT(Put(Task("later", -2)), IsOk());
  ASSERT_THAT(Put(Task("ahead", 1)), IsOk());
  v1::CareTask done = Task("done", -3);
  done.set_state(v1::CareTask::STATE_DONE);
  ASSERT_THAT(Put(done), IsOk());
  EXPECT_EQ(Count().open, 3);
  EXPECT_EQ(Count().overdue, 2);
  EXPECT_EQ(Count().oldest_due, oldest);
}

}  // namespace
}  // namespace sas::regulation
