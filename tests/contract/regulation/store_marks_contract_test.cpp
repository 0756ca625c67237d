#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/query_plan.h"
#include "common/testing/status_matchers.h"
#include "tests/contract/regulation/stores.h"

namespace sas::regulation {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;

class MarksContract : public StoreContract {
 protected:
  KpiMark Mark(const std::string& id, std::int64_t version = 1,
               const std::string& region = "fr-pdl") const {
    KpiMark mark;
    mark.act = KpiAct::kPrioritized;
    mark.subject = "regions/" + region + "/cases/" + id;
    mark.version = version;
    mark.territory = "85";
    mark.priority = Priority::kP3;
    mark.filiere = Filiere::kSnp;
    mark.level = CareLevel::kR3;
    mark.order_state = OrderState::kBooked;
    mark.code = "ORIENT";
    mark.start = clock_.Now() + seconds(1);
    mark.end = clock_.Now() + seconds(2);
    mark.amount = 7;
    return mark;
  }

  void Add(const KpiMark& mark) {
    ASSERT_THAT(Write([&](RegulationTransaction& t) { return t.AddMark(mark); }), IsOk());
  }

  KpiMarkQuery All() const {
    return {"fr-pdl", {}, clock_.Now() - hours(1), clock_.Now() + hours(1), std::nullopt, 100, {}};
  }

  std::vector<KpiMark> List(const KpiMarkQuery& query) {
    std::vector<KpiMark> marks;
    EXPECT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                  SAS_ASSIGN_OR_RETURN(marks, t.ListMarks(query));
                  return absl::OkStatus();
                }),
                IsOk());
    return marks;
  }

  std::vector<std::string> Ids(const KpiMarkQuery& query) {
    std::vector<std::string> ids;
    for (const KpiMark& mark : List(query)) {
      ids.push_back(mark.subject.substr(mark.subject.rfind('/') + 1) +
                    std::to_string(mark.version));
    }
    return ids;
  }
};

INSTANTIATE_TEST_SUITE_P(Stores, MarksContract, testing::EveryBackend(), testing::BackendName);

TEST_P(MarksContract, KeepsAllOfAMarkWithTheHourAndTheActorOfItsTransaction) {
  const KpiMark mark = Mark("a");
  base::Call call = Call();
  call.actor.subject = "arm-1";
  call.actor.role = base::Role::kArm;
  ASSERT_THAT(store().Write(call, [&](RegulationTransaction& t) { return t.AddMark(mark); }),
              IsOk());
  Reopen();
  if (GetParam() == testing::Backend::kMemory) return;
  const auto kept = List(All());
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].at, clock_.Now());
  EXPECT_EQ(kept[0].actor, "arm-1");
  EXPECT_EQ(kept[0].role, base::Role::kArm);
  EXPECT_EQ(kept[0].act, mark.act);
  EXPECT_EQ(kept[0].subject, mark.subject);
  EXPECT_EQ(kept[0].version, mark.version);
  EXPECT_EQ(kept[0].territory, mark.territory);
  EXPECT_EQ(kept[0].priority, mark.priority);
  EXPECT_EQ(kept[0].filiere, mark.filiere);
  EXPECT_EQ(kept[0].level, mark.level);
  EXPECT_EQ(kept[0].order_state, mark.order_state);
  EXPECT_EQ(kept[0].code, mark.code);
  EXPECT_EQ(kept[0].start, mark.start);
  EXPECT_EQ(kept[0].end, mark.end);
  EXPECT_EQ(kept[0].amount, mark.amount);
}

TEST_P(MarksContract, ListsAPeriodOfARegionAndItsTerritoriesByPages) {
  Add(Mark("b"));
  Add(Mark("a", 2));
  Add(Mark("a", 1));
  Add(Mark("other", 1, "fr-bre"));
  clock_.Advance(seconds(1));
  KpiMark elsewhere = Mark("c");
  elsewhere.territory = "72";
  Add(elsewhere);

  EXPECT_THAT(Ids(All()), ElementsAre("a1", "a2", "b1", "c1"));
  KpiMarkQuery page = All();
  page.limit = 2;
  EXPECT_THAT(Ids(page), ElementsAre("a1", "a2"));
  page.after = KeyOf(List(page).back());
  EXPECT_THAT(Ids(page), ElementsAre("b1", "c1"));
  page.after = KeyOf(List(page).back());
  EXPECT_THAT(Ids(page), IsEmpty());

  KpiMarkQuery narrow = All();
  narrow.territories = {"72", "44"};
  EXPECT_THAT(Ids(narrow), ElementsAre("c1"));
  KpiMarkQuery period = All();
  period.end = clock_.Now();  // Exclusive.
  EXPECT_THAT(Ids(period), ElementsAre("a1", "a2", "b1"));
  period.start = clock_.Now();
  period.end = clock_.Now() + seconds(1);
  EXPECT_THAT(Ids(period), ElementsAre("c1"));
  KpiMarkQuery everywhere = All();
  everywhere.region.clear();
  EXPECT_EQ(List(everywhere).size(), 5u);
}

TEST_P(MarksContract, AnActThatFailsLeavesNoMark) {
  EXPECT_FALSE(Write([&](RegulationTransaction& t) -> absl::Status {
                 SAS_RETURN_IF_ERROR(t.AddMark(Mark("a")));
                 return absl::InternalError("stop");
               }).ok());
  EXPECT_THAT(List(All()), IsEmpty());
}

// Each booking asks for those of its dossier: not by going through those of the region.
TEST_P(MarksContract, ThoseOfASubjectAreFoundByItsName) {
  Add(Mark("a"));
  Add(Mark("b"));
  KpiMarkQuery query = All();
  query.start = {};
  query.end = base::Instant::max();
  query.subjects = {Mark("b").subject, Mark("none").subject};
  EXPECT_THAT(Ids(query), ElementsAre("b1"));
  if (GetParam() != testing::Backend::kSqlite) return;
  EXPECT_THAT(testing::PlanOf(*under_test_->database(), clock_, "FROM kpi_marks"),
              HasSubstr("(subject=?)"));
}

}  // namespace
}  // namespace sas::regulation
