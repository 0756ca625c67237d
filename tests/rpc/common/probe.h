#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "common/rpc/serve_unary.h"
#include "common/testing/in_process_server.h"
#include "common/testing/status_matchers.h"
#include "gtest/gtest.h"
#include "probe_service.grpc.pb.h"

namespace sas::rpc {

namespace v1 = sas::testing::v1;

inline constexpr char kProbe[] = "sas.testing.v1.ProbeService";
inline constexpr char kAct[] = "/sas.testing.v1.ProbeService/Act";
inline constexpr char kLook[] = "/sas.testing.v1.ProbeService/Look";
inline constexpr char kWatch[] = "/sas.testing.v1.ProbeService/Watch";
inline constexpr char kTalk[] = "/sas.testing.v1.ProbeService/Talk";

/// A service whose handler each test gives.
class ProbeService final : public v1::ProbeService::CallbackService {
 public:
  using Handler =
      std::function<absl::StatusOr<v1::ActResponse>(const base::Call&, const v1::ActRequest&)>;
  using Watcher = std::function<grpc::ServerWriteReactor<v1::ActResponse>*()>;
  using Talker = std::function<grpc::ServerBidiReactor<v1::ActRequest, v1::ActResponse>*()>;

  explicit ProbeService(const Runtime& runtime) : runtime_(runtime) {}

  grpc::ServerUnaryReactor* Act(grpc::CallbackServerContext* context, const v1::ActRequest* request,
                                v1::ActResponse* response) override {
    return ServeUnary(runtime_, runtime_.interactive, context, request, response, kAct, Counted());
  }

  grpc::ServerUnaryReactor* Look(grpc::CallbackServerContext* context,
                                 const v1::ActRequest* request,
                                 v1::ActResponse* response) override {
    return ServeInline(runtime_, context, request, response, kLook, Counted());
  }

  grpc::ServerWriteReactor<v1::ActResponse>* Watch(grpc::CallbackServerContext*,
                                                   const v1::ActRequest*) override {
    return watcher();
  }

  grpc::ServerBidiReactor<v1::ActRequest, v1::ActResponse>* Talk(
      grpc::CallbackServerContext*) override {
    return talker();
  }

  Handler handler = [](const base::Call&, const v1::ActRequest&) { return v1::ActResponse(); };
  Watcher watcher;
  Talker talker;
  std::atomic<int> handled{0};  ///< How often the handler was entered.

 private:
  Handler Counted() {
    return [this](const base::Call& call, const v1::ActRequest& request) {
      ++handled;
      return handler(call, request);
    };
  }

  const Runtime& runtime_;
};

/// A server with a probe: methods are for an OSNP.
class ProbeTest : public ::testing::Test {
 protected:
  explicit ProbeTest(const testing::InProcessServer::Options& options = {}) : server_(options) {}

  void SetUp() override {
    for (const char* method : {kAct, kLook, kWatch, kTalk}) {
      server_.roles().Allow(method, {base::Role::kOsnp});
    }
    ASSERT_THAT(server_.Start({&probe_}, {kProbe}), testing::IsOk());
    stub_ = v1::ProbeService::NewStub(server_.Channel());
  }

  void TearDown() override { server_.Stop(); }

  /// Act as an OSNP, through the suite's client side.
  absl::StatusOr<v1::ActResponse> Act(const std::string& text = "") {
    grpc::ClientContext context;
    server_.Authorize(context, testing::ActorWith(base::Role::kOsnp));
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
  ProbeService probe_{server_.runtime()};
  std::unique_ptr<v1::ProbeService::Stub> stub_;
};

}  // namespace sas::rpc
