// Whoever follows a watch has the answer of a fresh search.

#include <iterator>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "services/slots/domain/slot_name.h"
#include "services/slots/rotation_keeper.h"
#include "services/slots/slot_search.h"
#include "tests/rpc/slots_search/watcher.h"

namespace sas::slots {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// What the thread of the watches does for one of them, step by step.
class WatchFoldTest : public WatchTest {
 protected:
  static constexpr char kFar[] = "regions/fr-pdl/sites/msp-machecoul";  ///< 16 km away.

  void Begin(const v1::SearchSlotsRequest& request) {
    search_ = request;
    const auto view = projection_.Find("fr-pdl");
    const auto page = FindPage(AsOsnp(), search_, *view, clock_.Now());
    ASSERT_THAT(page, IsOk());
    PinWindow(page->query, search_);
    Look(true);
  }

  /// What the console is sent now.
  std::vector<v1::WatchAvailabilityResponse> Look(bool whole = false) {
    const base::Instant now = clock_.Now();
    EXPECT_THAT(MoveWindow(search_, now), IsOk());
    const auto view = projection_.Find("fr-pdl");
    auto page = FindPage(AsOsnp(), search_, *view, now);
    EXPECT_THAT(page, IsOk());
    if (!page.ok()) return {};
    page->silent_partners =
        projection_.feeds().SilentWithin(search_.parent(), *view, page->query, now);
    auto steps =
        StepsTo(ToResponse(*view, *page, base::Role::kOsnp, now), whole, clock_.Steady(), told_);
    if (!steps.empty()) told_.at = clock_.Steady();
    for (const auto& step : steps) console_.Take(step);
    return steps;
  }

  base::Call AsOsnp() {
    base::Call call = Internal();
    call.actor = Osnp();
    return call;
  }

  /// Without what the proto lets be of an earlier time.
  static std::string Settled(v1::SearchSlotsResponse answer) {
    answer.clear_fresh_time();
    if (!answer.next_page_token().empty()) answer.set_next_page_token("more");
    for (v1::SlotMatch& match : *answer.mutable_matches()) {
      match.clear_score();
      match.clear_information_age();
      if (match.slot().partner().empty()) match.mutable_slot()->clear_verify_time();
      for (v1::ScoreTerm& term : *match.mutable_score_terms()) {
        if (term.code() == "DELAY" || term.code() == "ROTATION") term.Clear();
      }
    }
    return answer.DebugString();
  }

  static std::string ListOf(const v1::SearchSlotsResponse& answer) {
    v1::SearchSlotsResponse list;
    *list.mutable_matches() = answer.matches();
    return Settled(list);
  }

  v1::SearchSlotsResponse Console() const {
    v1::SearchSlotsResponse answer = console_.whole;
    answer.clear_matches();
    for (const v1::SlotMatch& match : console_.list) *answer.add_matches() = match;
    answer.set_total_count(console_.total);
    return answer;
  }

  v1::SearchSlotsResponse Fresh() {
    const auto search = Search(search_);
    EXPECT_THAT(search, IsOk());
    return search.ok() ? *search : v1::SearchSlotsResponse();
  }

  template <typename Work>
  void Write(const std::string& site, Work work) {
    ASSERT_THAT(store_.Write(Internal(),
                             [&](SlotsTransaction& transaction) -> absl::Status {
                               SAS_RETURN_IF_ERROR(work(transaction));
                               return transaction.TouchSite("fr-pdl", site);
                             }),
                IsOk());
    ASSERT_THAT(availability_->Look(Internal()), IsOk());
    Follow();
  }

  /// A frame of a platform: its word about one slot, `seats` below 0 takes it away.
  void Frame(const std::string& site, base::Instant start, int seats) {
    const std::string agenda = site + "/agendas/doctoplan";
    Write(site, [&](SlotsTransaction& transaction) -> absl::Status {
      SAS_RETURN_IF_ERROR(transaction.partners().PutAgenda(
          {agenda, "doctoplan", {++frames_, Resync::kNone}, clock_.Now()}));
      if (seats < 0) return transaction.partners().DeleteSlot(agenda, start);
      FedSlot fed;
      fed.practitioner = "regions/fr-pdl/practitioners/m-quelin";
      *fed.slot.mutable_start_time() = base::ToTimestamp(start);
      *fed.slot.mutable_end_time() = base::ToTimestamp(start + minutes(15));
      fed.slot.add_modes(type::v1::CONSULTATION_MODE_AMB);
      fed.slot.add_classes(type::v1::SLOT_CLASS_SNP);
      fed.slot.set_free_seats(seats);
      return transaction.partners().PutSlot(agenda, fed);
    });
  }

  v1::SearchSlotsRequest search_;
  Told told_;
  Followed console_;
  std::int64_t frames_ = 0;
};

TEST_F(WatchFoldTest, H52_AFrameElsewhereIsNotToldAndOneHereIsOneChange) {
  v1::SearchSlotsRequest request = Fifty();
  request.set_radius_meters(12'000);
  Begin(request);
  const base::Instant start = clock_.Now() + minutes(75);
  clock_.Advance(seconds(1));
  Frame(kFar, start, 1);
  EXPECT_THAT(Look(), IsEmpty());
  Frame(kCsnp, start, 1);
  const auto steps = Look();
  ASSERT_THAT(steps, SizeIs(1));
  ASSERT_THAT(steps[0].changes().added(), SizeIs(1));
  EXPECT_EQ(steps[0].changes().added(0).match().slot().name(), SlotName(kCsnp, "doctoplan", start));
  EXPECT_THAT(steps[0].changes().changed(), IsEmpty());
}

TEST_F(WatchFoldTest, H52_WhatIsTakenIsToldAlsoWhereTheWholeAnswerFollows) {
  Begin(Fifty());
  const base::Instant start = clock_.Now() + minutes(75);
  Frame(kCsnp, start, 1);
  Look();
  Frame(kCsnp, start, -1);
  RenameBesideTheList("Cabinet du Bourg");
  const auto steps = Look();
  ASSERT_THAT(steps, SizeIs(2));
  EXPECT_THAT(steps[0].changes().taken(), ElementsAre(SlotName(kCsnp, "doctoplan", start)));
  EXPECT_TRUE(steps[1].has_snapshot());
  EXPECT_EQ(Settled(Console()), Settled(Fresh()));
}

TEST_F(WatchFoldTest, WhatStandsBesideTheListIsSentOnceASecondAtMost) {
  Begin(Fifty());
  RenameBesideTheList("Cabinet du Bourg");
  ASSERT_THAT(Look(), SizeIs(1));
  ChangeSite(kBesideTheList, [](v1::Site& site) { site.set_display_name("Cabinet du Centre"); });
  clock_.Advance(kBesidePause - std::chrono::milliseconds(1));
  Follow();
  EXPECT_THAT(Look(), IsEmpty());
  clock_.Advance(std::chrono::milliseconds(1));
  EXPECT_THAT(Look(), SizeIs(1));
  EXPECT_EQ(Settled(Console()), Settled(Fresh()));
}

TEST_F(WatchFoldTest, TheTextsOfAShownSiteAreAChangeOfItsSlots) {
  Begin(Fifty());
  ChangeSite(kCsnp, [](v1::Site& site) { site.set_directions("Par la porte C."); });
  const auto steps = Look();
  ASSERT_THAT(steps, SizeIs(1));
  EXPECT_THAT(steps[0].changes().added(), IsEmpty());
  ASSERT_FALSE(steps[0].changes().changed().empty());
  for (const v1::PlacedMatch& each : steps[0].changes().changed()) {
    EXPECT_EQ(each.match().site(), kCsnp);
    EXPECT_EQ(each.match().directions(), "Par la porte C.");
  }
  EXPECT_EQ(ListOf(Console()), ListOf(Fresh()));
}

/// One thing that happens in a region, by chance.
class Chances : public WatchFoldTest, public ::testing::WithParamInterface<unsigned> {
 protected:
  int Pick(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }

  std::string AnySite() {
    constexpr const char* kSites[] = {"cabinet-commequiers", "cabinet-dunes", "csnp-challans",
                                      "mmg-challans",        "msp-palluau",   "msp-soullans",
                                      "msp-machecoul"};
    return std::string("regions/fr-pdl/sites/") + kSites[Pick(static_cast<int>(std::size(kSites)))];
  }

  std::string AnyShown() {
    const auto names = console_.Names();
    return names.empty() ? kCsnpSlot
                         : names[static_cast<std::size_t>(Pick(static_cast<int>(names.size())))];
  }

  void ChangePlan() {
    const std::string site = AnySite();
    Write(site, [&](SlotsTransaction& transaction) {
      v1::SessionPlan plan;
      plan.set_name(site + "/plans/hasard-" + std::to_string(Pick(2)));
      plan.set_agenda("hasard-" + plan.name().substr(plan.name().size() - 1));
      plan.set_practitioner("regions/fr-pdl/practitioners/m-quelin");
      for (int day = 1; day <= 7; ++day) plan.add_weekdays(day);
      plan.set_start_time_of_day(std::to_string(12 + Pick(4)) + ":00");
      plan.set_end_time_of_day(std::to_string(17 + Pick(4)) + ":00");
      plan.set_slot_minutes(30);
      plan.set_seats(1 + Pick(2));
      plan.add_modes(Pick(4) == 0 ? type::v1::CONSULTATION_MODE_VR
                                  : type::v1::CONSULTATION_MODE_AMB);
      plan.add_classes(type::v1::SLOT_CLASS_SNP);
      plan.set_effective_start_date("2026-01-01");
      if (Pick(3) == 0) plan.set_effective_end_date("2026-11-01");  // Gone.
      return transaction.PutSessionPlan(plan);
    });
  }

  void ChangeAnySite() {
    const std::string text = "Texte " + std::to_string(Pick(3));
    ChangeSite(AnySite(), [&](v1::Site& site) {
      switch (Pick(4)) {
        case 0:
          site.set_display_name(text);
          break;
        case 1:
          site.set_directions(text);
          break;
        case 2:
          site.set_end_date(site.end_date().empty() ? "2026-11-20" : "");
          break;
        default:
          site.set_daily_appointment_max(Pick(3) == 0 ? 1 : 40);
      }
    });
  }

  void Happen() {
    switch (Pick(8)) {
      case 0:
      case 1:
        Hold(AnyShown(), Osnp("osnp-" + std::to_string(Pick(50))), "R-" + std::to_string(++asked_))
            .status()
            .IgnoreError();
        break;
      case 2:
        taken_.push_back({AnyShown(), "a" + std::to_string(++asked_)});
        Commit(taken_.back().first, taken_.back().second, true, "R-" + taken_.back().second)
            .status()
            .IgnoreError();
        break;
      case 3:
        if (taken_.empty()) break;
        Commit(taken_.back().first, taken_.back().second, false, "R-f" + taken_.back().second)
            .status()
            .IgnoreError();
        taken_.pop_back();
        break;
      case 4:
        ChangePlan();
        break;
      case 5:
        ChangeAnySite();
        break;
      case 6: {
        const auto quarter =
            std::chrono::floor<std::chrono::hours>(clock_.Now()) + minutes(15 * (5 + Pick(12)));
        Frame(AnySite(), quarter, Pick(4) - 1);
        break;
      }
      default:
        clock_.Advance(Pick(3) == 0 ? seconds(60 * Pick(20)) : seconds(Pick(60)));
        book_.Sweep(Internal(), "fr-pdl", 100).status().IgnoreError();
        ASSERT_THAT(availability_->Look(Internal()), IsOk());
    }
  }

  std::mt19937 random_{GetParam()};
  std::vector<std::pair<std::string, std::string>> taken_;
  int asked_ = 0;
};

TEST_P(Chances, H18_WhoFollowsAWatchHasAtEveryMomentWhatASearchAnswers) {
  v1::SearchSlotsRequest request = Fifty();
  request.set_page_size(5 + Pick(46));
  request.set_radius_meters(Pick(2) == 0 ? 12'000 : 30'000);
  Begin(request);
  int changes = 0;
  int whole = 0;
  for (int i = 0; i < 150; ++i) {
    ASSERT_NO_FATAL_FAILURE(Happen());
    Follow();
    for (const auto& step : Look()) (step.has_changes() ? changes : whole) += 1;
    ASSERT_EQ(ListOf(Console()), ListOf(Fresh())) << "after " << i;
    clock_.Advance(kBesidePause);  // From then on nothing is put off.
    Follow();
    for (const auto& step : Look()) (step.has_changes() ? changes : whole) += 1;
    ASSERT_EQ(Settled(Console()), Settled(Fresh())) << "after " << i;
  }
  EXPECT_GT(changes, 20);
  EXPECT_GT(whole, 2);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Chances, ::testing::Values(1U, 2U, 3U, 4U));

}  // namespace
}  // namespace sas::slots
