#include "common/rpc/server.h"

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <unistd.h>

#include "grpc/health/v1/health.grpc.pb.h"
#include "tests/rpc/common/probe.h"

namespace sas::rpc {
namespace {

namespace health = grpc::health::v1;
using testing::ActorWith;
using testing::InProcessServer;
using testing::IsOk;
using testing::StatusIs;

void AllowAll(RoleTable& roles) {
  for (const char* method : {kAct, kLook, kWatch, kTalk}) roles.Allow(method, {base::Role::kOsnp});
}

int Serving(const InProcessServer& server, const std::string& name) {
  auto stub = health::Health::NewStub(server.Channel());
  grpc::ClientContext context;
  health::HealthCheckRequest request;
  request.set_service(name);
  health::HealthCheckResponse response;
  const grpc::Status status = stub->Check(&context, request, &response);
  return status.ok() ? static_cast<int>(response.status()) : -static_cast<int>(status.error_code());
}

TEST(Server, H47_AMethodWithoutPolicyStopsTheStart) {
  InProcessServer server;
  ProbeService probe(server.runtime());
  server.roles().Allow(kAct, {base::Role::kOsnp});
  server.roles().Allow(kWatch, {base::Role::kOsnp});
  const absl::Status started = server.Start({&probe}, {kProbe});
  EXPECT_THAT(started, StatusIs(absl::StatusCode::kFailedPrecondition, "METHOD_WITHOUT_POLICY"));
  EXPECT_EQ(base::DetailOf(started).metadata.at(0).second, kLook);
}

TEST(Server, AServiceThatNobodyDescribedStopsTheStart) {
  InProcessServer server;
  ProbeService probe(server.runtime());
  AllowAll(server.roles());
  EXPECT_THAT(server.Start({&probe}, {"sas.testing.v1.ProbeServcie"}),
              StatusIs(absl::StatusCode::kFailedPrecondition, "METHOD_WITHOUT_POLICY"));
}

TEST(Server, ATakenPortIsAnError) {
  InProcessServer server;
  ProbeService probe(server.runtime());
  AllowAll(server.roles());
  ASSERT_THAT(server.Start({&probe}, {kProbe}), IsOk());
  Server::Options options;
  options.name = "second";
  options.listen = server.address();
  Health health;
  observe::Metrics metrics;
  EXPECT_THAT(Server::Start(options, {}, {}, server.roles(), health, metrics).status(),
              StatusIs(absl::StatusCode::kUnavailable, "CANNOT_LISTEN"));
  server.Stop();
}

TEST(Server, ListensOnAUnixSocket) {
  InProcessServer around;  // Only its runtime is used.
  ProbeService probe(around.runtime());
  AllowAll(around.roles());
  const std::string path =
      ::testing::TempDir() + "sas_server_test." + std::to_string(getpid()) + ".socket";
  Server::Options options;
  options.name = "socket";
  options.listen = "unix:" + path;
  Health health;
  observe::Metrics metrics;
  auto server = Server::Start(options, {&probe}, {kProbe}, around.roles(), health, metrics);
  ASSERT_THAT(server, IsOk());
  auto stub = v1::ProbeService::NewStub(MakeChannel({"unix:" + path, {}}));
  grpc::ClientContext context;
  around.Authorize(context, ActorWith(base::Role::kOsnp));
  v1::ActResponse response;
  EXPECT_THAT(FromGrpc(stub->Act(&context, {}, &response)), IsOk());
  (*server)->Drain([] {});
  unlink(path.c_str());
}

TEST(Server, HealthSaysWhatThePartsSay) {
  InProcessServer server;
  ProbeService probe(server.runtime());
  AllowAll(server.roles());
  server.health().Declare("ledger", true);
  server.health().Declare("redis", false);
  ASSERT_THAT(server.Start({&probe}, {kProbe}), IsOk());
  EXPECT_EQ(Serving(server, ""), health::HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(Serving(server, "ready"), health::HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(Serving(server, "live"), health::HealthCheckResponse::SERVING);
  server.health().Set("ledger", true, "connected");
  EXPECT_EQ(Serving(server, ""), health::HealthCheckResponse::SERVING);
  EXPECT_EQ(Serving(server, "ready"), health::HealthCheckResponse::SERVING);
  EXPECT_EQ(Serving(server, "redis"), health::HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(Serving(server, "unheard-of"), -static_cast<int>(grpc::StatusCode::NOT_FOUND));
  server.health().Drain();
  EXPECT_EQ(Serving(server, "ready"), health::HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(Serving(server, "live"), health::HealthCheckResponse::SERVING);
  server.Stop();
}

// Code of a call to the reflection service.
grpc::StatusCode Reflect(const InProcessServer& server) {
  grpc::GenericStub stub(server.Channel());
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  grpc::ByteBuffer request;
  auto call = stub.PrepareUnaryCall(
      &context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", request, &queue);
  call->StartCall();
  grpc::ByteBuffer response;
  grpc::Status status;
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  return status.error_code();
}

TEST(Server, ReflectionIsOffUnlessAskedFor) {
  for (const bool reflection : {true, false}) {
    InProcessServer::Options options;
    options.reflection = reflection;
    InProcessServer server(options);
    ProbeService probe(server.runtime());
    AllowAll(server.roles());
    ASSERT_THAT(server.Start({&probe}, {kProbe}), IsOk());
    EXPECT_EQ(Reflect(server) == grpc::StatusCode::UNIMPLEMENTED, !reflection);
    server.Stop();
  }
}

class BodyTest : public ProbeTest {
 protected:
  // A channel without the limits of ours, as a foreign client has it.
  grpc::Status Send(std::size_t bytes) {
    grpc::ChannelArguments arguments;
    arguments.SetMaxSendMessageSize(-1);
    auto stub = v1::ProbeService::NewStub(grpc::CreateCustomChannel(
        server_.address(), grpc::InsecureChannelCredentials(), arguments));
    v1::ActRequest request;
    request.set_text(std::string(bytes, 'x'));
    grpc::ClientContext context;
    server_.Authorize(context, ActorWith(base::Role::kOsnp));
    v1::ActResponse response;
    return stub->Act(&context, request, &response);
  }
};

TEST_F(BodyTest, TwoMegabytesAreRefused) {
  EXPECT_EQ(Send(2 << 20).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(probe_.handled, 0);
}

TEST_F(BodyTest, TheLimitIsExact) {
  constexpr std::size_t kFraming = 1 + 3;  // Tag and length of the one field.
  constexpr std::size_t kMost = 1 << 20;
  EXPECT_EQ(Send(kMost - kFraming).error_code(), grpc::StatusCode::OK);
  EXPECT_EQ(Send(kMost - kFraming + 1).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(BodyTest, OurOwnChannelDoesNotEvenSendIt) {
  EXPECT_THAT(Act(std::string(2 << 20, 'x')),
              StatusIs(absl::StatusCode::kResourceExhausted, "PEER_RESOURCE_EXHAUSTED"));
}

}  // namespace
}  // namespace sas::rpc
