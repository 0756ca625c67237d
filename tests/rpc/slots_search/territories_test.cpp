// What the demo territories other than Challans show: a border, a season, an estuary.

#include <map>
#include <optional>
#include <set>

#include "services/slots/domain/search_points.h"
#include "tests/rpc/slots_search/slots_server.h"

namespace sas::slots {
namespace {

using std::chrono::seconds;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class BorderTest : public SlotsServerTest {
 protected:
  void SetUp() override { Serve("nord-velay-forez", "fr-ara"); }
};

TEST_F(BorderTest, S1_13_SearchSeesTheNeighbouringDepartmentThatServesIt) {
  v1::SearchSlotsRequest request;
  request.set_parent("regions/fr-ara");
  request.set_insee_code("63003");  // Ambert, in the 63.
  request.set_radius_meters(60000);
  request.set_page_size(50);
  *request.mutable_need() = NeedOf116117();
  request.mutable_need()->set_care_order("regions/fr-ara/cases/c1/orders/o1");
  request.mutable_need()->set_territory("63");
  base::Actor actor = Osnp();
  actor.regions = {"fr-ara"};
  actor.territories = {"63"};
  const auto answer = Search(request, actor);
  ASSERT_THAT(answer, IsOk());
  std::set<std::string> sites;
  for (const v1::SlotMatch& match : answer->matches()) {
    sites.insert(match.site().substr(match.site().rfind('/') + 1));
  }
  EXPECT_THAT(sites, Contains("msp-craponne"));  // In the 43, open to 42, 43 and 63.
  EXPECT_EQ(ExcludedOf(*answer)["msp-saint-bonnet"].reason_code(), "TERRITORY_NOT_SERVED");

  request.mutable_need()->set_territory("42");  // Not what these credentials are for.
  EXPECT_THAT(Search(request, actor), ReasonIs("TERRITORY_FORBIDDEN"));
}

class SeasonTest : public SlotsServerTest {
 protected:
  static constexpr char kSummer[] = "regions/fr-ara/sites/sas-ete-2024";

  void SetUp() override {
    clock_.SetNow(base::Instant(seconds(1'721'030'400)));  // Monday 15 July 2024, 10:00 in Paris.
    Serve("nord-velay-forez", "fr-ara");
  }

  static base::Actor Regulator() {
    base::Actor actor = Osnp();
    actor.regions = {"fr-ara"};
    actor.territories = {"43"};
    return actor;
  }

  absl::StatusOr<v1::SearchSlotsResponse> Summer() {
    v1::SearchSlotsRequest request;
    request.set_parent("regions/fr-ara");
    request.set_insee_code("43080");
    request.set_radius_meters(5000);
    request.set_page_size(50);
    *request.mutable_need() = NeedOf116117();
    request.mutable_need()->set_care_order("regions/fr-ara/cases/c1/orders/o1");
    request.mutable_need()->set_territory("43");
    return Search(request, Regulator());
  }

  /// The service's own row of the load table.
  std::optional<v1::SiteLoad> Figures() {
    v1::GetLoadTableRequest request;
    request.set_parent("regions/fr-ara");
    request.set_territory("43");
    const auto stub = v1::RotationService::NewStub(server_.Channel());
    const auto table = Invoke<v1::LoadTable>(*stub, &v1::RotationService::Stub::GetLoadTable,
                                             request, Regulator());
    EXPECT_THAT(table, IsOk());
    for (const v1::SiteLoad& row : table->sites()) {
      if (row.site() == kSummer) return row;
    }
    return std::nullopt;
  }
};

// The SAS d'été of 2024 is a site of its own, with three doctors of its own and figures of its own;
// its last day closes it without anybody's act, and from then on it weighs on nobody's figures.
TEST_F(SeasonTest, S1_14_ASeasonalServiceEndsByItselfAndIsCountedApart) {
  const auto open = Summer();
  ASSERT_THAT(open, IsOk());
  std::set<std::string> doctors;
  for (const v1::SlotMatch& match : open->matches()) {
    if (match.site() == kSummer) doctors.insert(match.practitioner_display_name());
  }
  EXPECT_THAT(doctors, Not(IsEmpty()));
  ASSERT_TRUE(Figures().has_value());
  EXPECT_GT(Figures()->share_seats(), 0);

  clock_.SetNow(base::Instant(seconds(1'725'264'000)));  // Monday 2 September 2024.
  ASSERT_THAT(availability_->Look(Internal()), IsOk());
  const auto ended = Summer();
  ASSERT_THAT(ended, IsOk());
  EXPECT_EQ(ExcludedOf(*ended)["sas-ete-2024"].reason_code(), "ENDED");
  EXPECT_THAT(ExcludedOf(*ended)["sas-ete-2024"].explanation(), HasSubstr("31/08/2024"));
  EXPECT_FALSE(Figures().has_value());
}

class EstuaryTest : public SlotsServerTest {
 protected:
  void SetUp() override { Serve("haute-gironde", "fr-naq"); }

  static base::Actor Regulator() {
    base::Actor actor = Osnp();
    actor.regions = {"fr-naq"};
    actor.territories = {"33"};
    return actor;
  }
};

// Lamarque is 5.6 km from Blaye on the map: among the slots of its delay it comes last, and says
// why.
TEST_F(EstuaryTest, H20_TheOtherBankIsFar) {
  v1::SearchSlotsRequest request;
  request.set_parent("regions/fr-naq");
  request.set_insee_code("33058");  // Blaye
  request.set_page_size(50);
  *request.mutable_need() = NeedOf116117();
  request.mutable_need()->set_care_order("regions/fr-naq/cases/c1/orders/o1");
  request.mutable_need()->set_territory("33");
  const auto answer = Search(request, Regulator());
  ASSERT_THAT(answer, IsOk());
  const auto delay_class = [&](const v1::SlotMatch& match) {
    return DelayClass(seconds(match.slot().start_time().seconds()) -
                      clock_.Now().time_since_epoch());
  };
  int across = 0;
  for (int i = 0; i < answer->matches_size(); ++i) {
    const v1::SlotMatch& match = answer->matches(i);
    if (match.site() != "regions/fr-naq/sites/cabinet-lamarque") {
      EXPECT_EQ(match.detour_meters(), 0) << match.site();
      continue;
    }
    ++across;
    EXPECT_LT(match.distance_meters(), 5'700);
    EXPECT_GT(match.detour_meters(), 45'000);
    EXPECT_THAT(match.score_terms(1).label(), HasSubstr("détour (estuaire de la Gironde"));
    if (i + 1 < answer->matches_size()) {
      const v1::SlotMatch& next = answer->matches(i + 1);
      EXPECT_TRUE(next.detour_meters() > 0 || delay_class(next) > delay_class(match));
    }
  }
  EXPECT_GT(across, 0);
}

// The book has no site in the 17, of which the table holds two communes, and knows of the 16 only
// where it can be. No regulator takes what is offered there for nothing.
TEST_F(EstuaryTest, H18_WhatTheCircleReachesBeyondTheBookIsNamed) {
  v1::SearchSlotsRequest request;
  request.set_parent("regions/fr-naq");
  request.set_insee_code("33123");  // Cézac, 13 km from Bussac-Forêt in the 17.
  request.set_radius_meters(9'000);
  *request.mutable_end_time() = ToTimestamp(clock_.Now() + std::chrono::hours(10));
  *request.mutable_need() = NeedOf116117();
  request.mutable_need()->set_care_order("regions/fr-naq/cases/c1/orders/o1");
  request.mutable_need()->set_territory("33");
  const auto near = Search(request, Regulator());
  ASSERT_THAT(near, IsOk());
  // The table has a part of the 17 alone, whose box begins a kilometre from here.
  ASSERT_EQ(near->uncovered_departments_size(), 1);
  EXPECT_EQ(near->uncovered_departments(0).department_code(), "17");
  EXPECT_TRUE(near->uncovered_departments(0).unconfirmed());
  EXPECT_NEAR(near->uncovered_departments(0).distance_meters(), 1'090, 50);
  ASSERT_GT(near->widenings_size(), 0);
  ASSERT_EQ(near->widenings(0).kind_code(), "RADIUS");
  const auto& wider = near->widenings(0).uncovered_departments();
  ASSERT_EQ(wider.size(), 2);
  EXPECT_EQ(wider[0].department_code(), "16");
  EXPECT_TRUE(wider[0].unconfirmed());
  EXPECT_NEAR(wider[0].distance_meters(), 12'210, 50);
  EXPECT_EQ(wider[1].department_code(), "17");
  EXPECT_FALSE(wider[1].unconfirmed());
  EXPECT_NEAR(wider[1].distance_meters(), 12'860, 50);
  for (int i = 1; i < near->widenings_size(); ++i) {
    EXPECT_EQ(near->widenings(i).uncovered_departments_size(), 0);
  }

  request.set_radius_meters(13'500);
  request.set_page_size(1);
  const auto far = Search(request, Regulator());
  ASSERT_THAT(far, IsOk());
  ASSERT_EQ(far->uncovered_departments_size(), 2);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(far->uncovered_departments(i).SerializeAsString(), wider[i].SerializeAsString());
  }
  ASSERT_FALSE(far->next_page_token().empty());
  request.set_page_token(far->next_page_token());
  const auto second = Search(request, Regulator());
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->uncovered_departments_size(), 0);
}

}  // namespace
}  // namespace sas::slots
