#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <soci/soci.h>

#include "common/sql/statement.h"
#include "common/testing/status_matchers.h"
#include "common/testing/texts.h"
#include "services/slots/domain/place_name.h"
#include "tests/contract/slots/stores.h"

namespace sas::slots {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::StatusIs;

INSTANTIATE_TEST_SUITE_P(Stores, StoreContract, testing::EveryBackend(), testing::BackendName);

template <typename Message>
Message Named(const std::string& name) {
  Message message;
  message.set_name(name);
  return message;
}

v1::Site Site(const std::string& id, const std::vector<std::string>& territories,
              const std::string& region = "fr-pdl") {
  auto site = Named<v1::Site>("regions/" + region + "/sites/" + id);
  for (const auto& code : territories) site.add_territories(code);
  return site;
}

type::v1::Commune Commune(const std::string& code, const std::string& name, int population,
                          const std::vector<std::string>& postal_codes) {
  type::v1::Commune commune;
  commune.set_insee_code(code);
  commune.set_display_name(name);
  commune.set_population(population);
  for (const auto& postal : postal_codes) commune.add_postal_codes(postal);
  return commune;
}

template <typename Rows>
std::vector<std::string> Names(const Rows& rows) {
  std::vector<std::string> names;
  for (const auto& row : rows) names.push_back(row.name().substr(row.name().rfind('/') + 1));
  return names;
}

template <typename Rows>
std::vector<std::string> Codes(const Rows& rows) {
  std::vector<std::string> codes;
  for (const auto& row : rows) codes.push_back(row.insee_code());
  return codes;
}

TEST_P(StoreContract, KeepsWholeMessages) {
  v1::Site site = Site("challans", {"85", "44"});
  site.set_display_name("CSNP de Challans — œuvre d’été");
  site.mutable_place()->mutable_point()->set_latitude_degrees(46.8458);
  site.set_wheelchair(v1::ACCESSIBILITY_NO);
  site.set_etag("\"7\"");
  auto doctor = Named<v1::Practitioner>("regions/fr-pdl/practitioners/a");
  doctor.set_rpps("99709850103");
  doctor.set_licence_end_date("2027-06-30");
  doctor.add_activities()->set_site(site.name());
  doctor.mutable_activities(0)->set_status(v1::Practitioner::STATUS_TITULAIRE);
  auto plan = Named<v1::SessionPlan>("regions/fr-pdl/sites/challans/plans/lundi");
  plan.add_weekdays(1);
  plan.add_allocation_pattern(v1::SLOT_ALLOCATION_UNSPECIFIED);
  plan.add_allocation_pattern(v1::SLOT_ALLOCATION_SAME_DAY);
  plan.set_own_patients_only(true);
  auto structure = Named<v1::Structure>("regions/fr-pdl/structures/ch");
  structure.set_kind(v1::Structure::KIND_HOPITAL);
  structure.add_communities("regions/fr-pdl/structures/cpts");
  auto barrier = Named<v1::Barrier>("regions/fr-pdl/barriers/vie");
  barrier.add_points()->set_latitude_degrees(46.7);
  barrier.set_detour_meters(9000);
  barrier.mutable_season()->set_start_month_day("11-01");
  barrier.mutable_season()->set_end_month_day("05-15");
  ASSERT_THAT(Write([&](SlotsTransaction& t) -> absl::Status {
                SAS_RETURN_IF_ERROR(t.PutSite(site));
                SAS_RETURN_IF_ERROR(t.PutBarrier(Named<v1::Barrier>(barrier.name())));
                SAS_RETURN_IF_ERROR(t.PutBarrier(barrier));  // Replaced by name.
                SAS_RETURN_IF_ERROR(t.PutPractitioner(doctor));
                SAS_RETURN_IF_ERROR(t.PutSessionPlan(plan));
                SAS_RETURN_IF_ERROR(t.PutStructure(structure));
                return t.PutCommune("fr-pdl", Commune("85047", "Challans", 22943, {"85300"}));
              }),
              IsOk());
  Reopen();
  const auto got_site = Got([&](SlotsTransaction& t) { return t.GetSite(site.name()); });
  ASSERT_TRUE(got_site);
  EXPECT_EQ(got_site->SerializeAsString(), site.SerializeAsString());
  const auto got_doctor =
      Got([&](SlotsTransaction& t) { return t.GetPractitioner(doctor.name()); });
  ASSERT_TRUE(got_doctor);
  EXPECT_EQ(got_doctor->SerializeAsString(), doctor.SerializeAsString());
  const auto plans =
      Got([&](SlotsTransaction& t) { return t.ListSessionPlans(site.name(), Page{}); });
  ASSERT_EQ(plans.size(), 1U);
  EXPECT_EQ(plans[0].SerializeAsString(), plan.SerializeAsString());
  const auto structures = Got([](SlotsTransaction& t) { return t.ListStructures("fr-pdl", {}); });
  ASSERT_EQ(structures.size(), 1U);
  EXPECT_EQ(structures[0].SerializeAsString(), structure.SerializeAsString());
  const auto barriers = Got([](SlotsTransaction& t) { return t.ListBarriers("fr-pdl", {}); });
  ASSERT_EQ(barriers.size(), 1U);
  EXPECT_EQ(barriers[0].SerializeAsString(), barrier.SerializeAsString());
  EXPECT_TRUE(Got([](SlotsTransaction& t) { return t.ListBarriers("fr-naq", {}); }).empty());
  const auto commune = Got([](SlotsTransaction& t) { return t.GetCommune("fr-pdl", "85047"); });
  ASSERT_TRUE(commune);
  EXPECT_EQ(commune->population(), 22943);
}

// text_roundtrip_every_hop.
TEST_P(StoreContract, H16_TextRoundtripEveryHop) {
  testing::HardTexts texts(19);
  for (int round = 0; round < 8; ++round) {
    v1::Site site = Site("s" + std::to_string(round), {"85"});
    texts.Fill(site, 60);
    auto doctor = Named<v1::Practitioner>("regions/fr-pdl/practitioners/p" + std::to_string(round));
    texts.Fill(doctor, 60);
    ASSERT_THAT(Write([&](SlotsTransaction& t) -> absl::Status {
                  SAS_RETURN_IF_ERROR(t.PutSite(site));
                  return t.PutPractitioner(doctor);
                }),
                IsOk());
    Reopen();
    const auto kept = Got([&](SlotsTransaction& t) { return t.GetSite(site.name()); });
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->SerializeAsString(), site.SerializeAsString());
    const auto seen = Got([&](SlotsTransaction& t) { return t.GetPractitioner(doctor.name()); });
    ASSERT_TRUE(seen);
    EXPECT_EQ(seen->SerializeAsString(), doctor.SerializeAsString());
  }
}

TEST_P(StoreContract, AbsentIsAnEmptyOptional) {
  EXPECT_FALSE(Got([](SlotsTransaction& t) { return t.GetSite("regions/r/sites/x"); }));
  EXPECT_FALSE(
      Got([](SlotsTransaction& t) { return t.GetPractitioner("regions/r/practitioners/x"); }));
  EXPECT_FALSE(Got([](SlotsTransaction& t) { return t.GetCommune("r", "85047"); }));
  EXPECT_THAT(Got([](SlotsTransaction& t) { return t.ListRegions(); }), IsEmpty());
}

TEST_P(StoreContract, PutReplacesByName) {
  for (const char* title : {"un", "deux"}) {
    ASSERT_THAT(Write([&](SlotsTransaction& t) {
                  v1::Site site = Site("a", {"85"});
                  site.set_display_name(title);
                  if (std::string(title) == "deux") site.set_territories(0, "44");
                  return t.PutSite(site);
                }),
                IsOk());
  }
  const auto sites = Got([](SlotsTransaction& t) { return t.ListSites("fr-pdl", "", {}); });
  ASSERT_EQ(sites.size(), 1U);
  EXPECT_EQ(sites[0].display_name(), "deux");
  EXPECT_THAT(Got([](SlotsTransaction& t) { return t.ListSites("fr-pdl", "85", {}); }), IsEmpty());
}

TEST_P(StoreContract, ListsByNameInPagesOfOneRegion) {
  ASSERT_THAT(Write([&](SlotsTransaction& t) -> absl::Status {
                // In the order of bytes '-' comes before letters, whatever the language.
                for (const char* id : {"b", "a-b", "ab", "a", "aa"}) {
                  SAS_RETURN_IF_ERROR(t.PutSite(Site(id, {"85"})));
                  SAS_RETURN_IF_ERROR(t.PutPractitioner(
                      Named<v1::Practitioner>("regions/fr-pdl/practitioners/" + std::string(id))));
                }
                SAS_RETURN_IF_ERROR(t.PutSite(Site("x", {"33"}, "fr-naq")));
                // A region whose id begins like another's.
                return t.PutSite(Site("x", {"85"}, "fr-pdl-2"));
              }),
              IsOk());
  const auto page = [&](const std::string& after, int limit) {
    return Names(Got([&](SlotsTransaction& t) {
      return t.ListSites("fr-pdl", "", Page{after, limit});
    }));
  };
  EXPECT_THAT(page("", 1000), ElementsAre("a", "a-b", "aa", "ab", "b"));
  EXPECT_THAT(page("", 2), ElementsAre("a", "a-b"));
  EXPECT_THAT(page("regions/fr-pdl/sites/a-b", 2), ElementsAre("aa", "ab"));
  EXPECT_THAT(page("regions/fr-pdl/sites/ab", 2), ElementsAre("b"));
  EXPECT_THAT(page("regions/fr-pdl/sites/b", 2), IsEmpty());
  EXPECT_THAT(Names(Got([](SlotsTransaction& t) { return t.ListPractitioners("fr-pdl", {}); })),
              ElementsAre("a", "a-b", "aa", "ab", "b"));
}

TEST_P(StoreContract, FiltersSitesByTerritory) {
  ASSERT_THAT(Write([&](SlotsTransaction& t) -> absl::Status {
                SAS_RETURN_IF_ERROR(t.PutSite(Site("a", {"85"})));
                SAS_RETURN_IF_ERROR(t.PutSite(Site("b", {"44", "85"})));
                SAS_RETURN_IF_ERROR(t.PutSite(Site("c", {"2A"})));
                return t.PutSite(Site("d", {"971", "44"}));
              }),
              IsOk());
  const auto of = [&](const std::string& territory) {
    return Names(Got([&](SlotsTransaction& t) { return t.ListSites("fr-pdl", territory, {}); }));
  };
  EXPECT_THAT(of("85"), ElementsAre("a", "b"));
  EXPECT_THAT(of("44"), ElementsAre("b", "d"));
  EXPECT_THAT(of("2A"), ElementsAre("c"));
  EXPECT_THAT(of("97"), IsEmpty());
  EXPECT_THAT(of("4"), IsEmpty());
}

TEST_P(StoreContract, ListsPlansOfASiteOrOfARegion) {
  ASSERT_THAT(
      Write([&](SlotsTransaction& t) -> absl::Status {
        for (const char* name : {"regions/r/sites/a/plans/2", "regions/r/sites/a/plans/1",
                                 "regions/r/sites/ab/plans/1", "regions/q/sites/a/plans/1"}) {
          SAS_RETURN_IF_ERROR(t.PutSessionPlan(Named<v1::SessionPlan>(name)));
        }
        return absl::OkStatus();
      }),
      IsOk());
  const auto count = [&](const std::string& parent) {
    return Got([&](SlotsTransaction& t) { return t.ListSessionPlans(parent, Page{}); }).size();
  };
  EXPECT_EQ(count("regions/r/sites/a"), 2U);
  EXPECT_EQ(count("regions/r/sites/ab"), 1U);
  EXPECT_EQ(count("regions/r"), 3U);
  EXPECT_EQ(count("regions/q"), 1U);
  EXPECT_THAT(
      Names(Got([](SlotsTransaction& t) {
        return t.ListSessionPlans("regions/r/sites/a", Page{"regions/r/sites/a/plans/1", 5});
      })),
      ElementsAre("2"));
}

TEST_P(StoreContract, FindsCommunesMostPopulousFirst) {
  ASSERT_THAT(Write([&](SlotsTransaction& t) -> absl::Status {
                for (const auto& commune :
                     {Commune("85012", "La Barre-de-Monts", 2367, {"85550"}),
                      Commune("85194", "Les Sables-d’Olonne", 49603, {"85100", "85180", "85340"}),
                      Commune("85221", "Saint-Gervais", 2781, {"85230"}),
                      Commune("44157", "Saint-Étienne-de-Mer-Morte", 1782, {"44270"}),
                      Commune("85210", "Saint-Étienne-du-Bois", 2311, {"85670"}),
                      Commune("85018", "Beauvoir-sur-Mer", 4035, {"85230"})}) {
                  SAS_RETURN_IF_ERROR(t.PutCommune("fr-pdl", commune));
                }
                return t.PutCommune("fr-naq", Commune("33001", "Saint-Étienne", 9, {"85230"}));
              }),
              IsOk());
  const auto find = [&](const CommuneQuery& query, int limit = 10) {
    return Codes(Got([&](SlotsTransaction& t) { return t.FindCommunes("fr-pdl", query, limit); }));
  };
  EXPECT_THAT(find({"85012", "", ""}), ElementsAre("85012"));
  EXPECT_THAT(find({"33001", "", ""}), IsEmpty());
  EXPECT_THAT(find({"", "85230", ""}), ElementsAre("85018", "85221"));
  EXPECT_THAT(find({"", "85180", ""}), ElementsAre("85194"));
  EXPECT_THAT(find({"", "8523", ""}), IsEmpty());
  EXPECT_THAT(find({"", "", FoldPlaceName("St-Etienne")}), ElementsAre("85210", "44157"));
  EXPECT_THAT(find({"", "", FoldPlaceName("SAINT")}), ElementsAre("85221", "85210", "44157"));
  EXPECT_THAT(find({"", "", FoldPlaceName("SAINT")}, 2), ElementsAre("85221", "85210"));
  EXPECT_THAT(find({"", "", "barre"}), ElementsAre("85012"));
  EXPECT_THAT(find({"", "", "la barre"}), ElementsAre("85012"));
  EXPECT_THAT(find({"", "", "monts"}), IsEmpty());
  EXPECT_THAT(Codes(Got([](SlotsTransaction& t) {
                return t.ListCommunes("fr-pdl", Page{"44157", 2});
              })),
              ElementsAre("85012", "85018"));
}

TEST_P(StoreContract, RefusedWorkLeavesNothing) {
  EXPECT_FALSE(
      Write([&](SlotsTransaction& t) -> absl::Status {
        SAS_RETURN_IF_ERROR(t.PutSite(Site("a", {"85"})));
        SAS_RETURN_IF_ERROR(t.NextDirectory("fr-pdl").status());
        SAS_RETURN_IF_ERROR(t.SetEpoch("fr-pdl", 4));
        SAS_RETURN_IF_ERROR(t.journal().Publish({"fr-pdl", "territory.imported", "s", "p"}));
        return absl::InternalError("stop");
      }).ok());
  EXPECT_FALSE(Got([](SlotsTransaction& t) { return t.GetSite("regions/fr-pdl/sites/a"); }));
  EXPECT_THAT(Got([](SlotsTransaction& t) { return t.ListRegions(); }), IsEmpty());
  EXPECT_THAT(*store().feed().Read(Call(), "", "", 10), IsEmpty());
}

TEST_P(StoreContract, ReadingTransactionsDoNotWrite) {
  EXPECT_FALSE(Read([&](SlotsTransaction& t) { return t.PutSite(Site("a", {"85"})); }).ok());
  EXPECT_FALSE(Read([](SlotsTransaction& t) { return t.SetEpoch("fr-pdl", 1); }).ok());
  EXPECT_FALSE(Read([](SlotsTransaction& t) { return t.NextDirectory("fr-pdl").status(); }).ok());
  EXPECT_FALSE(Read([](SlotsTransaction& t) { return t.TouchSite("fr-pdl", "a"); }).ok());
  EXPECT_FALSE(Got([](SlotsTransaction& t) { return t.GetSite("regions/fr-pdl/sites/a"); }));
}

TEST_P(StoreContract, EpochNeverGoesBack) {
  const auto set = [&](std::int64_t epoch) {
    return Write([&](SlotsTransaction& t) { return t.SetEpoch("fr-pdl", epoch); });
  };
  const auto epoch = [&] {
    return Got([](SlotsTransaction& t) { return t.GetRegion("fr-pdl"); }).epoch;
  };
  EXPECT_EQ(epoch(), 0);
  EXPECT_THAT(set(0), StatusIs(absl::StatusCode::kAborted, "EPOCH_SUPERSEDED"));
  EXPECT_THAT(set(5), IsOk());
  EXPECT_THAT(set(5), StatusIs(absl::StatusCode::kAborted, "EPOCH_SUPERSEDED"));
  EXPECT_THAT(set(4), StatusIs(absl::StatusCode::kAborted, "EPOCH_SUPERSEDED"));
  EXPECT_EQ(epoch(), 5);
  EXPECT_THAT(set(9), IsOk());
  Reopen();
  EXPECT_EQ(epoch(), 9);
}

TEST_P(StoreContract, DirectoryCountsImportsAndMakesTheRegionKnown) {
  for (int i = 1; i <= 3; ++i) {
    ASSERT_THAT(Write([&](SlotsTransaction& t) -> absl::Status {
                  SAS_ASSIGN_OR_RETURN(const std::int64_t version, t.NextDirectory("fr-pdl"));
                  EXPECT_EQ(version, i);
                  return absl::OkStatus();
                }),
                IsOk());
  }
  ASSERT_THAT(Write([](SlotsTransaction& t) { return t.NextDirectory("fr-naq").status(); }),
              IsOk());
  EXPECT_THAT(Got([](SlotsTransaction& t) { return t.ListRegions(); }),
              ElementsAre("fr-naq", "fr-pdl"));
  const RegionState state = Got([](SlotsTransaction& t) { return t.GetRegion("fr-pdl"); });
  EXPECT_EQ(state.directory, 3);
  EXPECT_EQ(state.epoch, 0);
}

TEST_P(StoreContract, LogTellsWhichSitesAVersionChanged) {
  const auto touch = [&](const std::vector<std::string>& sites) {
    ASSERT_THAT(Write([&](SlotsTransaction& t) -> absl::Status {
                  for (const std::string& site : sites) {
                    SAS_RETURN_IF_ERROR(t.TouchSite("fr-pdl", site));
                  }
                  return absl::OkStatus();
                }),
                IsOk());
  };
  const auto since = [&](std::int64_t after) {
    return Got([&](SlotsTransaction& t) { return t.ListSiteChanges("fr-pdl", after); });
  };
  const auto version = [&] {
    return Got([](SlotsTransaction& t) { return t.GetRegion("fr-pdl"); }).directory;
  };
  touch({"b", "a", "b"});  // One transaction, one version.
  EXPECT_EQ(version(), 1);
  touch({"c"});
  touch({"a-b"});
  EXPECT_EQ(version(), 3);
  EXPECT_FALSE(since(0).whole);
  EXPECT_THAT(since(0).sites, ElementsAre("a", "a-b", "b", "c"));
  EXPECT_THAT(since(2).sites, ElementsAre("a-b"));
  EXPECT_FALSE(since(3).whole);
  EXPECT_THAT(since(3).sites, IsEmpty());
  EXPECT_TRUE(since(4).whole) << "a book of a later ledger";
  Reopen();
  EXPECT_THAT(since(1).sites, ElementsAre("a-b", "c"));

  touch({"d", ""});
  EXPECT_TRUE(since(1).whole);
  EXPECT_FALSE(since(4).whole);
  ASSERT_THAT(Write([](SlotsTransaction& t) { return t.NextDirectory("fr-pdl").status(); }),
              IsOk());
  EXPECT_TRUE(since(4).whole) << "a version that says nothing has changed everything";
  EXPECT_TRUE(Got([](SlotsTransaction& t) { return t.ListSiteChanges("fr-naq", 1); }).whole);
}

TEST_P(StoreContract, TouchKeepsToTheVersionThatAnImportTook) {
  ASSERT_THAT(Write([](SlotsTransaction& t) -> absl::Status {
                SAS_RETURN_IF_ERROR(t.NextDirectory("fr-pdl").status());
                return t.TouchSite("fr-pdl", "a");
              }),
              IsOk());
  EXPECT_EQ(Got([](SlotsTransaction& t) { return t.GetRegion("fr-pdl"); }).directory, 1);
  EXPECT_FALSE(Got([](SlotsTransaction& t) { return t.ListSiteChanges("fr-pdl", 0); }).whole);
}

TEST_P(StoreContract, LogReachesBackOverAnyNumberOfVersionsOfASite) {
  const auto touch = [&](int first, int count) {
    return Write([&](SlotsTransaction& t) -> absl::Status {
      for (int i = first; i < first + count; ++i) {
        SAS_RETURN_IF_ERROR(t.TouchSite("fr-pdl", "s" + std::to_string(i)));
      }
      return absl::OkStatus();
    });
  };
  const auto since = [&](std::int64_t after) {
    return Got([&](SlotsTransaction& t) { return t.ListSiteChanges("fr-pdl", after); });
  };
  ASSERT_THAT(touch(0, 500), IsOk());
  EXPECT_EQ(since(0).sites.size(), 500U);
  for (int i = 0; i < 300; ++i) ASSERT_THAT(touch(7 + i % 3, 1), IsOk());
  EXPECT_EQ(since(0).sites.size(), 500U);
  EXPECT_FALSE(since(1).whole);
  EXPECT_THAT(since(1).sites, ElementsAre("s7", "s8", "s9"));
  EXPECT_THAT(since(300).sites, ElementsAre("s9")) << "of each site its last change";
}

// As the program before read it, which may run beside this one: a version without a row is a load.
TEST_P(StoreContract, LogHasARowOfEachOfTheLastVersionsAndNotOfAll) {
  if (under_test_->database() == nullptr) GTEST_SKIP() << "no other process reads it";
  for (int i = 0; i < 300; ++i) {
    ASSERT_THAT(Write([](SlotsTransaction& t) { return t.TouchSite("fr-pdl", "s"); }), IsOk());
  }
  const auto count = [&](const std::string& what) {
    long long rows = 0;
    const auto read = [&](sql::Session& session) {
      sql::FetchOne(session, "SELECT count(" + what + ") FROM site_changes", soci::into(rows));
      return absl::OkStatus();
    };
    EXPECT_THAT(under_test_->database()->Run(Call(), sql::Access::kRead, read), IsOk());
    return rows;
  };
  EXPECT_EQ(count("DISTINCT directory"), 256);
  EXPECT_EQ(count("*"), 256);
  EXPECT_THAT(Got([](SlotsTransaction& t) { return t.ListSiteChanges("fr-pdl", 1); }).sites,
              ElementsAre("s"));
}

TEST_P(StoreContract, LogTellsOneSiteMoreThanARefreshTakesAndNoFurther) {
  ASSERT_THAT(Write([](SlotsTransaction& t) -> absl::Status {
                for (std::size_t i = 0; i < kRefreshedSitesMax + 2; ++i) {
                  SAS_RETURN_IF_ERROR(t.TouchSite("fr-pdl", "s" + std::to_string(i)));
                }
                return absl::OkStatus();
              }),
              IsOk());
  const auto changes = Got([](SlotsTransaction& t) { return t.ListSiteChanges("fr-pdl", 0); });
  EXPECT_FALSE(changes.whole);
  EXPECT_EQ(changes.sites.size(), kRefreshedSitesMax + 1);
}

TEST_P(StoreContract, LogBeginsAnewBehindAVersionThatSaysNothing) {
  const auto touch = [&](const std::string& site) {
    return Write([&](SlotsTransaction& t) { return t.TouchSite("fr-pdl", site); });
  };
  const auto since = [&](std::int64_t after) {
    return Got([&](SlotsTransaction& t) { return t.ListSiteChanges("fr-pdl", after); });
  };
  ASSERT_THAT(touch("a"), IsOk());
  ASSERT_THAT(Write([](SlotsTransaction& t) { return t.NextDirectory("fr-pdl").status(); }),
              IsOk());
  ASSERT_THAT(touch("b"), IsOk());
  EXPECT_TRUE(since(1).whole) << "the second version has changed everything";
  EXPECT_FALSE(since(2).whole);
  EXPECT_THAT(since(2).sites, ElementsAre("b"));
  ASSERT_THAT(touch("a"), IsOk());
  EXPECT_TRUE(since(1).whole);
  EXPECT_THAT(since(2).sites, ElementsAre("a", "b"));
}

TEST_P(StoreContract, PingsAndWakesFollowers) {
  EXPECT_THAT(store().Ping(Call()), IsOk());
  std::atomic<int> woken{0};
  const auto id = store().feed().Subscribe([&] { ++woken; });
  ASSERT_THAT(Write([](SlotsTransaction& t) {
                return t.journal().Publish({"fr-pdl", "territory.imported", "regions/fr-pdl", "p"});
              }),
              IsOk());
  EXPECT_EQ(woken, 1);
  store().feed().Unsubscribe(id);
  const auto events = *store().feed().Read(Call(), "fr-pdl", "", 10);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].payload, "p");
}

}  // namespace
}  // namespace sas::slots
