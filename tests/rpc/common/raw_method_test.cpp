#include "common/rpc/raw_method.h"

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>

#include <future>
#include <stdexcept>
#include <thread>

#include "common/base/status.h"
#include "common/observe/log.h"
#include "common/observe/trace.h"
#include "common/rpc/callback_loop.h"
#include "tests/rpc/common/probe.h"

namespace sas::rpc {
namespace {

using testing::ActorWith;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;
using testing::ReasonIs;
using testing::StatusIs;

using RawBase = v1::ProbeService::WithRawCallbackMethod_Act<v1::ProbeService::CallbackService>;

/// Act from bytes to bytes, the others typed.
class RawProbe final : public RawBase {
 public:
  using Handler =
      std::function<absl::StatusOr<v1::ActResponse>(const base::Call&, const v1::ActRequest&)>;

  RawProbe(const Runtime& runtime, std::size_t in_flight_max)
      : runtime_(runtime),
        act_(
            runtime, kAct,
            [this](const base::Call& call,
                   const grpc::ByteBuffer& bytes) -> absl::StatusOr<grpc::ByteBuffer> {
              ++handled;
              v1::ActRequest request;
              SAS_RETURN_IF_ERROR(ParseRaw(bytes, request));
              SAS_ASSIGN_OR_RETURN(const v1::ActResponse response, handler(call, request));
              return ToRaw(response.SerializeAsString());
            },
            in_flight_max) {}

  grpc::ServerUnaryReactor* Act(grpc::CallbackServerContext* context,
                                const grpc::ByteBuffer* request,
                                grpc::ByteBuffer* response) override {
    return act_.Serve(context, request, response);
  }

  grpc::ServerUnaryReactor* Look(grpc::CallbackServerContext* context,
                                 const v1::ActRequest* request,
                                 v1::ActResponse* response) override {
    return ServeInline(runtime_, context, request, response, kLook,
                       [](const base::Call&, const v1::ActRequest& seen) {
                         v1::ActResponse answer;
                         answer.set_text("looked at " + seen.text());
                         return absl::StatusOr<v1::ActResponse>(answer);
                       });
  }

  Handler handler = [](const base::Call&, const v1::ActRequest& request) {
    v1::ActResponse answer;
    answer.set_text("echo " + request.text());
    return absl::StatusOr<v1::ActResponse>(answer);
  };
  std::atomic<std::size_t> handled{0};

 private:
  const Runtime& runtime_;
  RawMethod act_;
};

class RawMethodTest : public ::testing::Test {
 protected:
  explicit RawMethodTest(std::size_t in_flight_max = RawMethod::kInFlightMax)
      : probe_(server_.runtime(), in_flight_max) {}

  void SetUp() override {
    for (const char* method : {kAct, kLook, kWatch, kTalk}) {
      server_.roles().Allow(method, {base::Role::kOsnp});
    }
    ASSERT_THAT(server_.Start({&probe_}, {kProbe}), IsOk());
    stub_ = v1::ProbeService::NewStub(server_.Channel());
  }

  void TearDown() override { server_.Stop(); }

  absl::StatusOr<v1::ActResponse> Act(const std::string& text = "",
                                      base::Role role = base::Role::kOsnp) {
    grpc::ClientContext context;
    server_.Authorize(context, ActorWith(role));
    return ActWith(context, text);
  }

  absl::StatusOr<v1::ActResponse> ActWith(grpc::ClientContext& context,
                                          const std::string& text = "") {
    v1::ActRequest request;
    request.set_text(text);
    v1::ActResponse response;
    const grpc::Status status = stub_->Act(&context, request, &response);
    if (!status.ok()) return FromGrpc(status);
    return response;
  }

  testing::InProcessServer server_;
  RawProbe probe_;
  std::unique_ptr<v1::ProbeService::Stub> stub_;
};

TEST_F(RawMethodTest, AnswersWithTheCallOfTheHandler) {
  base::Call seen;
  probe_.handler = [&seen](const base::Call& call, const v1::ActRequest&) {
    seen = call;
    return absl::StatusOr<v1::ActResponse>(v1::ActResponse());
  };
  grpc::ClientContext context;
  server_.Authorize(context, ActorWith(base::Role::kOsnp, "op-17"), std::chrono::seconds(2));
  ASSERT_THAT(ActWith(context), IsOk());
  EXPECT_EQ(seen.method, kAct);
  EXPECT_EQ(seen.actor.subject, "op-17");
  EXPECT_EQ(seen.span_id.size(), 16u);
  EXPECT_LE(seen.Left(server_.clock()), std::chrono::milliseconds(2050));
  EXPECT_GT(seen.Left(server_.clock()), std::chrono::milliseconds(1));
}

TEST_F(RawMethodTest, ATraceIsContinued) {
  std::string trace;
  probe_.handler = [&trace](const base::Call& call, const v1::ActRequest&) {
    trace = call.trace_id;
    return absl::StatusOr<v1::ActResponse>(v1::ActResponse());
  };
  grpc::ClientContext context;
  context.AddMetadata("authorization", server_.Authorization(ActorWith(base::Role::kOsnp)));
  context.AddMetadata("traceparent",
                      observe::TraceParent("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"));
  ASSERT_THAT(ActWith(context), IsOk());
  EXPECT_EQ(trace, "4bf92f3577b34da6a3ce929d0e0e4736");
}

TEST_F(RawMethodTest, TheOtherMethodsOfTheServiceStayTyped) {
  grpc::ClientContext context;
  server_.Authorize(context, ActorWith(base::Role::kOsnp));
  v1::ActRequest request;
  request.set_text("me");
  v1::ActResponse response;
  ASSERT_TRUE(stub_->Look(&context, request, &response).ok());
  EXPECT_EQ(response.text(), "looked at me");
}

TEST_F(RawMethodTest, CredentialsAndRoleAreRefusedBeforeTheRequestIsRead) {
  grpc::ClientContext nobody;
  EXPECT_THAT(ActWith(nobody), StatusIs(absl::StatusCode::kUnauthenticated, "CREDENTIALS_MISSING"));
  EXPECT_THAT(Act("", base::Role::kPartner),
              StatusIs(absl::StatusCode::kPermissionDenied, "ROLE_FORBIDDEN"));
  EXPECT_EQ(probe_.handled, 0);
}

TEST_F(RawMethodTest, BytesThatAreNoRequestAreRefused) {
  auto channel = server_.Channel();
  grpc::GenericStub generic(channel);
  grpc::ClientContext context;
  server_.Authorize(context, ActorWith(base::Role::kOsnp));
  const grpc::ByteBuffer request = ToRaw("\x0a\x7fshorter than it says");
  grpc::ByteBuffer response;
  grpc::CompletionQueue queue;
  auto reader = generic.PrepareUnaryCall(&context, kAct, request, &queue);
  reader->StartCall();
  grpc::Status status;
  reader->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  ASSERT_TRUE(queue.Next(&tag, &ok));
  EXPECT_THAT(FromGrpc(status), StatusIs(absl::StatusCode::kInvalidArgument, "REQUEST_UNREADABLE"));
}

TEST_F(RawMethodTest, AnExceptionAndAFaultOfOursAreConcealed) {
  probe_.handler = [](const base::Call&,
                      const v1::ActRequest& request) -> absl::StatusOr<v1::ActResponse> {
    if (request.text() == "throw") throw std::runtime_error("secret_column");
    return base::Fail(absl::StatusCode::kInternal, "LEDGER_ERROR", "secret_table");
  };
  for (const auto& [text, reason] : {std::pair("throw", "INTERNAL"), {"fail", "LEDGER_ERROR"}}) {
    const auto response = Act(text);
    EXPECT_THAT(response, StatusIs(absl::StatusCode::kInternal, reason));
    EXPECT_THAT(response.status().ToString(), Not(HasSubstr("secret")));
    EXPECT_EQ(base::DetailOf(response.status()).metadata.at(0).first, "error_id");
  }
}

TEST_F(RawMethodTest, EndsAreCountedAndLoggedLikeThoseOfOtherCalls) {
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

TEST_F(RawMethodTest, ManyCallsAtOnceAllGetTheirOwnAnswer) {
  constexpr int kThreads = 8;
  constexpr int kCalls = 100;
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kCalls; ++i) {
        const std::string text = std::to_string(t) + "/" + std::to_string(i);
        const auto response = Act(text);
        if (response.ok() && response->text() == "echo " + text) ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, kThreads * kCalls);
}

TEST_F(RawMethodTest, ADrainAnswersWhatHasComeAndLosesNothing) {
  constexpr int kThreads = 8;
  std::atomic<bool> draining{false};
  std::atomic<std::size_t> answered{0};
  std::atomic<int> unexpected{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      while (true) {
        const auto response = Act("x");
        if (response.ok()) {
          ++answered;
          continue;
        }
        // A call that comes while the server goes gets one of these from gRPC itself, typed or raw.
        const absl::StatusCode code = response.status().code();
        const bool gone =
            code == absl::StatusCode::kUnavailable || code == absl::StatusCode::kCancelled;
        if (!draining || !gone) ++unexpected;
        return;
      }
    });
  }
  while (answered < 200) std::this_thread::yield();
  draining = true;
  server_.Stop();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(unexpected, 0);
  EXPECT_EQ(probe_.handled, answered) << "what was computed has reached its caller";
  EXPECT_EQ(server_.metrics()
                .Gauge("sas_test_rpc_in_flight", "RPCs that have begun and not ended.")
                .Value(),
            0);
}

// A place for each thread that takes calls in, and one more.
class FullRawTest : public RawMethodTest {
 protected:
  FullRawTest() : RawMethodTest(CallbackThreads() + 1) {}

  // Every thread is at work: what comes meanwhile is seen when they are done.
  void HoldAll() {
    probe_.handler = [this](const base::Call&, const v1::ActRequest& request) {
      if (request.text() == "hold") {
        ++held_;
        held_.notify_all();
        released_.wait();
      }
      return absl::StatusOr<v1::ActResponse>(v1::ActResponse());
    };
    for (std::size_t i = 0; i < CallbackThreads(); ++i) {
      holding_.push_back(std::async(std::launch::async, [this] { return Act("hold"); }));
      held_.wait(i);  // One after the other, each on a thread of its own.
    }
  }

  void Release() {
    release_.set_value();
    for (auto& each : holding_) EXPECT_THAT(each.get(), IsOk());
  }

  std::atomic<std::size_t> held_{0};
  std::promise<void> release_;
  std::shared_future<void> released_ = release_.get_future().share();
  std::vector<std::future<absl::StatusOr<v1::ActResponse>>> holding_;
};

struct Sent {
  grpc::ClientContext context;
  grpc::ByteBuffer response;
  grpc::Status status;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
};

TEST_F(FullRawTest, PastTheLimitACallIsToldWhenToComeBackAndItsRequestIsNotRead) {
  HoldAll();
  constexpr std::size_t kMore = 24;
  auto channel = server_.Channel();
  ASSERT_TRUE(
      channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(5)));
  grpc::GenericStub generic(channel);
  grpc::CompletionQueue queue;
  std::vector<Sent> more(kMore);
  for (Sent& each : more) {
    server_.Authorize(each.context, ActorWith(base::Role::kOsnp));
    each.reader = generic.PrepareUnaryCall(&each.context, kAct, ToRaw(""), &queue);
    each.reader->StartCall();
    each.reader->Finish(&each.response, &each.status, &each);
  }
  Release();  // They are on the wire, and come before the next is worked on.
  std::size_t refused = 0;
  for (std::size_t i = 0; i < kMore; ++i) {
    void* tag = nullptr;
    bool ok = false;
    ASSERT_TRUE(queue.Next(&tag, &ok));
    const absl::Status status = FromGrpc(static_cast<Sent*>(tag)->status);
    if (status.ok()) continue;
    ++refused;
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted, "OVERLOADED"));
    const base::ErrorDetail detail = base::DetailOf(status);
    ASSERT_TRUE(detail.retry_after.has_value());
    EXPECT_GE(*detail.retry_after, std::chrono::milliseconds(200));
    EXPECT_EQ(detail.metadata.at(0).second, "raw");
  }
  EXPECT_GT(refused, 0u);
  EXPECT_EQ(probe_.handled, CallbackThreads() + kMore - refused);
  EXPECT_THAT(Act("later"), IsOk()) << "the places are free again";
}

TEST_F(FullRawTest, ACallWhoseTimeIsUpIsNotComputedForNobody) {
  HoldAll();
  grpc::ClientContext context;
  server_.Authorize(context, ActorWith(base::Role::kOsnp), std::chrono::milliseconds(50));
  EXPECT_THAT(ActWith(context, "late"), StatusIs(absl::StatusCode::kDeadlineExceeded));
  // gRPC sends it rounded up, and it runs from when it comes.
  const std::chrono::nanoseconds over = server_.clock().Steady() + std::chrono::milliseconds(500);
  while (server_.clock().Steady() < over) std::this_thread::yield();
  Release();
  EXPECT_THAT(Act("next"), IsOk());
  EXPECT_EQ(probe_.handled, CallbackThreads() + 1);
}

}  // namespace
}  // namespace sas::rpc
