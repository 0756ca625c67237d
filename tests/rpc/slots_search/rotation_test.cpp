// The load table over the wire, on the demo territories.

#include "services/slots/rotation_service.h"

#include <algorithm>

#include "tests/rpc/slots_search/slots_server.h"

namespace sas::slots {
namespace {

using absl::StatusCode;
using ::testing::Contains;

class RotationRpc : public SlotsServerTest {
 protected:
  v1::LoadTable Table(const std::string& territory = "", std::vector<std::string> own = {}) {
    base::Actor actor = sas::testing::ActorWith(base::Role::kEffecteur, "cabinet-1");
    actor.territories = std::move(own);
    const auto view = projection_.Find("fr-pdl");
    return MakeLoadTable(*view, "fr-pdl", territory, actor, clock_.Now());
  }

  absl::StatusOr<v1::LoadTable> Ask(const v1::GetLoadTableRequest& request,
                                    const base::Actor& actor) {
    const auto stub = v1::RotationService::NewStub(server_.Channel());
    return Invoke<v1::LoadTable>(*stub, &v1::RotationService::Stub::GetLoadTable, request, actor);
  }

  static const v1::SiteLoad& Row(const v1::LoadTable& table, const std::string& id) {
    const std::string name = "regions/fr-pdl/sites/" + id;
    const auto row = std::find_if(table.sites().begin(), table.sites().end(),
                                  [&](const v1::SiteLoad& each) { return each.site() == name; });
    EXPECT_NE(row, table.sites().end()) << id;
    return *row;
  }
};

TEST_F(RotationRpc, S2_27_EveryRowCanBeReplayed) {
  const v1::LoadTable table = Table();
  EXPECT_EQ(table.seed(), "fr-pdl|2026-11-24");
  EXPECT_EQ(table.start_date(), "2026-10-27");
  ASSERT_GE(table.sites_size(), 7);
  int last = -1;
  for (const v1::SiteLoad& row : table.sites()) {
    EXPECT_GT(row.share_seats(), 0) << row.site();
    EXPECT_EQ(row.load_permille(),
              (row.booked_count() + row.newcomer_credit()) * 1000 / row.share_seats());
    EXPECT_GT(row.rotation_rank(), last);
    last = row.rotation_rank();
  }
}

TEST_F(RotationRpc, S2_25_AHeldSeatTurnsTheRotation) {
  v1::SearchSlotsRequest request = AroundChallans();
  const auto before = Search(request);
  ASSERT_THAT(before, IsOk());
  const std::string first = before->matches(0).slot().name();
  const std::string site = first.substr(0, first.find("/slots/"));
  const int booked = Row(Table(), site.substr(site.rfind('/') + 1)).booked_count();
  const auto hold = Hold(first);
  ASSERT_THAT(hold, IsOk());
  clock_.Advance(kTurnInterval);
  Follow();
  const v1::SiteLoad row = Row(Table(), site.substr(site.rfind('/') + 1));
  EXPECT_EQ(row.booked_count(), booked + 1);
  EXPECT_GT(row.rotation_rank(), 0) << "others are before it now";
  const auto after = Search(request);
  ASSERT_THAT(after, IsOk());
  const auto match = std::find_if(
      after->matches().begin(), after->matches().end(),
      [&](const v1::SlotMatch& each) { return each.slot().name().rfind(site + "/", 0) == 0; });
  ASSERT_NE(match, after->matches().end());
  const std::string place = "place " + std::to_string(row.rotation_rank() + 1) + " de la rotation";
  EXPECT_THAT(match->score_terms(), Contains(::testing::Property(&v1::ScoreTerm::label, place)))
      << "the search ranks by the table's order";
}

TEST_F(RotationRpc, ShareStaysWithinTheCaps) {
  // Six seats a day are offered, 90 in three weeks, and the doctor takes ten patients of the SAS a
  // week: the days of four weeks give 10 + 10 + 10 + 6.
  EXPECT_EQ(Row(Table(), "msp-soullans").share_seats(), 36 * 28 / 21);
}

TEST_F(RotationRpc, S3_25_AnEmptySiteIsFlaggedWithWhatMightHelp) {
  const v1::LoadTable table = Table();
  const v1::SiteLoad& row = Row(table, "csnp-challans");
  EXPECT_EQ(row.fill_permille(), 0);
  EXPECT_TRUE(row.under_filled());
  EXPECT_THAT(row.suggestion_codes(),
              ::testing::ElementsAre("WIDEN_ENTRY_POINTS", "WIDEN_MOTIFS", "RELEASE_SLOTS"));
}

TEST_F(RotationRpc, OnlyTheCallersTerritories) {
  const v1::LoadTable of_44 = Table("", {"44"});
  ASSERT_EQ(of_44.sites_size(), 1);
  EXPECT_EQ(of_44.sites(0).site(), "regions/fr-pdl/sites/msp-machecoul");
  EXPECT_EQ(Table("44").sites_size(), 1);
}

TEST_F(RotationRpc, S2_27_EveryParticipantReadsAndNobodyElse) {
  v1::GetLoadTableRequest request;
  request.set_parent("regions/fr-pdl");
  for (const base::Role role : {base::Role::kEffecteur, base::Role::kSecretariat,
                                base::Role::kProfessional, base::Role::kPlanner}) {
    const auto table = Ask(request, sas::testing::ActorWith(role, "someone"));
    ASSERT_THAT(table, IsOk());
    EXPECT_GT(table->sites_size(), 0);
  }
  EXPECT_THAT(Ask(request, sas::testing::ActorWith(base::Role::kOperations, "x")),
              StatusIs(StatusCode::kPermissionDenied));
  base::Actor of_44 = Osnp();
  of_44.territories = {"44"};
  request.set_territory("85");
  EXPECT_THAT(Ask(request, of_44), ReasonIs("TERRITORY_FORBIDDEN"));
  request.set_territory("vendee");
  EXPECT_THAT(Ask(request, Osnp()), StatusIs(StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace sas::slots
