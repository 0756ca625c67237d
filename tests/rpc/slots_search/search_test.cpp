// Searches over the wire, on the demo territories.

#include <algorithm>
#include <map>
#include <set>

#include "services/slots/slot_search.h"
#include "tests/rpc/slots_search/slots_server.h"

namespace sas::slots {
namespace {

using absl::StatusCode;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class SearchTest : public SlotsServerTest {
 protected:
  google::protobuf::Timestamp At(base::Instant instant) { return ToTimestamp(instant); }
};

TEST_F(SearchTest, S2_24_H54_ListIsDeterministicAndEachMatchSaysWhy) {
  const auto first = Search(AroundChallans());
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(first->matches(), Not(IsEmpty()));
  const auto again = Search(AroundChallans());
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  for (const v1::SlotMatch& match : first->matches()) {
    int points = 0;
    std::set<std::string> codes;
    for (const v1::ScoreTerm& term : match.score_terms()) {
      points += term.points();
      codes.insert(term.code());
      EXPECT_FALSE(term.label().empty());
    }
    EXPECT_EQ(points, match.score()) << match.slot().name();
    EXPECT_THAT(codes, ::testing::IsSupersetOf({"DELAY", "DISTANCE", "ROTATION"}));
    EXPECT_EQ(match.slot().state(), v1::Slot::STATE_FREE);
    EXPECT_FALSE(match.site_display_name().empty());
    EXPECT_FALSE(match.practitioner_display_name().empty());
    EXPECT_EQ(match.entry_rule().entry_point(), type::v1::ENTRY_POINT_LINE_116117);
    EXPECT_FALSE(match.unverified());
  }
}

TEST_F(SearchTest, H18_EveryReachableSiteIsAMatchOrExcludedWithItsReason) {
  v1::SearchSlotsRequest request = AroundChallans();
  request.set_page_size(50);
  request.set_radius_meters(60000);
  std::set<std::string> seen;
  int matches = 0;
  std::string token;
  do {
    request.set_page_token(token);
    const auto page = Search(request);
    ASSERT_THAT(page, IsOk());
    for (const v1::SlotMatch& match : page->matches()) seen.insert(match.site());
    for (const v1::ExcludedSite& site : page->excluded_sites()) {
      EXPECT_TRUE(seen.insert(site.site()).second) << site.site() << " is both";
      EXPECT_FALSE(site.reason_code().empty());
      EXPECT_FALSE(site.explanation().empty());
      EXPECT_FALSE(site.lifted_by().empty());
    }
    matches += page->matches_size();
    EXPECT_EQ(page->excluded_sites_size() > 0, token.empty());
    EXPECT_GE(page->total_count(), matches);
    token = page->next_page_token();
    if (token.empty()) {
      EXPECT_EQ(page->total_count(), matches);
    }
  } while (!token.empty());
  EXPECT_THAT(seen, SizeIs(9));  // Every site of the territory.
}

TEST_F(SearchTest, ExclusionsNameTheRule) {
  const auto answer = Search(AroundChallans());
  ASSERT_THAT(answer, IsOk());
  const auto excluded = ExcludedOf(*answer);
  ASSERT_THAT(excluded, Contains(::testing::Key("cabinet-commequiers")));
  EXPECT_EQ(excluded.at("cabinet-commequiers").reason_code(), "OWN_PATIENTS_ONLY");
  ASSERT_THAT(excluded, Contains(::testing::Key("cabinet-saint-gilles")));
  EXPECT_EQ(excluded.at("cabinet-saint-gilles").reason_code(), "MOTIF_NOT_ACCEPTED");
  for (int i = 1; i < answer->excluded_sites_size(); ++i) {
    EXPECT_LE(answer->excluded_sites(i - 1).distance_meters(),
              answer->excluded_sites(i).distance_meters());
  }
}

TEST_F(SearchTest, H18_AllSitesLeftOutAreCountedByReasonOnTheFirstPage) {
  v1::SearchSlotsRequest request = AroundChallans();
  request.set_page_size(5);
  const auto first = Search(request);
  ASSERT_THAT(first, IsOk());
  std::map<std::string, int> told;
  for (const v1::ExcludedSite& site : first->excluded_sites()) ++told[site.reason_code()];
  std::map<std::string, int> counted;
  for (const v1::ExcludedCount& each : first->excluded_counts()) {
    counted[each.reason_code()] = each.site_count();
  }
  EXPECT_FALSE(counted.empty());
  EXPECT_EQ(counted, told);  // No more than 50 of them.
  for (int i = 1; i < first->excluded_counts_size(); ++i) {
    EXPECT_GE(first->excluded_counts(i - 1).site_count(), first->excluded_counts(i).site_count());
  }
  ASSERT_FALSE(first->next_page_token().empty());
  request.set_page_token(first->next_page_token());
  const auto second = Search(request);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->excluded_counts_size(), 0);
}

// Sixty sites that the asker cannot enter, sixty whose day has no session: fifty are named.
TEST_F(SearchTest, H18_BeyondTheFiftyThatAreNamedNoneIsForgotten) {
  constexpr int kEach = 60;
  ASSERT_THAT(store_.Write(Internal(),
                           [&](SlotsTransaction& transaction) -> absl::Status {
                             SAS_ASSIGN_OR_RETURN(auto site, transaction.GetSite(kCsnp));
                             for (int i = 0; i < 2 * kEach; ++i) {
                               site->set_name(std::string(kCsnp) + "-" + std::to_string(i));
                               if (i == kEach) site->clear_entry_policy();
                               SAS_RETURN_IF_ERROR(transaction.PutSite(*site));
                             }
                             return transaction.TouchSite("fr-pdl", "");
                           }),
              IsOk());
  ASSERT_THAT(availability_->Look(Internal()), IsOk());
  const auto answer = Search(AroundChallans());
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->excluded_sites_size(), kExcludedMax);
  std::map<std::string, int> counted;
  int all = 0;
  for (const v1::ExcludedCount& each : answer->excluded_counts()) {
    counted[each.reason_code()] = each.site_count();
    all += each.site_count();
  }
  EXPECT_GE(all, 2 * kEach);
  EXPECT_EQ(counted["ENTRY_POINT_CLOSED"], kEach);
  EXPECT_GT(counted["NOTHING_FREE"], 0);
}

TEST_F(SearchTest, ARegulatorSeesTheOfferBeforeHeOrders) {
  v1::SearchSlotsRequest request = AroundChallans();
  const auto ordered = Search(request);
  ASSERT_THAT(ordered, IsOk());
  request.mutable_need()->clear_care_order();
  const auto answer = Search(request);
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(SlotsOf(*answer), SlotsOf(*ordered));
}

TEST_F(SearchTest, PointAndCommuneFindTheSame) {
  v1::SearchSlotsRequest by_point = AroundChallans();
  by_point.clear_insee_code();
  const auto commune = Search(AroundChallans());
  ASSERT_THAT(commune, IsOk());
  *by_point.mutable_point() = commune->centre();
  const auto point = Search(by_point);
  ASSERT_THAT(point, IsOk());
  EXPECT_EQ(SlotsOf(*commune), SlotsOf(*point));
}

TEST_F(SearchTest, LateSlotsComeAfterEveryTimelyOne) {
  v1::SearchSlotsRequest request = AroundChallans();
  *request.mutable_due_time() = At(clock_.Now() + hours(6));
  request.set_page_size(50);
  const auto answer = Search(request);
  ASSERT_THAT(answer, IsOk());
  bool late = false;
  for (const v1::SlotMatch& match : answer->matches()) {
    EXPECT_FALSE(late && !match.past_deadline());
    late = late || match.past_deadline();
    EXPECT_EQ(match.past_deadline(),
              match.slot().start_time().seconds() > request.due_time().seconds());
  }
  EXPECT_TRUE(late);
}

TEST_F(SearchTest, PagesNeitherRepeatNorSkipWhenSeatsAreTakenMeanwhile) {
  v1::SearchSlotsRequest request = AroundChallans();
  *request.mutable_end_time() = At(clock_.Now() + hours(9));
  request.set_page_size(50);
  const auto whole = Search(request);
  ASSERT_THAT(whole, IsOk());
  ASSERT_EQ(whole->next_page_token(), "");
  const std::vector<std::string> order = SlotsOf(*whole);
  ASSERT_GT(order.size(), 9u);

  request.set_page_size(3);
  auto page = Search(request);
  ASSERT_THAT(page, IsOk());
  std::vector<std::string> shown = SlotsOf(*page);
  // Gone between the pages: the last one shown, one before it, and one still to come.
  for (const std::size_t gone : {2u, 0u, 5u}) {
    ASSERT_THAT(Hold(order[gone], Osnp(), "R-" + std::to_string(gone)), IsOk());
  }
  Follow();
  while (!page->next_page_token().empty()) {
    request.set_page_token(page->next_page_token());
    page = Search(request);
    ASSERT_THAT(page, IsOk());
    EXPECT_THAT(page->excluded_sites(), IsEmpty());
    const auto more = SlotsOf(*page);
    shown.insert(shown.end(), more.begin(), more.end());
  }
  std::vector<std::string> expected = order;
  expected.erase(expected.begin() + 5);
  EXPECT_EQ(std::set<std::string>(shown.begin(), shown.end()).size(), shown.size());
  EXPECT_THAT(shown, ::testing::UnorderedElementsAreArray(expected));
}

TEST_F(SearchTest, TokenOfAnotherQueryIsRefused) {
  v1::SearchSlotsRequest request = AroundChallans();
  request.set_page_size(1);
  const auto page = Search(request);
  ASSERT_THAT(page, IsOk());
  request.set_page_token(page->next_page_token());
  request.set_radius_meters(20000);
  EXPECT_THAT(Search(request), StatusIs(StatusCode::kInvalidArgument, "INVALID_PAGE_TOKEN"));
}

TEST_F(SearchTest, ThinAnswerSaysWhatWideningWouldBring) {
  v1::SearchSlotsRequest request = AroundChallans();
  request.set_radius_meters(4000);
  *request.mutable_end_time() = At(clock_.Now() + hours(5));
  const auto answer = Search(request);
  ASSERT_THAT(answer, IsOk());
  ASSERT_LT(answer->total_count(), 10);
  std::map<std::string, v1::Widening> widenings;
  for (const v1::Widening& each : answer->widenings()) widenings[each.kind_code()] = each;
  ASSERT_THAT(widenings, Contains(::testing::Key("WINDOW")));
  EXPECT_EQ(widenings["WINDOW"].agreed_by(), "REGULATOR");  // Past the deadline.
  EXPECT_GT(widenings["WINDOW"].match_count(), 0);
  EXPECT_GE(widenings["WINDOW"].first_start_time().seconds(), request.end_time().seconds());

  request.set_radius_meters(8000);
  *request.mutable_end_time() = At(clock_.Now() + hours(2) + minutes(30));
  const auto near = Search(request);
  ASSERT_THAT(near, IsOk());
  request.set_radius_meters(4000);
  const auto nearer = Search(request);
  ASSERT_THAT(nearer, IsOk());
  for (const v1::Widening& each : nearer->widenings()) {
    if (each.kind_code() != "RADIUS") continue;
    EXPECT_EQ(each.label(), "6 km au lieu de 4");
    EXPECT_EQ(each.match_count(), near->total_count() - nearer->total_count());
  }
}

TEST_F(SearchTest, H18_H20_ThinAnswerSaysWhatAnotherModeWouldBring) {
  v1::SearchSlotsRequest request = AroundChallans();
  request.set_insee_code("85284");  // Soullans: one practice, six slots until half past twelve.
  request.set_radius_meters(1000);
  *request.mutable_end_time() = At(clock_.Now() + hours(5));
  const auto seen = [&](const std::vector<type::v1::ConsultationMode>& modes) {
    request.mutable_need()->clear_modes();
    for (const auto mode : modes) request.mutable_need()->add_modes(mode);
    const auto answer = Search(request);
    EXPECT_THAT(answer, IsOk());
    return answer.value_or(v1::SearchSlotsResponse());
  };
  const auto of_modes = [](const v1::SearchSlotsResponse& answer) {
    std::map<type::v1::ConsultationMode, v1::Widening> found;
    for (const v1::Widening& each : answer.widenings()) {
      EXPECT_EQ(each.kind_code() == "MODE", each.mode() != 0) << each.label();
      if (each.kind_code() == "MODE") found[each.mode()] = each;
    }
    return found;
  };
  constexpr auto kPractice = type::v1::CONSULTATION_MODE_AMB;
  constexpr auto kHome = type::v1::CONSULTATION_MODE_HH;

  // As it is: at the practice. Nothing is promised at home where nobody goes there.
  const v1::SearchSlotsResponse practice = seen({kPractice});
  ASSERT_EQ(practice.total_count(), 6);
  EXPECT_THAT(of_modes(practice), IsEmpty());
  auto widenings = of_modes(seen({kHome}));
  ASSERT_THAT(widenings, SizeIs(1));
  EXPECT_EQ(widenings[kPractice].match_count(), 6);
  EXPECT_EQ(widenings[kPractice].label(), "au cabinet aussi");
  EXPECT_EQ(widenings[kPractice].agreed_by(), "REGULATOR");
  EXPECT_EQ(widenings[kPractice].first_start_time().seconds(),
            practice.matches(0).slot().start_time().seconds());
  request.mutable_need()->set_without_vehicle(true);
  EXPECT_THAT(of_modes(seen({kHome})), IsEmpty());
  request.mutable_need()->set_without_vehicle(false);

  // The same slots as visits.
  ASSERT_THAT(store_.Write(Internal(),
                           [&](SlotsTransaction& transaction) -> absl::Status {
                             SAS_ASSIGN_OR_RETURN(
                                 const auto plans,
                                 transaction.ListSessionPlans("regions/fr-pdl/sites/msp-soullans",
                                                              Page{"", 1}));
                             v1::SessionPlan plan = plans.at(0);
                             plan.clear_modes();
                             plan.add_modes(kHome);
                             SAS_RETURN_IF_ERROR(transaction.NextDirectory("fr-pdl").status());
                             return transaction.PutSessionPlan(plan);
                           }),
              IsOk());
  ASSERT_THAT(availability_->Look(Internal()), IsOk());
  widenings = of_modes(seen({kPractice}));
  ASSERT_THAT(widenings, SizeIs(1));
  EXPECT_EQ(widenings[kHome].match_count(), 6);
  EXPECT_EQ(widenings[kHome].label(), "à domicile aussi");
  EXPECT_EQ(seen({kPractice, kHome}).total_count(), 6);
}

TEST_F(SearchTest, H18_H39_AnswerWithoutFeedIsNotVerifiedAfterThirtySeconds) {
  book_.SetDownForTest(true);
  clock_.Advance(seconds(30));
  auto answer = Search(AroundChallans());
  ASSERT_THAT(answer, IsOk());
  EXPECT_FALSE(answer->matches(0).unverified());
  EXPECT_EQ(answer->matches(0).information_age().seconds(), 30);
  clock_.Advance(seconds(1));
  answer = Search(AroundChallans());
  ASSERT_THAT(answer, IsOk());
  ASSERT_THAT(answer->matches(), Not(IsEmpty()));  // Still an answer.
  EXPECT_TRUE(answer->matches(0).unverified());
  EXPECT_THAT(answer->missing_sources(), ::testing::ElementsAre(kAvailabilitySource));

  book_.SetDownForTest(false);
  Follow();
  answer = Search(AroundChallans());
  ASSERT_THAT(answer, IsOk());
  EXPECT_FALSE(answer->matches(0).unverified());
  EXPECT_THAT(answer->missing_sources(), IsEmpty());
}

TEST_F(SearchTest, S3_17_DirectLineIsForProfessionalsOnly) {
  const auto osnp = Search(AroundChallans());
  ASSERT_THAT(osnp, IsOk());
  EXPECT_THAT(osnp->matches(0).direct_line(), HasSubstr("+33"));
  auto partner = sas::testing::ActorWith(base::Role::kPartner, "platform");
  v1::SearchSlotsRequest request = AroundChallans();
  request.mutable_need()->set_entry_point(type::v1::ENTRY_POINT_SECRETARIAT);
  const auto outside = Search(request, partner);
  ASSERT_THAT(outside, IsOk());
  ASSERT_THAT(outside->matches(), Not(IsEmpty()));
  EXPECT_EQ(outside->matches(0).direct_line(), "");
}

TEST_F(SearchTest, NobodyWithoutARightSearchesOrLists) {
  for (const base::Role role : {base::Role::kOperations, base::Role::kPlanner}) {
    EXPECT_THAT(Search(AroundChallans(), sas::testing::ActorWith(role)),
                StatusIs(StatusCode::kPermissionDenied, "ROLE_FORBIDDEN"));
  }
  grpc::ClientContext anonymous;
  v1::SearchSlotsResponse response;
  const auto status = slots_stub_->SearchSlots(&anonymous, AroundChallans(), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(SearchTest, ProfessionalEntersByHisOwnWayOnly) {
  base::Actor pharmacist = sas::testing::ActorWith(base::Role::kProfessional, "pharmacie-1");
  pharmacist.profession = "21";
  pharmacist.entry_point = "pharmacie";
  EXPECT_THAT(Search(AroundChallans(), pharmacist),
              StatusIs(StatusCode::kPermissionDenied, "ENTRY_POINT_FORBIDDEN"));
  v1::SearchSlotsRequest request = AroundChallans();
  request.mutable_need()->set_entry_point(type::v1::ENTRY_POINT_PHARMACIE);
  EXPECT_THAT(Search(request, pharmacist), IsOk());
}

TEST_F(SearchTest, ShapeIsChecked) {
  const auto refused = [this](auto change, const std::string& reason) {
    v1::SearchSlotsRequest request = AroundChallans();
    change(request);
    EXPECT_THAT(Search(request), StatusIs(StatusCode::kInvalidArgument, reason));
  };
  refused([](auto& r) { r.set_parent("fr-pdl"); }, "INVALID_RESOURCE_NAME");
  refused([](auto& r) { r.set_page_size(-1); }, "INVALID_PAGE_SIZE");
  refused([](auto& r) { r.set_radius_meters(150001); }, "INVALID_RADIUS");
  refused([](auto& r) { r.set_radius_meters(-1); }, "INVALID_RADIUS");
  refused([](auto& r) { r.set_insee_code("85999"); }, "UNKNOWN_COMMUNE");
  refused([](auto& r) { r.clear_insee_code(); }, "PLACE_REQUIRED");
  refused([](auto& r) { r.mutable_point(); }, "INVALID_POINT");
  refused([](auto& r) { r.mutable_need()->set_motif_code("M99.99"); }, "UNKNOWN_CODE");
  refused([](auto& r) { r.mutable_need()->clear_entry_point(); }, "ENTRY_POINT_REQUIRED");
  refused([](auto& r) { r.mutable_need()->clear_age(); }, "INVALID_AGE");
  refused([](auto& r) { r.mutable_need()->set_territory("99"); }, "INVALID_TERRITORY");
  refused([](auto& r) { r.mutable_need()->set_care_order("o1"); }, "INVALID_RESOURCE_NAME");
  refused([](auto& r) { r.mutable_need()->set_entry_point(static_cast<type::v1::EntryPoint>(77)); },
          "UNKNOWN_ENUM_VALUE");
  refused([this](auto& r) { *r.mutable_start_time() = At(clock_.Now() - minutes(2)); },
          "START_IN_PAST");
  refused(
      [this](auto& r) {
        *r.mutable_start_time() = At(clock_.Now() + hours(3));
        *r.mutable_end_time() = At(clock_.Now() + hours(2));
      },
      "INVALID_TIME_RANGE");
  refused([this](auto& r) { *r.mutable_end_time() = At(clock_.Now() + hours(24 * 14 + 1)); },
          "WINDOW_TOO_LONG");
}

TEST_F(SearchTest, H05_PostalCodeNamesTheCommunesItMayMean) {
  v1::SearchSlotsRequest request = AroundChallans();
  request.set_insee_code("85300");
  const auto answer = Search(request);
  EXPECT_THAT(answer, ReasonIs("UNKNOWN_COMMUNE"));
  EXPECT_THAT(std::string(answer.status().message()), HasSubstr("Challans (85) 85047"));
  EXPECT_THAT(std::string(answer.status().message()), HasSubstr("Soullans (85) 85284"));
}

TEST_F(SearchTest, AnotherRegionIsForbiddenBeforeItIsLookedFor) {
  v1::SearchSlotsRequest request = AroundChallans();
  request.set_parent("regions/fr-bre");
  EXPECT_THAT(Search(request), StatusIs(StatusCode::kPermissionDenied, "REGION_FORBIDDEN"));
}

TEST_F(SearchTest, TerritoryOfTheCredentialsBinds) {
  base::Actor actor = Osnp();
  actor.territories = {"44"};
  EXPECT_THAT(Search(AroundChallans(), actor),
              StatusIs(StatusCode::kPermissionDenied, "TERRITORY_FORBIDDEN"));
}

TEST_F(SearchTest, OfferCountsFreeSeatsByDelay) {
  v1::GetOfferRequest request;
  request.set_parent("regions/fr-pdl");
  const auto offer =
      Invoke<v1::Offer>(*slots_stub_, &v1::SlotService::Stub::GetOffer, request, Osnp());
  ASSERT_THAT(offer, IsOk());
  ASSERT_THAT(offer->sites(), SizeIs(9));
  for (int i = 0; i < 9; ++i) {
    const v1::SiteOffer& site = offer->sites(i);
    EXPECT_LE(site.free_4h_count(), site.free_24h_count());
    EXPECT_LE(site.free_24h_count(), site.free_48h_count());
    if (i > 0) {
      EXPECT_GE(offer->sites(i - 1).free_48h_count(), site.free_48h_count());
    }
    if (site.site() == kCsnp) {
      EXPECT_EQ(site.free_4h_count(), 2);    // 13:30 and 13:45, within the four hours from 10:00.
      EXPECT_EQ(site.free_24h_count(), 16);  // Today's session.
      EXPECT_EQ(site.free_48h_count(), 32);  // Tomorrow's too; Thursday has no doctor.
    }
  }
  request.set_territory("44");
  const auto other =
      Invoke<v1::Offer>(*slots_stub_, &v1::SlotService::Stub::GetOffer, request, Osnp());
  ASSERT_THAT(other, IsOk());
  EXPECT_THAT(other->sites(), SizeIs(1));
}

TEST_F(SearchTest, SlotsOfASiteAreListedInPages) {
  v1::ListSlotsRequest request;
  request.set_parent(kCsnp);
  request.set_page_size(10);
  std::vector<v1::Slot> slots;
  do {
    const auto page = Invoke<v1::ListSlotsResponse>(*slots_stub_, &v1::SlotService::Stub::ListSlots,
                                                    request, Osnp());
    ASSERT_THAT(page, IsOk());
    slots.insert(slots.end(), page->slots().begin(), page->slots().end());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  ASSERT_THAT(slots, SizeIs(16 * 5));  // Tuesday to Friday, and Monday.
  for (std::size_t i = 1; i < slots.size(); ++i) {
    EXPECT_LT(slots[i - 1].start_time().seconds(), slots[i].start_time().seconds());
  }
  EXPECT_EQ(slots[0].agenda(), "csnp");
  EXPECT_EQ(slots[32].state(), v1::Slot::STATE_WITHDRAWN);  // Thursday is à pourvoir.
  EXPECT_EQ(slots[32].free_seat_count(), 0);

  request.set_page_size(-1);
  EXPECT_THAT(Invoke<v1::ListSlotsResponse>(*slots_stub_, &v1::SlotService::Stub::ListSlots,
                                            request, Osnp()),
              ReasonIs("INVALID_PAGE_SIZE"));
  request.set_page_size(0);
  request.set_parent("regions/fr-pdl/sites/none");
  EXPECT_THAT(Invoke<v1::ListSlotsResponse>(*slots_stub_, &v1::SlotService::Stub::ListSlots,
                                            request, Osnp()),
              StatusIs(StatusCode::kNotFound, "SITE_NOT_FOUND"));
}

}  // namespace
}  // namespace sas::slots
