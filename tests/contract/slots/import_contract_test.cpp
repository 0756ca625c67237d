#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "common/ledger/write_once.h"
#include "common/testing/status_matchers.h"
#include "services/slots/directory_import.h"
#include "tests/contract/slots/stores.h"

namespace sas::slots {
namespace {

using testing::IsOk;
using testing::ReasonIs;

/// A whole territory through the work of ImportTerritory, on each ledger.
class ImportContract : public StoreContract {
 protected:
  static v1::ImportTerritoryRequest Demo() {
    std::ifstream file(std::string(SAS_DEMO) + "/challans.json");
    std::stringstream text;
    text << file.rdbuf();
    v1::ImportTerritoryRequest request;
    const auto status =
        google::protobuf::util::JsonStringToMessage(text.str(), request.mutable_territory());
    EXPECT_TRUE(status.ok()) << status.ToString();
    request.set_parent("regions/fr-pdl");
    request.set_request_id("r1");
    return request;
  }

  absl::StatusOr<v1::ImportTerritoryResponse> Import(const v1::ImportTerritoryRequest& request) {
    return ledger::WriteOnce<v1::ImportTerritoryResponse>(
        store(), Call(), request, [&](SlotsTransaction& transaction) {
          const base::Actor actor;
          TerritoryImport import(actor, "fr-pdl", request.territory(),
                                 {care::TestIdentities::kAccept, 21}, clock_.Now());
          return import.Run(transaction);
        });
  }

  Directory Read() {
    return Got([&](SlotsTransaction& t) { return ReadDirectory(t, "fr-pdl", clock_.Now()); });
  }
};

INSTANTIATE_TEST_SUITE_P(Stores, ImportContract, testing::EveryBackend(), testing::BackendName);

TEST_P(ImportContract, WritesEveryEntryAndAnswersARepeatAfterARestart) {
  const auto request = Demo();
  const auto answer = Import(request);
  ASSERT_THAT(answer, IsOk());
  Reopen();
  const Directory directory = Read();
  EXPECT_EQ(directory.communes.size(),
            static_cast<std::size_t>(request.territory().communes_size()));
  EXPECT_EQ(directory.structures.size(), 10U);
  EXPECT_EQ(directory.practitioners.size(), 17U);
  EXPECT_EQ(directory.sites.size(), 9U);
  EXPECT_EQ(directory.plans.size(), 26U);
  const auto again = Import(request);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->SerializeAsString(), answer->SerializeAsString());
  EXPECT_EQ(Got([](SlotsTransaction& t) { return t.GetRegion("fr-pdl"); }).directory, 1);
}

TEST_P(ImportContract, LogNamesTheSitesThatAFileChanges) {
  auto request = Demo();
  ASSERT_THAT(Import(request), IsOk());
  const auto since = [&](std::int64_t version) {
    return Got([&](SlotsTransaction& t) { return t.ListSiteChanges("fr-pdl", version); });
  };
  EXPECT_TRUE(since(0).whole) << "communes are the whole region's";
  request.set_request_id("r2");
  ASSERT_THAT(Import(request), IsOk());
  EXPECT_FALSE(since(1).whole);
  EXPECT_EQ(since(1).sites.size(), 9U);

  // A practitioner alone: the sites whose plans name him.
  v1::ImportTerritoryRequest licence;
  licence.set_parent("regions/fr-pdl");
  licence.set_request_id("r3");
  const v1::Territory& demo = request.territory();
  *licence.mutable_territory()->mutable_territories() = demo.territories();
  *licence.mutable_territory()->add_practitioners() = demo.practitioners(0);
  std::set<std::string> expected;
  for (const auto& plan : demo.session_plans()) {
    if (plan.practitioner() != demo.practitioners(0).name()) continue;
    expected.insert(plan.name().substr(0, plan.name().find("/plans/")));
  }
  ASSERT_FALSE(expected.empty());
  ASSERT_THAT(Import(licence), IsOk());
  EXPECT_FALSE(since(2).whole);
  const std::vector<std::string> sites(expected.begin(), expected.end());
  EXPECT_EQ(since(2).sites, sites);
}

TEST_P(ImportContract, RefusedFileLeavesNothing) {
  auto request = Demo();
  request.mutable_territory()->mutable_sites(8)->set_finess("330781197");
  EXPECT_THAT(Import(request), ReasonIs("INVALID_FINESS"));
  EXPECT_TRUE(Read().communes.empty());
  EXPECT_EQ(Got([](SlotsTransaction& t) { return t.GetRegion("fr-pdl"); }).directory, 0);
  EXPECT_TRUE(store().feed().Read(Call(), "", "", 10)->empty());
}

}  // namespace
}  // namespace sas::slots
