#include "common/rpc/channel.h"

#include <gmock/gmock.h>

#include "common/testing/fake_clock.h"
#include "tests/rpc/common/probe.h"

namespace sas::rpc {
namespace {

using testing::ActorWith;
using testing::IsOk;
using testing::StatusIs;

// gRPC sends a deadline with two or three digits, rounded up.
constexpr std::chrono::milliseconds kRounding{50};

class ChannelTest : public ProbeTest {
 protected:
  absl::StatusOr<v1::ActResponse> Call(v1::ProbeService::Stub& stub, const base::Call& call,
                                       std::chrono::milliseconds limit) {
    return CallUnary<v1::ActResponse>(
        call, server_.Authorization(ActorWith(base::Role::kOsnp)), server_.clock(), limit,
        [&stub](grpc::ClientContext* context, v1::ActResponse* response) {
          return stub.Act(context, {}, response);
        });
  }

  base::Call Outer(std::chrono::milliseconds budget) {
    base::Call call;
    call.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
    call.span_id = "00f067aa0ba902b7";
    call.deadline = server_.clock().Steady() + budget;
    return call;
  }

  // Unavailable for the first `times` calls.
  void FailAtFirst(int times) {
    probe_.handler = [this, times](const base::Call&,
                                   const v1::ActRequest&) -> absl::StatusOr<v1::ActResponse> {
      if (probe_.handled > times) return v1::ActResponse();
      return base::Fail(absl::StatusCode::kUnavailable, "LEDGER_UNAVAILABLE", "try again");
    };
  }
};

TEST_F(ChannelTest, HandsOnTraceAndTheSmallerDeadline) {
  base::Call seen;
  std::chrono::nanoseconds left{};
  probe_.handler = [&](const base::Call& call, const v1::ActRequest&) {
    seen = call;
    left = call.Left(server_.clock());
    return v1::ActResponse();
  };
  const base::Call outer = Outer(std::chrono::seconds(2));
  ASSERT_THAT(Call(*stub_, outer, std::chrono::seconds(4)), IsOk());
  EXPECT_EQ(seen.trace_id, outer.trace_id);
  EXPECT_LE(left, std::chrono::seconds(2) + kRounding) << "what the call has left";
  ASSERT_THAT(Call(*stub_, outer, std::chrono::seconds(1)), IsOk());
  EXPECT_LE(left, std::chrono::seconds(1) + kRounding) << "the limit";
}

TEST_F(ChannelTest, NothingLeftIsNotSent) {
  EXPECT_THAT(Call(*stub_, Outer(std::chrono::seconds(-1)), std::chrono::seconds(4)),
              StatusIs(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED"));
  EXPECT_EQ(probe_.handled, 0);
}

TEST_F(ChannelTest, NothingIsSentForACallerWhoHasGone) {
  base::Call outer = Outer(std::chrono::seconds(4));
  outer.cancelled = [] { return true; };
  EXPECT_THAT(Call(*stub_, outer, std::chrono::seconds(4)),
              StatusIs(absl::StatusCode::kCancelled, "CANCELLED"));
  EXPECT_EQ(probe_.handled, 0);
}

TEST_F(ChannelTest, APeerThatIsDownIsUnavailable) {
  auto stub = v1::ProbeService::NewStub(MakeChannel({"127.0.0.1:1", {}}));
  EXPECT_THAT(Call(*stub, Outer(std::chrono::seconds(4)), std::chrono::seconds(4)),
              StatusIs(absl::StatusCode::kUnavailable, "PEER_UNAVAILABLE"));
}

TEST_F(ChannelTest, IdempotentMethodsAreTriedThreeTimes) {
  FailAtFirst(2);
  auto stub = v1::ProbeService::NewStub(server_.Channel({{kProbe, "Act"}}));
  EXPECT_THAT(Call(*stub, Outer(std::chrono::seconds(5)), std::chrono::seconds(5)), IsOk());
  EXPECT_EQ(probe_.handled, 3);
}

TEST_F(ChannelTest, AndNotFourTimes) {
  FailAtFirst(3);
  auto stub = v1::ProbeService::NewStub(server_.Channel({{kProbe, "Act"}}));
  EXPECT_THAT(Call(*stub, Outer(std::chrono::seconds(5)), std::chrono::seconds(5)),
              StatusIs(absl::StatusCode::kUnavailable, "LEDGER_UNAVAILABLE"));
  EXPECT_EQ(probe_.handled, 3);
}

TEST_F(ChannelTest, OtherMethodsAreTriedOnce) {
  FailAtFirst(2);
  auto stub = v1::ProbeService::NewStub(server_.Channel({{kProbe, "Look"}}));
  EXPECT_THAT(Call(*stub, Outer(std::chrono::seconds(5)), std::chrono::seconds(5)),
              StatusIs(absl::StatusCode::kUnavailable, "LEDGER_UNAVAILABLE"));
  EXPECT_EQ(probe_.handled, 1);
}

}  // namespace
}  // namespace sas::rpc
