// Many watchers, those who do not read, and a server that stops.

#include <prometheus/gauge.h>

#include "services/slots/watch_pump.h"
#include "tests/rpc/slots_search/watcher.h"

namespace sas::slots {
namespace {

using absl::StatusCode;
using std::chrono::seconds;

class WatchLimitsTest : public WatchTest {
 protected:
  static constexpr int kAnswers = 10;  // More than gRPC takes from who sends to a stuck reader.

  // Changes the list, and lets `live` see it.
  void Turn(Watcher& live) {
    const auto hold = Hold(kCsnpSlot);
    ASSERT_THAT(hold, IsOk());
    Follow();
    ASSERT_TRUE(live.NextUntil([&] { return !live.Shows(kCsnpSlot); }));
    Release(*hold);
    Follow();
    ASSERT_TRUE(live.NextUntil([&] { return live.Shows(kCsnpSlot); }));
  }

  // A watcher that has not read for so long that the next message cannot be sent.
  std::unique_ptr<Watcher> Stuck(Watcher& live) {
    // Its windows are small, so that a few whole answers fill them.
    grpc::ChannelArguments narrow;
    narrow.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    narrow.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 1024);
    watch_stub_ = v1::AvailabilityWatchService::NewStub(
        grpc::CreateCustomChannel(server_.address(), grpc::InsecureChannelCredentials(), narrow));
    auto stuck = Watch(Fifty(), Osnp("osnp-2"));
    for (int i = 0; i < kAnswers; ++i) {
      RenameBesideTheList("Cabinet " + std::to_string(i));
      EXPECT_TRUE(live.NextUntil([&] { return live.last.has_snapshot(); }));
    }
    return stuck;
  }

  // Read turn by turn, so that the pump has come by each time.
  void Pass(Watcher& live, int tens_of_seconds) {
    for (int i = 0; i < tens_of_seconds; ++i) {
      clock_.Advance(seconds(10));
      Follow();
      ASSERT_TRUE(live.Next());
    }
  }
};

TEST_F(WatchLimitsTest, AStuckReaderDelaysNobodyAndGetsTheNewestState) {
  const auto live = Watch(Fifty());
  ASSERT_TRUE(live->Next());
  const auto stuck = Stuck(*live);
  for (int i = 0; i < 50; ++i) Turn(*live);
  ASSERT_THAT(Hold(kCsnpSlot), IsOk());
  Follow();
  ASSERT_TRUE(live->NextUntil([&] { return !live->Shows(kCsnpSlot); }));

  ASSERT_TRUE(stuck->Next());
  ASSERT_TRUE(stuck->NextUntil([&] { return stuck->Names() == live->Names(); }));
  EXPECT_LT(stuck->messages, kAnswers + 5) << "a backlog was kept for who does not read";
  EXPECT_GT(live->messages, kAnswers + 100);
}

TEST_F(WatchLimitsTest, WhoWasSlowForLongGetsTheWholeAnswer) {
  const auto live = Watch(Fifty());
  ASSERT_TRUE(live->Next());
  const auto stuck = Stuck(*live);
  Pass(*live, 2);
  ASSERT_THAT(Hold(kCsnpSlot), IsOk());
  Follow();
  ASSERT_TRUE(live->NextUntil([&] { return !live->Shows(kCsnpSlot); }));
  EXPECT_TRUE(live->last.has_changes());
  ASSERT_TRUE(stuck->NextUntil([&] { return !stuck->Shows(kCsnpSlot); }));
  EXPECT_TRUE(stuck->last.has_snapshot());
}

TEST_F(WatchLimitsTest, WhoNeverReadsIsEndedAfterAMinute) {
  const auto live = Watch(Fifty());
  ASSERT_TRUE(live->Next());
  const auto stuck = Stuck(*live);
  Pass(*live, 8);
  EXPECT_THAT(stuck->End(), StatusIs(StatusCode::kCancelled));
}

TEST_F(WatchLimitsTest, OneWatchTooManyOfAPersonAndOfTheServer) {
  auto& open = registry_.Gauge("sas_slots_watches", "Searches that are watched now");
  std::vector<std::unique_ptr<Watcher>> watches;
  const auto add = [&](const std::string& subject) {
    watches.push_back(Watch(AroundChallans(), Osnp(subject)));
    return watches.back()->Next();
  };
  for (std::size_t i = 0; i < WatchPump::kWatchesOfSubject; ++i) ASSERT_TRUE(add("osnp-1"));
  EXPECT_THAT(Watch(AroundChallans())->End(),
              StatusIs(StatusCode::kResourceExhausted, "TOO_MANY_WATCHES"));
  while (watches.size() < WatchPump::kWatchesMax) {
    ASSERT_TRUE(add("osnp-" + std::to_string(watches.size())));
  }
  EXPECT_EQ(open.Value(), WatchPump::kWatchesMax);
  EXPECT_THAT(Watch(AroundChallans(), Osnp("osnp-new"))->End(),
              StatusIs(StatusCode::kResourceExhausted, "TOO_MANY_STREAMS"));
  watches.back()->context.TryCancel();
  EXPECT_THAT(watches.back()->End(), StatusIs(StatusCode::kCancelled));
  watches.pop_back();
  // The place is free once the server has seen the cancellation.
  for (int i = 0; i < 1000; ++i) {
    if (add("osnp-new")) return;
    watches.pop_back();
  }
  FAIL() << "the place of a gone watcher was not given to another";
}

TEST_F(WatchLimitsTest, AServerThatStopsEndsItsWatches) {
  const auto watch = Watch(Fifty());
  ASSERT_TRUE(watch->Next());
  watches_.CloseStreams();
  EXPECT_THAT(watch->End(), StatusIs(StatusCode::kUnavailable, "DRAINING"));
  EXPECT_THAT(Watch(Fifty())->End(), ReasonIs("DRAINING"));
}

}  // namespace
}  // namespace sas::slots
