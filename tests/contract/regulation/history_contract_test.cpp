#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "tests/contract/regulation/stores.h"

// What each ledger keeps of the acts on a dossier.
namespace sas::regulation {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;

class HistoryContract : public StoreContract {
 protected:
  void Add(const std::string& case_name, const std::string& act) {
    EXPECT_THAT(Write([&](RegulationTransaction& t) -> absl::Status {
                  SAS_RETURN_IF_ERROR(t.GetCase(case_name).status());
                  v1::CaseHistoryEntry entry;
                  entry.set_act(act);
                  entry.add_changes()->set_after("« l'été »");
                  return t.history().AddEntry(case_name, entry);
                }),
                IsOk());
  }

  std::vector<std::string> Acts(const std::string& case_name, std::int64_t after, int limit) {
    std::vector<std::string> acts;
    EXPECT_THAT(Read([&](RegulationTransaction& t) -> absl::Status {
                  acts.clear();
                  SAS_ASSIGN_OR_RETURN(const auto page,
                                       t.history().ListEntries(case_name, after, limit));
                  for (const PlacedEntry& each : page) {
                    acts.push_back(std::to_string(each.position) + " " + each.entry.act());
                    EXPECT_EQ(each.entry.changes(0).after(), "« l'été »");
                  }
                  return absl::OkStatus();
                }),
                IsOk());
    return acts;
  }
};

INSTANTIATE_TEST_SUITE_P(Stores, HistoryContract, testing::EveryBackend(), testing::BackendName);

TEST_P(HistoryContract, EntriesHavePlacesOfTheirDossierOldestFirst) {
  const v1::RegulationCase one = Case("one", v1::PRIORITY_P2);
  const v1::RegulationCase two = Case("two", v1::PRIORITY_P2);
  Put({one, two});
  Add(one.name(), "A");
  Add(two.name(), "B");
  Add(one.name(), "C");
  Add(one.name(), "D");
  EXPECT_THAT(Acts(one.name(), 0, 2), ElementsAre("1 A", "2 C"));
  EXPECT_THAT(Acts(one.name(), 2, 2), ElementsAre("3 D"));
  EXPECT_THAT(Acts(one.name(), 3, 2), IsEmpty());
  EXPECT_THAT(Acts(two.name(), 0, 9), ElementsAre("1 B"));
}

TEST_P(HistoryContract, WhatIsRefusedLeavesNoEntry) {
  const v1::RegulationCase one = Case("one", v1::PRIORITY_P2);
  Put({one});
  EXPECT_THAT(Write([&](RegulationTransaction& t) -> absl::Status {
                v1::CaseHistoryEntry entry;
                entry.set_act("A");
                SAS_RETURN_IF_ERROR(t.history().AddEntry(one.name(), entry));
                return absl::InternalError("no");
              }),
              testing::StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(Acts(one.name(), 0, 9), IsEmpty());
}

}  // namespace
}  // namespace sas::regulation
