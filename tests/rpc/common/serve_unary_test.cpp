#include "common/rpc/serve_unary.h"

#include <gmock/gmock.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>

#include <future>
#include <stdexcept>

#include "common/observe/log.h"
#include "common/observe/trace.h"
#include "common/testing/fake_clock.h"
#include "tests/rpc/common/probe.h"

namespace sas::rpc {
namespace {

using testing::ActorWith;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;
using testing::ReasonIs;
using testing::StatusIs;

v1::ActResponse Answer(const std::string& text) {
  v1::ActResponse response;
  response.set_text(text);
  return response;
}

using ServeUnaryTest = ProbeTest;

TEST_F(ServeUnaryTest, HandsTheCallToTheHandler) {
  base::Call seen;
  probe_.handler = [&seen](const base::Call& call, const v1::ActRequest& request) {
    seen = call;
    return Answer("echo " + request.text());
  };
  grpc::ClientContext context;
  base::Actor actor = ActorWith(base::Role::kOsnp, "op-17");
  actor.territories = {"44"};
  context.AddMetadata("authorization", server_.Authorization(actor));
  context.AddMetadata("traceparent",
                      observe::TraceParent("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"));
  const auto response = ActWith(context, "x");
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->text(), "echo x");
  EXPECT_EQ(seen.method, kAct);
  EXPECT_EQ(seen.actor.subject, "op-17");
  EXPECT_EQ(seen.actor.role, base::Role::kOsnp);
  EXPECT_EQ(seen.actor.territories, std::vector<std::string>{"44"});
  EXPECT_EQ(seen.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(seen.span_id.size(), 16u);
  EXPECT_NE(seen.span_id, "00f067aa0ba902b7");
}

TEST_F(ServeUnaryTest, ARoleIsRefusedBeforeTheHandler) {
  grpc::ClientContext context;
  server_.Authorize(context, ActorWith(base::Role::kPartner));
  EXPECT_THAT(ActWith(context), StatusIs(absl::StatusCode::kPermissionDenied, "ROLE_FORBIDDEN"));
  EXPECT_EQ(probe_.handled, 0);
}

TEST_F(ServeUnaryTest, CredentialsAreRefusedBeforeTheHandler) {
  const base::Actor osnp = ActorWith(base::Role::kOsnp);
  const std::string good = server_.Authorization(osnp);
  const std::pair<std::string, const char*> cases[] = {
      {"", "CREDENTIALS_MISSING"},
      {server_.Authorization(osnp, std::chrono::seconds(-1)), "CREDENTIALS_EXPIRED"},
      {MintToken("forged", osnp, server_.clock(), std::chrono::hours(1)), "CREDENTIALS_INVALID"},
      {good.substr(0, good.size() - 1), "CREDENTIALS_INVALID"},
  };
  for (const auto& [authorization, reason] : cases) {
    grpc::ClientContext context;
    if (!authorization.empty()) context.AddMetadata("authorization", authorization);
    EXPECT_THAT(ActWith(context), StatusIs(absl::StatusCode::kUnauthenticated, reason));
  }
  EXPECT_EQ(probe_.handled, 0);
}

TEST_F(ServeUnaryTest, InlineHandlersAreGuardedAlike) {
  probe_.handler = [](const base::Call&, const v1::ActRequest&) { return Answer("seen"); };
  v1::ActResponse response;
  grpc::ClientContext good;
  server_.Authorize(good, ActorWith(base::Role::kOsnp));
  EXPECT_TRUE(stub_->Look(&good, {}, &response).ok());
  EXPECT_EQ(response.text(), "seen");
  grpc::ClientContext other;
  server_.Authorize(other, ActorWith(base::Role::kPartner));
  EXPECT_THAT(FromGrpc(stub_->Look(&other, {}, &response)), ReasonIs("ROLE_FORBIDDEN"));
  EXPECT_EQ(probe_.handled, 1);
}

TEST_F(ServeUnaryTest, AnExceptionIsInternalWithAnIdAndNoCause) {
  probe_.handler = [](const base::Call&, const v1::ActRequest&) -> absl::StatusOr<v1::ActResponse> {
    throw std::runtime_error("column secret_column is missing");
  };
  ::testing::internal::CaptureStderr();
  const auto response = Act();
  observe::FlushLog();
  const std::string log = ::testing::internal::GetCapturedStderr();
  ASSERT_THAT(response, StatusIs(absl::StatusCode::kInternal, "INTERNAL"));
  EXPECT_THAT(response.status().ToString(), Not(HasSubstr("secret_column")));
  const base::ErrorDetail detail = base::DetailOf(response.status());
  ASSERT_EQ(detail.metadata.size(), 1u);
  EXPECT_EQ(detail.metadata[0].first, "error_id");
  EXPECT_THAT(log, HasSubstr("secret_column")) << "the operations team finds the cause";
  EXPECT_THAT(log, HasSubstr(detail.metadata[0].second)) << "by the id";
}

TEST_F(ServeUnaryTest, AnythingThrownIsCaught) {
  probe_.handler = [](const base::Call&, const v1::ActRequest&) -> absl::StatusOr<v1::ActResponse> {
    throw 17;
  };
  EXPECT_THAT(Act(), StatusIs(absl::StatusCode::kInternal, "INTERNAL"));
}

TEST_F(ServeUnaryTest, TheCauseOfAFaultOfOursIsConcealedAndItsReasonKept) {
  probe_.handler = [](const base::Call&, const v1::ActRequest&) -> absl::StatusOr<v1::ActResponse> {
    return base::Fail(absl::StatusCode::kInternal, "LEDGER_ERROR", "relation secret_table",
                      {{"table", "secret_table"}});
  };
  const auto response = Act();
  EXPECT_THAT(response, StatusIs(absl::StatusCode::kInternal, "LEDGER_ERROR"));
  EXPECT_THAT(response.status().ToString(), Not(HasSubstr("secret_table")));
  EXPECT_EQ(base::DetailOf(response.status()).metadata.at(0).first, "error_id");
}

TEST_F(ServeUnaryTest, ARefusalArrivesAsItWasMade) {
  probe_.handler = [](const base::Call&, const v1::ActRequest&) -> absl::StatusOr<v1::ActResponse> {
    return base::InvalidField("order.motive", "TEXT_TOO_LONG", "has more than 500 characters",
                              {{"limit", "500"}});
  };
  const auto response = Act();
  EXPECT_THAT(response, StatusIs(absl::StatusCode::kInvalidArgument, "TEXT_TOO_LONG"));
  const base::ErrorDetail detail = base::DetailOf(response.status());
  EXPECT_EQ(detail.violations.at(0).field, "order.motive");
  EXPECT_EQ(detail.metadata.at(1), (std::pair<std::string, std::string>("limit", "500")));
}

TEST_F(ServeUnaryTest, TheLargestDetailsSurviveTheTrailers) {
  probe_.handler = [](const base::Call&, const v1::ActRequest&) -> absl::StatusOr<v1::ActResponse> {
    base::ErrorDetail detail;
    detail.reason = "INVALID_PLAN";
    for (int i = 0; i < 300; ++i) {
      detail.metadata.emplace_back("k" + std::to_string(i), std::string(390, '\xc3'));
      detail.violations.push_back({"f" + std::to_string(i), std::string(390, 'd')});
    }
    std::string message;  // Percent-encoded on the wire: three bytes for one.
    for (int i = 0; i < 1000; ++i) message += "\u00e9";
    return base::WithDetail(absl::InvalidArgumentError(message), detail);
  };
  const auto response = Act();
  EXPECT_THAT(response, StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_PLAN"));
}

TEST_F(ServeUnaryTest, ACallWithoutDeadlineGetsTheLimit) {
  std::chrono::nanoseconds left{};
  probe_.handler = [&](const base::Call& call, const v1::ActRequest&) {
    left = call.Left(server_.clock());
    return Answer("");
  };
  grpc::ClientContext context;
  context.AddMetadata("authorization", server_.Authorization(ActorWith(base::Role::kOsnp)));
  ASSERT_THAT(ActWith(context), IsOk());
  EXPECT_LE(left, std::chrono::seconds(5));
  EXPECT_GT(left, std::chrono::seconds(3));
}

TEST_F(ServeUnaryTest, AShorterDeadlineIsKept) {
  std::chrono::nanoseconds left{};
  probe_.handler = [&](const base::Call& call, const v1::ActRequest&) {
    left = call.Left(server_.clock());
    return Answer("");
  };
  grpc::ClientContext context;
  server_.Authorize(context, ActorWith(base::Role::kOsnp), std::chrono::milliseconds(1500));
  ASSERT_THAT(ActWith(context), IsOk());
  EXPECT_LE(left, std::chrono::milliseconds(1550)) << "gRPC sends it rounded up";
  EXPECT_GT(left, std::chrono::milliseconds(1));
}

TEST_F(ServeUnaryTest, EndsAreCountedAndLoggedWithoutContent) {
  observe::InitLog("test", observe::Level::kInfo);
  ::testing::internal::CaptureStderr();
  ASSERT_THAT(Act("Zoubida"), IsOk());
  observe::FlushLog();
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr("\"event\":\"rpc\""));
  EXPECT_THAT(log, HasSubstr(kAct));
  EXPECT_THAT(log, HasSubstr("\"role\":\"osnp\""));
  EXPECT_THAT(log, Not(HasSubstr("Zoubida")));
  EXPECT_EQ(server_.metrics()
                .Counter("sas_test_rpc_requests_total", "RPCs that have ended, by method and code.",
                         {{"method", "Act"}, {"code", "OK"}})
                .Value(),
            1);
  EXPECT_EQ(server_.metrics()
                .Gauge("sas_test_rpc_in_flight", "RPCs that have begun and not ended.")
                .Value(),
            0);
}

// One lane thread, one place in the queue, and time that moves when told.
class BusyLaneTest : public ProbeTest {
 protected:
  BusyLaneTest() : ProbeTest(Small()) {}

  testing::InProcessServer::Options Small() {
    testing::InProcessServer::Options options;
    options.clock = &clock_();
    options.lane_threads = 1;
    options.lane_queue_max = 1;
    return options;
  }

  // Before any member: the base class needs it.
  static testing::FakeClock& clock_() {
    static testing::FakeClock clock;
    return clock;
  }

  void SetUp() override {
    ProbeTest::SetUp();
    probe_.handler = [this](const base::Call&, const v1::ActRequest& request) {
      if (request.text() == "first") {
        started_.set_value();
        released_.wait();
      }
      return Answer(request.text());
    };
    first_ = std::async(std::launch::async, [this] { return Act("first"); });
    started_.get_future().wait();
  }

  void TearDown() override {
    Release();
    ProbeTest::TearDown();
  }

  void Release() {
    if (!is_released_) release_.set_value();
    is_released_ = true;
  }

  // Returns when one call stands in the queue.
  void AwaitQueued() {
    while (server_.runtime().interactive.Queued() == 0) std::this_thread::yield();
  }

  std::promise<void> started_;
  std::promise<void> release_;
  std::shared_future<void> released_ = release_.get_future().share();
  bool is_released_ = false;
  std::future<absl::StatusOr<v1::ActResponse>> first_;
};

TEST_F(BusyLaneTest, OnePastTheQueueIsToldWhenToComeBack) {
  auto second = std::async(std::launch::async, [this] { return Act("second"); });
  AwaitQueued();
  const auto third = Act("third");
  EXPECT_THAT(third, StatusIs(absl::StatusCode::kResourceExhausted, "OVERLOADED"));
  const base::ErrorDetail detail = base::DetailOf(third.status());
  ASSERT_TRUE(detail.retry_after.has_value());
  EXPECT_GE(*detail.retry_after, std::chrono::milliseconds(200));
  EXPECT_LT(*detail.retry_after, std::chrono::milliseconds(600));
  EXPECT_EQ(detail.metadata.at(0).second, "interactive");
  Release();
  EXPECT_THAT(first_.get(), IsOk());
  EXPECT_THAT(second.get(), IsOk());
  EXPECT_EQ(probe_.handled, 2);
}

TEST_F(BusyLaneTest, ACallWhoseTimeIsUpIsNotComputedForNobody) {
  auto second = std::async(std::launch::async, [this] { return Act("second"); });
  AwaitQueued();
  clock_().Advance(std::chrono::seconds(6));
  Release();
  EXPECT_THAT(second.get(), StatusIs(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED"));
  EXPECT_EQ(probe_.handled, 1);
}

TEST_F(BusyLaneTest, ACallWhoseClientHasGoneIsNotComputed) {
  grpc::ClientContext context;
  server_.Authorize(context, ActorWith(base::Role::kOsnp));
  auto second = std::async(std::launch::async, [&] { return ActWith(context, "second"); });
  AwaitQueued();
  context.TryCancel();
  EXPECT_THAT(second.get(), StatusIs(absl::StatusCode::kCancelled));
  // The cancellation reaches the server on the connection that this call uses too.
  const auto third = Act("third");
  EXPECT_THAT(third, ReasonIs("OVERLOADED"));
  Release();
  first_.wait();
  server_.Stop();
  EXPECT_EQ(probe_.handled, 1);
}

}  // namespace
}  // namespace sas::rpc
