#include <gmock/gmock.h>

#include <latch>

#include "common/rpc/duplex.h"
#include "common/rpc/serve_together.h"
#include "tests/rpc/common/probe.h"

// What becomes of bytes that are no UTF-8 on each way into a service (hazard H-16): no handler ever
// sees them. gRPC's own parser refuses them before our code runs, with UNIMPLEMENTED and no reason;
// a raw method parses by itself and says REQUEST_UNREADABLE (raw_method_test.cpp).
namespace sas::rpc {
namespace {

using testing::ActorWith;
using ::testing::ElementsAre;
using testing::IsOk;
using testing::StatusIs;

constexpr const char* kGarbled[] = {
    "pas de p\xe9nicilline",  // Latin-1.
    "cut \xc3",               // A character that was cut.
    "\xf0\x9f\x98",           // The same of four bytes.
    "\xc0\xafoverlong",       //
    "\xed\xa0\xbd",           // Half of a pair of UTF-16.
    "\xf4\x90\x80\x80",       // Beyond Unicode.
};

class Encoding : public ProbeTest {
 protected:
  using Method = grpc::Status (v1::ProbeService::Stub::*)(grpc::ClientContext*,
                                                          const v1::ActRequest&, v1::ActResponse*);

  grpc::Status Ask(Method method, const std::string& text) {
    grpc::ClientContext context;
    server_.Authorize(context, ActorWith(base::Role::kOsnp));
    v1::ActRequest request;
    request.set_text(text);
    v1::ActResponse response;
    return (*stub_.*method)(&context, request, &response);
  }

  static v1::ActRequest Said(const std::string& text) {
    v1::ActRequest request;
    request.set_text(text);
    return request;
  }
};

TEST_F(Encoding, H16_BytesThatAreNoTextReachNoHandler) {
  for (const Method method : {&v1::ProbeService::Stub::Act, &v1::ProbeService::Stub::Look}) {
    for (const char* text : kGarbled) {
      const grpc::Status status = Ask(method, text);
      EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED) << text;
      EXPECT_THAT(FromGrpc(status), testing::ReasonIs("PEER_UNIMPLEMENTED"));
    }
    EXPECT_EQ(probe_.handled, 0);
    EXPECT_TRUE(Ask(method, "pas de pénicilline 😀").ok());  // The connection goes on.
    probe_.handled = 0;
  }
}

TEST_F(Encoding, H16_AnAnswerIsReadOrRefusedAsAWhole) {
  probe_.handler = [](const base::Call&, const v1::ActRequest&) {
    v1::ActResponse answer;
    answer.set_text("cut \xc3");
    return answer;
  };
  EXPECT_FALSE(Ask(&v1::ProbeService::Stub::Act, "").ok());
}

TEST_F(Encoding, H16_AStreamIsNotOpenedByBytesThatAreNoText) {
  std::atomic<int> watched = 0;
  probe_.watcher = [&]() -> grpc::ServerWriteReactor<v1::ActResponse>* {
    ++watched;
    return nullptr;
  };
  grpc::ClientContext context;
  server_.Authorize(context, ActorWith(base::Role::kOsnp));
  const auto reader = stub_->Watch(&context, Said("cut \xc3"));
  v1::ActResponse message;
  EXPECT_FALSE(reader->Read(&message));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(watched, 0);
}

// A message in the middle of a stream ends it; what came before is answered, the rest is not, and
// each side counts answers (sequence, offset), so that nothing passes for done.
TEST_F(Encoding, H16_AGarbledMessageEndsItsStreamUnanswered) {
  std::vector<std::string> worked;
  probe_.talker = [&] {
    auto* stream = new Duplex<v1::ActRequest, v1::ActResponse>(
        server_.runtime().background, 3,
        [&](const v1::ActRequest& request) -> absl::StatusOr<v1::ActResponse> {
          worked.push_back(request.text());
          v1::ActResponse response;
          response.set_text("re " + request.text());
          return response;
        },
        [](const absl::Status&) {}, [](const v1::ActRequest&) { return false; });
    stream->Start();
    return stream;
  };
  grpc::ClientContext context;
  server_.Authorize(context, ActorWith(base::Role::kOsnp));
  const auto talk = stub_->Talk(&context);
  ASSERT_TRUE(talk->Write(Said("é")));
  v1::ActResponse message;
  ASSERT_TRUE(talk->Read(&message));
  EXPECT_EQ(message.text(), "re é");
  talk->Write(Said("cut \xc3"));
  talk->Write(Said("after"));
  talk->WritesDone();
  EXPECT_FALSE(talk->Read(&message));
  talk->Finish();
  EXPECT_THAT(worked, ElementsAre("é"));
}

}  // namespace
}  // namespace sas::rpc
