#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "tests/contract/slots/stores.h"

namespace sas::slots {
namespace {

using testing::IsOk;

class ImportLedgerContract : public StoreContract {
 protected:
  static ImportState State(const std::string& id, std::int64_t offset) {
    ImportState state;
    state.region = "fr-pdl";
    state.import_id = id;
    state.format = v1::ImportHeader::FORMAT_SITES;
    state.territories = "44 85";
    state.offset = offset;
    state.header = "site_id;kind";
    state.report.mutable_progress()->set_offset(offset);
    state.report.add_refused_lines()->set_reason("INVALID_DATE");
    return state;
  }

  absl::Status Put(const ImportState& state) {
    return Write([&](SlotsTransaction& transaction) {
      return transaction.imports().PutImport(state, clock_.Now());
    });
  }

  std::optional<ImportState> Find(const std::string& id,
                                  int format = v1::ImportHeader::FORMAT_SITES) {
    return Got([&](SlotsTransaction& transaction) {
      return transaction.imports().GetImport("fr-pdl", id, format);
    });
  }
};

INSTANTIATE_TEST_SUITE_P(Stores, ImportLedgerContract, testing::EveryBackend(),
                         testing::BackendName);

TEST_P(ImportLedgerContract, KeepsHowFarAnImportHasComeAlsoOverARestart) {
  EXPECT_FALSE(Find("a"));
  ASSERT_THAT(Put(State("a", 100)), IsOk());
  ImportState later = State("a", 250);
  later.finished = true;
  ASSERT_THAT(Put(later), IsOk());
  Reopen();
  const auto found = Find("a");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->offset, 250);
  EXPECT_TRUE(found->finished);
  EXPECT_EQ(found->territories, "44 85");
  EXPECT_EQ(found->header, "site_id;kind");
  EXPECT_EQ(found->report.refused_lines(0).reason(), "INVALID_DATE");
  EXPECT_FALSE(Find("a", v1::ImportHeader::FORMAT_FINESS));
  EXPECT_FALSE(Find("b"));
}

TEST_P(ImportLedgerContract, ForgetsOldOnes) {
  ASSERT_THAT(Put(State("old", 1)), IsOk());
  clock_.Advance(std::chrono::hours(24));
  ASSERT_THAT(Put(State("new", 1)), IsOk());
  int purged = 0;
  ASSERT_THAT(Write([&](SlotsTransaction& transaction) -> absl::Status {
                auto count = transaction.imports().PurgeImports(clock_.Now(), 10);
                if (!count.ok()) return count.status();
                purged = *count;
                return absl::OkStatus();
              }),
              IsOk());
  EXPECT_EQ(purged, 1);
  EXPECT_FALSE(Find("old"));
  EXPECT_TRUE(Find("new"));
}

TEST_P(ImportLedgerContract, FindsASiteByItsNumber) {
  ASSERT_THAT(Write([](SlotsTransaction& transaction) -> absl::Status {
                for (const char* name : {"b", "a"}) {
                  v1::Site site;
                  site.set_name(std::string("regions/fr-pdl/sites/") + name);
                  site.set_finess("859900011");
                  if (const auto put = transaction.PutSite(site); !put.ok()) return put;
                }
                v1::Structure structure;
                structure.set_name("regions/fr-pdl/structures/s");
                return transaction.PutStructure(structure);
              }),
              IsOk());
  Reopen();
  const auto find = [&](const std::string& region, const std::string& finess) {
    return Got([&](SlotsTransaction& t) { return t.imports().FindSite(region, finess); });
  };
  ASSERT_TRUE(find("fr-pdl", "859900011"));
  EXPECT_EQ(find("fr-pdl", "859900011")->name(), "regions/fr-pdl/sites/a");
  EXPECT_FALSE(find("fr-naq", "859900011"));
  EXPECT_FALSE(find("fr-pdl", "859900029"));
  EXPECT_TRUE(
      Got([](SlotsTransaction& t) { return t.GetStructure("regions/fr-pdl/structures/s"); }));
  EXPECT_FALSE(
      Got([](SlotsTransaction& t) { return t.GetStructure("regions/fr-pdl/structures/t"); }));
}

}  // namespace
}  // namespace sas::slots
