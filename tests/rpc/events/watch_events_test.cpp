#include <chrono>

#include "common/testing/fake_clock.h"
#include "tests/rpc/events/events_fixture.h"

namespace sas::events {
namespace {

using std::chrono::seconds;
using testing::ActorWith;
using testing::ReasonIs;
using testing::StatusIs;

using WatchEventsTest = EventsTest;

TEST_F(WatchEventsTest, FromTheStartThenLive) {
  Publish("a");
  const auto watch = Open("0");
  EXPECT_EQ(watch->NextEvent().event().subject(), "a");
  Publish("b");
  const auto live = watch->NextEvent();
  EXPECT_EQ(live.event().subject(), "b");
  EXPECT_EQ(live.cursor(), live.event().cursor());
  EXPECT_GT(live.server_time().seconds(), 0);
}

TEST_F(WatchEventsTest, LivePushWaitsForNoTick) {
  const auto watch = Open("");
  watch->NextHeartbeat();
  const auto before = server_.clock().Steady();
  for (int i = 0; i < 20; ++i) {
    Publish("event");
    ASSERT_EQ(watch->NextEvent().event().subject(), "event");
  }
  // Twenty ticks would take ten seconds.
  EXPECT_LT(server_.clock().Steady() - before, seconds(5));
}

TEST_F(WatchEventsTest, ResumesAfterACursor) {
  for (const char* subject : {"a", "b", "c"}) Publish(subject);
  std::string cursor;
  {
    const auto watch = Open("0");
    watch->NextEvent();
    cursor = watch->NextEvent().cursor();
    watch->context.TryCancel();
    EXPECT_THAT(watch->End(), StatusIs(absl::StatusCode::kCancelled));
  }
  EXPECT_EQ(Open(cursor)->NextEvent().event().subject(), "c");
}

TEST_F(WatchEventsTest, FromNowOnTellsWhenNowWas) {
  Publish("past");
  const auto watch = Open("");
  const auto first = watch->NextHeartbeat();
  EXPECT_FALSE(first.cursor().empty());
  Publish("new");
  EXPECT_EQ(watch->NextEvent().event().subject(), "new");
  EXPECT_EQ(Open(first.cursor())->NextEvent().event().subject(), "new");
}

TEST_F(WatchEventsTest, AHeartbeatComesWithinTwoSeconds) {
  const auto watch = Open("");
  watch->NextHeartbeat();
  auto before = server_.clock().Steady();
  for (int i = 0; i < 2; ++i) {
    const auto heartbeat = watch->NextHeartbeat();
    EXPECT_FALSE(heartbeat.cursor().empty());
    EXPECT_GT(heartbeat.server_time().seconds(), 0);
    EXPECT_LT(server_.clock().Steady() - before, seconds(2));
    before = server_.clock().Steady();
  }
}

TEST_F(WatchEventsTest, RefusesBadCursors) {
  EXPECT_THAT(Open("nonsense")->End(),
              StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_CURSOR"));
  EXPECT_THAT(Open("1.0.99")->End(), StatusIs(absl::StatusCode::kOutOfRange, "CURSOR_TRIMMED"));
}

TEST_F(WatchEventsTest, ChecksCredentialsRoleAndRegion) {
  grpc::ClientContext context;
  v1::WatchEventsRequest request;
  request.set_parent("regions/fr-pdl");
  EXPECT_THAT(rpc::FromGrpc(stub_->WatchEvents(&context, request)->Finish()),
              StatusIs(absl::StatusCode::kUnauthenticated, "CREDENTIALS_MISSING"));
  EXPECT_THAT(Open(ActorWith(base::Role::kPlanner), "regions/fr-pdl", "")->End(),
              ReasonIs("ROLE_FORBIDDEN"));
  EXPECT_THAT(Open(osnp_, "regions/fr-bre", "")->End(), ReasonIs("REGION_FORBIDDEN"));
  EXPECT_THAT(Open(osnp_, "regions/-", "")->End(), ReasonIs("ALL_REGIONS_FORBIDDEN"));
  EXPECT_THAT(Open(osnp_, "fr-pdl", "")->End(), ReasonIs("INVALID_RESOURCE_NAME"));
}

TEST_F(WatchEventsTest, TwoWatchersEachSeeTheirRegionAndTerritory) {
  base::Actor vendee = ActorWith(base::Role::kOsnp, "osnp-85");
  vendee.territories = {"85"};
  base::Actor service = ActorWith(base::Role::kService, "service:test");
  service.regions = {"-"};
  const auto narrow = Open(vendee, "regions/fr-pdl", "0");
  const auto wide = Open(service, "regions/-", "0");
  Publish("bretagne", "fr-bre", "85");
  Publish("sarthe", "fr-pdl", "72");
  Publish("vendee", "fr-pdl", "85");
  Publish("all", "fr-pdl", "");
  EXPECT_EQ(narrow->NextEvent().event().subject(), "vendee");
  EXPECT_EQ(narrow->NextEvent().event().subject(), "all");
  for (const char* subject : {"bretagne", "sarthe", "vendee", "all"}) {
    EXPECT_EQ(wide->NextEvent().event().subject(), subject);
  }
}

TEST_F(WatchEventsTest, ALongPastIsPacedNotCutOff) {
  constexpr int kEvents = 3000;
  for (int i = 0; i < kEvents; ++i) Publish(std::to_string(i));
  const auto watch = Open("0");
  for (int i = 0; i < kEvents; ++i) {
    ASSERT_EQ(watch->NextEvent().event().subject(), std::to_string(i));
  }
}

TEST_F(WatchEventsTest, DrainingGivesTheCursorToResumeFrom) {
  const auto watch = Open("0");
  Publish("a");
  const std::string cursor = watch->NextEvent().cursor();
  service_.CloseStreams();
  const absl::Status status = watch->End();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable, "DRAINING"));
  EXPECT_EQ(base::DetailOf(status).metadata, (base::Metadata{{"cursor", cursor}}));
  EXPECT_THAT(Open("0")->End(), ReasonIs("DRAINING"));
}

TEST_F(WatchEventsTest, OneStreamTooMany) {
  std::vector<std::unique_ptr<Watch>> watches;
  for (int i = 0; i < 64; ++i) {
    watches.push_back(Open(""));
    ASSERT_FALSE(watches.back()->NextHeartbeat().cursor().empty()) << i;
  }
  EXPECT_THAT(Open("")->End(), StatusIs(absl::StatusCode::kResourceExhausted, "TOO_MANY_STREAMS"));
  watches.back()->context.TryCancel();
  EXPECT_THAT(watches.back()->End(), StatusIs(absl::StatusCode::kCancelled));
  watches.pop_back();
  // The place is free once the server has seen the cancellation.
  for (int i = 0; i < 1000; ++i) {
    if (!Open("")->NextHeartbeat().cursor().empty()) return;
  }
  FAIL() << "the place of a gone watcher was not given to another";
}

class SlowReaderTest : public EventsTest {
 protected:
  SlowReaderTest() : EventsTest(&Clock()) {}

  // Before the base class, which uses it.
  static testing::FakeClock& Clock() {
    static testing::FakeClock clock;
    return clock;
  }
};

TEST_F(SlowReaderTest, IsEndedInsteadOfEatingMemory) {
  const auto watch = Open("0");
  watch->NextHeartbeat();
  const std::string long_subject(20'000, 's');  // Fills gRPC's own windows soon.
  for (int i = 0; i < 2000; ++i) Publish(long_subject);
  const auto probe = Open("");
  probe->NextHeartbeat();
  // Each heartbeat of the other proves one more turn of the pump. Within four turns the backlog is
  // full; it may stay so for ten seconds, and then be written for another ten.
  for (int second = 0; second < 16; ++second) {
    Clock().Advance(seconds(1));
    Publish("wakes", "fr-bre");
    probe->NextHeartbeat();
  }
  int read = 0;
  v1::WatchEventsResponse message;
  while (watch->reader->Read(&message)) ++read;
  const absl::Status status = rpc::FromGrpc(watch->reader->Finish());
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kAborted, "STREAM_TOO_SLOW"));
  EXPECT_LT(read, 2000);
}

}  // namespace
}  // namespace sas::events
