#include "common/events/event_service.h"

#include "tests/rpc/events/events_fixture.h"

namespace sas::events {
namespace {

using testing::ActorWith;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

using ListEventsTest = EventsTest;

TEST_F(ListEventsTest, PagesInOrderAndGoesOnLater) {
  for (const char* subject : {"a", "b", "c"}) Publish(subject);
  const auto first = List(2, "");
  ASSERT_THAT(first, IsOk());
  ASSERT_EQ(first->events_size(), 2);
  EXPECT_EQ(first->events(0).subject(), "a");
  EXPECT_EQ(first->next_page_token(), first->events(1).cursor());
  const auto second = List(2, first->next_page_token());
  ASSERT_THAT(second, IsOk());
  ASSERT_EQ(second->events_size(), 1);
  EXPECT_EQ(second->events(0).subject(), "c");
  const auto nothing = List(2, second->next_page_token());
  ASSERT_THAT(nothing, IsOk());
  EXPECT_EQ(nothing->events_size(), 0);
  EXPECT_EQ(nothing->next_page_token(), second->next_page_token());
  Publish("d");
  const auto later = List(2, nothing->next_page_token());
  ASSERT_THAT(later, IsOk());
  ASSERT_EQ(later->events_size(), 1);
  EXPECT_EQ(later->events(0).subject(), "d");
}

TEST_F(ListEventsTest, AnEmptyLogHasNoToken) {
  const auto page = List(0, "");
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->next_page_token(), "");
}

TEST_F(ListEventsTest, FillsWhatTheJournalKnows) {
  Publish("regions/fr-pdl/cases/1/orders/2", "fr-pdl", "85");
  const auto page = List(0, "");
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->events_size(), 1);
  const v1::Event& event = page->events(0);
  EXPECT_EQ(event.type(), "order.updated");
  EXPECT_EQ(event.region(), "fr-pdl");
  EXPECT_EQ(event.territory(), "85");
  EXPECT_EQ(event.actor().subject(), "arm-7");
  EXPECT_EQ(event.actor().role(), sas::type::v1::ROLE_ARM);
  EXPECT_EQ(event.trace_id(), "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(event.care_order().version(), 3);
  EXPECT_GT(event.record_time().seconds(), 0);
}

TEST_F(ListEventsTest, AQuietRegionsTokenMovesOn) {
  Publish("mine");
  Publish("other", "fr-bre");
  const auto page = List(0, "");
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->events_size(), 1);
  EXPECT_NE(page->next_page_token(), page->events(0).cursor());
}

TEST_F(ListEventsTest, RefusesWhatIsNotTheCallers) {
  EXPECT_THAT(List(osnp_, "regions/fr-bre", 0, ""),
              StatusIs(absl::StatusCode::kPermissionDenied, "REGION_FORBIDDEN"));
  EXPECT_THAT(List(osnp_, "regions/-", 0, ""), ReasonIs("ALL_REGIONS_FORBIDDEN"));
  EXPECT_THAT(List(ActorWith(base::Role::kSupervisor), "regions/-", 0, ""),
              ReasonIs("ALL_REGIONS_FORBIDDEN"));
  EXPECT_THAT(List(ActorWith(base::Role::kPlanner), "regions/fr-pdl", 0, ""),
              ReasonIs("ROLE_FORBIDDEN"));
  base::Actor everywhere = osnp_;
  everywhere.regions = {"-"};
  EXPECT_THAT(List(everywhere, "regions/-", 0, ""), ReasonIs("ALL_REGIONS_FORBIDDEN"));
  base::Actor service = ActorWith(base::Role::kService);
  service.regions = {"-"};
  Publish("a", "fr-bre");
  const auto page = List(service, "regions/-", 0, "");
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->events_size(), 1);
}

TEST_F(ListEventsTest, RefusesBadShapes) {
  EXPECT_THAT(List(osnp_, "fr-pdl", 0, ""), ReasonIs("INVALID_RESOURCE_NAME"));
  EXPECT_THAT(List(-1, ""), ReasonIs("INVALID_PAGE_SIZE"));
  EXPECT_THAT(List(0, "nonsense"), StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_CURSOR"));
}

TEST_F(ListEventsTest, AnUnreadableEventIsNotSkipped) {
  const base::Call call;
  auto journal = ledger_.Begin(call, server_.clock());
  ASSERT_TRUE(journal->Publish({"fr-pdl", "x", "y", "\xff\xff"}).ok());
  ledger_.Commit(*journal);
  EXPECT_THAT(List(0, ""), StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace sas::events
