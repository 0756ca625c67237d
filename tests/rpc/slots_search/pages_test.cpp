// Pages of one search while time goes on and the rotation turns, and of one site's slots while its
// plans change.

#include <algorithm>
#include <set>

#include "common/base/page_token.h"
#include "services/slots/rotation_keeper.h"
#include "services/slots/search_pages.h"
#include "tests/rpc/slots_search/slots_server.h"

namespace sas::slots {
namespace {

using absl::StatusCode;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// Two sites that are alike but for their names, with slots from 15:00 to 17:00.
class PagesTest : public SlotsServerTest {
 protected:
  static constexpr char kTwin[] = "regions/fr-pdl/sites/jumeau-";

  void SetUp() override {
    SlotsServerTest::SetUp();
    ASSERT_THAT(
        store_.Write(Internal(),
                     [](SlotsTransaction& transaction) -> absl::Status {
                       v1::Practitioner doctor;
                       doctor.set_name("regions/fr-pdl/practitioners/jumeau");
                       doctor.set_display_name("Dr J. Essai");
                       doctor.set_rpps("10000000017");
                       SAS_RETURN_IF_ERROR(transaction.PutPractitioner(doctor));
                       SAS_ASSIGN_OR_RETURN(auto site, transaction.GetSite(kCsnp));
                       for (const char* const id : {"a", "b"}) {
                         site->set_name(std::string(kTwin) + id);
                         SAS_RETURN_IF_ERROR(transaction.PutSite(*site));
                         SAS_RETURN_IF_ERROR(transaction.PutSessionPlan(PlanOf(site->name())));
                       }
                       return transaction.TouchSite("fr-pdl", "");
                     }),
        IsOk());
    ASSERT_THAT(availability_->Look(Internal()), IsOk());
    Follow();
  }

  static v1::SessionPlan PlanOf(const std::string& site) {
    v1::SessionPlan plan;
    plan.set_name(site + "/plans/jour");
    plan.set_agenda("jour");
    plan.set_practitioner("regions/fr-pdl/practitioners/jumeau");
    for (int day = 1; day <= 7; ++day) plan.add_weekdays(day);
    plan.set_start_time_of_day("15:00");
    plan.set_end_time_of_day("17:00");
    plan.set_slot_minutes(15);
    plan.set_seats(1);
    plan.add_modes(type::v1::CONSULTATION_MODE_AMB);
    plan.add_classes(type::v1::SLOT_CLASS_SNP);
    plan.set_effective_start_date("2026-01-01");
    return plan;
  }

  /// Tuesday 15:00 to 17:00 in Paris, five hours after the clock's start.
  v1::SearchSlotsRequest Afternoon(int page_size) const {
    v1::SearchSlotsRequest request = AroundChallans();
    *request.mutable_start_time() = base::ToTimestamp(start_ + hours(5));
    *request.mutable_end_time() = base::ToTimestamp(start_ + hours(7));
    request.set_page_size(page_size);
    return request;
  }

  /// Of one page that holds all.
  std::vector<std::string> Whole() {
    const auto answer = Search(Afternoon(50));
    EXPECT_THAT(answer, IsOk());
    EXPECT_EQ(answer->next_page_token(), "");
    return SlotsOf(*answer);
  }

  static std::size_t IndexOf(const std::vector<std::string>& slots, const std::string& prefix) {
    const auto found = std::find_if(slots.begin(), slots.end(), [&](const std::string& slot) {
      return slot.rfind(prefix, 0) == 0;
    });
    return static_cast<std::size_t>(found - slots.begin());
  }

  /// What is shown behind `page`, to the last page.
  std::vector<std::string> Rest(v1::SearchSlotsRequest request, v1::SearchSlotsResponse page) {
    std::vector<std::string> shown;
    while (!page.next_page_token().empty()) {
      request.set_page_token(page.next_page_token());
      const auto next = Search(request);
      EXPECT_THAT(next, IsOk());
      if (!next.ok()) break;
      page = *next;
      for (const std::string& slot : SlotsOf(page)) shown.push_back(slot);
    }
    return shown;
  }

  /// Tuesday's slots of the first twin; its plan may have another beside it.
  static v1::ListSlotsRequest OfTheTwin(int page_size) {
    v1::ListSlotsRequest request;
    request.set_parent(std::string(kTwin) + "a");
    request.set_page_size(page_size);
    return request;
  }

  absl::StatusOr<v1::ListSlotsResponse> List(const v1::ListSlotsRequest& request) {
    return Invoke<v1::ListSlotsResponse>(*slots_stub_, &v1::SlotService::Stub::ListSlots, request,
                                         Osnp());
  }

  /// `agenda-start` of each slot.
  static std::vector<std::string> IdsOf(const absl::StatusOr<v1::ListSlotsResponse>& page) {
    EXPECT_THAT(page, IsOk());
    std::vector<std::string> ids;
    if (!page.ok()) return ids;
    for (const v1::Slot& slot : page->slots()) {
      ids.push_back(slot.name().substr(slot.name().rfind('/') + 1));
    }
    return ids;
  }

  void PutPlan(const v1::SessionPlan& plan) {
    const std::string site = std::string(kTwin) + "a";
    ASSERT_THAT(store_.Write(Internal(),
                             [&](SlotsTransaction& transaction) -> absl::Status {
                               SAS_RETURN_IF_ERROR(transaction.PutSessionPlan(plan));
                               return transaction.TouchSite("fr-pdl", site);
                             }),
                IsOk());
    ASSERT_THAT(availability_->Look(Internal()), IsOk());
    Follow();
  }

  const base::Instant start_ = clock_.Now();
};

TEST_F(PagesTest, SlotsOfASiteAreListedOnWhenTheLastShownHasGone) {
  v1::SessionPlan other = PlanOf(std::string(kTwin) + "a");
  other.set_name(std::string(kTwin) + "a/plans/soir");
  other.set_agenda("soir");
  PutPlan(other);
  v1::ListSlotsRequest request = OfTheTwin(3);
  const auto first = List(request);
  EXPECT_THAT(IdsOf(first), ::testing::ElementsAre("jour-20261124t1400z", "soir-20261124t1400z",
                                                   "jour-20261124t1415z"));

  v1::SessionPlan plan = PlanOf(std::string(kTwin) + "a");
  plan.set_start_time_of_day("15:45");
  PutPlan(plan);
  request.set_page_token(first->next_page_token());
  const auto second = List(request);
  EXPECT_THAT(IdsOf(second), ::testing::ElementsAre("soir-20261124t1415z", "soir-20261124t1430z",
                                                    "jour-20261124t1445z"))
      << "neither the rest of that minute nor what comes later is passed over";
  request.set_page_token(second->next_page_token());
  EXPECT_THAT(
      IdsOf(List(request)),
      ::testing::ElementsAre("soir-20261124t1445z", "jour-20261124t1500z", "soir-20261124t1500z"));
}

TEST_F(PagesTest, ATokenOfAListOfSlotsKeepsItsFormAndNoOtherIsRead) {
  v1::ListSlotsRequest request = OfTheTwin(0);
  const std::string identity = request.SerializeAsString();
  const std::string hour = std::to_string(start_.time_since_epoch().count());
  const std::string slot = std::string(kTwin) + "a/slots/jour-20261124t1430z";
  request.set_page_size(1);
  request.set_page_token(base::MakePageToken(identity, hour + "|" + slot));
  EXPECT_THAT(IdsOf(List(request)), ::testing::ElementsAre("jour-20261124t1445z"));
  for (const std::string& position : {hour, hour + "|", hour + "|x", slot, "x|" + slot}) {
    request.set_page_token(base::MakePageToken(identity, position));
    EXPECT_THAT(List(request), StatusIs(StatusCode::kInvalidArgument, "INVALID_PAGE_TOKEN"))
        << position;
  }
}

TEST_F(PagesTest, H18_ATurnOfTheRotationBetweenTwoPagesRepeatsAndHidesNothing) {
  const std::vector<std::string> order = Whole();
  const std::size_t lead = IndexOf(order, kTwin);
  ASSERT_LT(lead + 2, order.size());
  const std::string leader = order[lead].substr(0, order[lead].find("/slots/"));
  const std::string other =
      leader.back() == 'a' ? std::string(kTwin) + "b" : std::string(kTwin) + "a";
  const std::string held = order[lead + 2];
  ASSERT_EQ(held.rfind(leader, 0), 0U);
  ASSERT_GT(IndexOf(order, other), lead + 2);

  const v1::SearchSlotsRequest request = Afternoon(static_cast<int>(lead) + 2);
  const auto page = Search(request);
  ASSERT_THAT(page, IsOk());
  std::vector<std::string> shown = SlotsOf(*page);
  ASSERT_THAT(Hold(held), IsOk());
  clock_.Advance(kTurnInterval);
  Follow();
  const std::vector<std::string> turned = Whole();
  ASSERT_LT(IndexOf(turned, other), IndexOf(turned, leader)) << "the leader has had its turn";

  for (const std::string& slot : Rest(request, *page)) shown.push_back(slot);
  std::vector<std::string> expected = order;
  expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(lead) + 2);
  EXPECT_EQ(std::set<std::string>(shown.begin(), shown.end()).size(), shown.size());
  EXPECT_THAT(shown, ::testing::UnorderedElementsAreArray(expected));
}

TEST_F(PagesTest, H18_WhatBeginsOrIsTakenBetweenTwoPagesIsNoPhantom) {
  clock_.Advance(hours(4) + minutes(58));
  Follow();
  const std::vector<std::string> order = Whole();
  const v1::SearchSlotsRequest request = Afternoon(1);
  const auto page = Search(request);
  ASSERT_THAT(page, IsOk());
  const std::string first = SlotsOf(*page).at(0);
  const std::string taken = std::string(kTwin) + "a/slots/jour-20261124t1500z";
  ASSERT_NE(first, taken);
  ASSERT_THAT(Commit(taken, "a1", true, "R-c1"), IsOk());
  clock_.Advance(minutes(2) + seconds(30));  // 15:00 has begun.
  Follow();

  std::multiset<std::string> expected;
  int begun = 0;
  for (const std::string& slot : order) {
    if (slot.rfind(kTwin, 0) != 0 || slot == first || slot == taken) continue;
    const bool has_begun = slot.find("t1400z") != std::string::npos;
    begun += has_begun ? 1 : 0;
    if (!has_begun) expected.insert(slot);
  }
  EXPECT_GT(begun, 0);
  std::multiset<std::string> rest;
  for (const std::string& slot : Rest(request, *page)) {
    if (slot.rfind(kTwin, 0) == 0) rest.insert(slot);
  }
  EXPECT_EQ(rest, expected);
}

TEST_F(PagesTest, ATokenThatIsTooOldIsRefused) {
  v1::SearchSlotsRequest request = Afternoon(1);
  const auto page = Search(request);
  ASSERT_THAT(page, IsOk());
  request.set_page_token(page->next_page_token());
  clock_.Advance(kPagesFor);
  EXPECT_THAT(Search(request), IsOk());
  clock_.Advance(seconds(1));
  EXPECT_THAT(Search(request), StatusIs(StatusCode::kInvalidArgument, "PAGE_TOKEN_EXPIRED"));
}

}  // namespace
}  // namespace sas::slots
