// Named agendas and worklists, in every store.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/timestamp.h"
#include "common/testing/status_matchers.h"
#include "tests/contract/slots/stores.h"

namespace sas::slots {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::StatusIs;

class TemplatesContract : public StoreContract {
 protected:
  v1::Agenda Agenda(const std::string& site, const std::string& id, int version = 1) const {
    v1::Agenda agenda;
    agenda.set_name("regions/fr-pdl/sites/" + site + "/agendas/" + id);
    agenda.set_display_name("CSNP territoire");
    agenda.set_template_id("csnp-territoire");
    agenda.set_template_version(version);
    *agenda.mutable_create_time() = base::ToTimestamp(clock_.Now());
    return agenda;
  }

  static v1::Worklist Worklist(const std::string& site, const std::string& id) {
    v1::Worklist worklist;
    worklist.set_name("regions/fr-pdl/sites/" + site + "/worklists/" + id);
    worklist.set_display_name("Soins non programmés");
    worklist.set_reach_meters(30'000);
    return worklist;
  }

  template <typename Row>
  static std::vector<std::string> Ids(const std::vector<Row>& rows) {
    std::vector<std::string> ids;
    for (const auto& row : rows) ids.push_back(row.name().substr(row.name().rfind('/') + 1));
    return ids;
  }

  std::vector<std::string> Agendas(const std::string& parent, const Page& page = {}) {
    return Ids(Got(
        [&](SlotsTransaction& t) { return t.agendas().templates().ListAgendas(parent, page); }));
  }

  std::vector<std::string> Worklists(const std::string& parent, const Page& page = {}) {
    return Ids(Got(
        [&](SlotsTransaction& t) { return t.agendas().templates().ListWorklists(parent, page); }));
  }
};

INSTANTIATE_TEST_SUITE_P(Stores, TemplatesContract, testing::EveryBackend(), testing::BackendName);

TEST_P(TemplatesContract, S2_10_AgendasAndWorklistsAreKeptByName) {
  ASSERT_THAT(Write([&](SlotsTransaction& t) -> absl::Status {
                TemplateLedger& ledger = t.agendas().templates();
                SAS_RETURN_IF_ERROR(ledger.PutAgenda(Agenda("a", "two")));
                SAS_RETURN_IF_ERROR(ledger.PutAgenda(Agenda("a", "one")));
                SAS_RETURN_IF_ERROR(ledger.PutAgenda(Agenda("b", "three")));
                SAS_RETURN_IF_ERROR(ledger.PutAgenda(Agenda("b", "three", 2)));
                SAS_RETURN_IF_ERROR(ledger.PutWorklist(Worklist("a", "snp")));
                return ledger.PutWorklist(Worklist("ab", "other"));
              }),
              IsOk());
  Reopen();
  EXPECT_THAT(Agendas("regions/fr-pdl/sites/a"), ElementsAre("one", "two"));
  EXPECT_THAT(Agendas("regions/fr-pdl"), ElementsAre("one", "two", "three"));
  EXPECT_THAT(Agendas("regions/fr-pdl", {"regions/fr-pdl/sites/a/agendas/one", 1}),
              ElementsAre("two"));
  EXPECT_THAT(Agendas("regions/fr-naq"), IsEmpty());
  EXPECT_THAT(Worklists("regions/fr-pdl/sites/a"), ElementsAre("snp"));
  EXPECT_THAT(Worklists("regions/fr-pdl"), ElementsAre("snp", "other"));
  const auto kept = Got([&](SlotsTransaction& t) {
    return t.agendas().templates().GetAgenda("regions/fr-pdl/sites/b/agendas/three");
  });
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->SerializeAsString(), Agenda("b", "three", 2).SerializeAsString());
  const auto worklist = Got([&](SlotsTransaction& t) {
    return t.agendas().templates().GetWorklist("regions/fr-pdl/sites/a/worklists/snp");
  });
  ASSERT_TRUE(worklist);
  EXPECT_EQ(worklist->SerializeAsString(), Worklist("a", "snp").SerializeAsString());
  EXPECT_FALSE(Got([&](SlotsTransaction& t) {
    return t.agendas().templates().GetWorklist("regions/fr-pdl/sites/a/worklists/none");
  }));
}

TEST_P(TemplatesContract, S2_10_AFailedTransactionLeavesNeither) {
  EXPECT_THAT(Write([&](SlotsTransaction& t) -> absl::Status {
                SAS_RETURN_IF_ERROR(t.agendas().templates().PutAgenda(Agenda("a", "one")));
                SAS_RETURN_IF_ERROR(t.agendas().templates().PutWorklist(Worklist("a", "snp")));
                return absl::AbortedError("no");
              }),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(Agendas("regions/fr-pdl"), IsEmpty());
  EXPECT_THAT(Worklists("regions/fr-pdl"), IsEmpty());
}

}  // namespace
}  // namespace sas::slots
