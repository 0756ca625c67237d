#include "common/rpc/duplex.h"

#include <gmock/gmock.h>

#include <condition_variable>
#include <future>
#include <mutex>
#include <vector>

#include "tests/rpc/common/probe.h"

namespace sas::rpc {
namespace {

using testing::ActorWith;
using ::testing::ElementsAre;
using testing::IsOk;
using testing::ReasonIs;
using testing::StatusIs;

using Stream = Duplex<v1::ActRequest, v1::ActResponse>;

v1::ActRequest Asked(const std::string& text) {
  v1::ActRequest request;
  request.set_text(text);
  return request;
}

class DuplexTest : public ProbeTest {
 protected:
  static constexpr std::size_t kWindow = 3;

  void SetUp() override {
    ProbeTest::SetUp();
    probe_.talker = [this] {
      auto* stream = new Stream(
          server_.runtime().background, kWindow,
          [this](const v1::ActRequest& request) { return Work(request); },
          [this](const absl::Status& status) { ended_.set_value(status); },
          [this](const v1::ActRequest& request) { return Absorb(request); });
      opened_.set_value(stream);
      stream->Start();
      return stream;
    };
  }

  void TearDown() override {
    Open();
    ProbeTest::TearDown();
  }

  absl::StatusOr<v1::ActResponse> Work(const v1::ActRequest& request) {
    std::unique_lock lock(mutex_);
    gate_.wait(lock, [this] { return open_; });
    worked_.push_back(request.text());
    if (request.text() == "fail") {
      return base::Fail(absl::StatusCode::kUnavailable, "LEDGER_BUSY", "try again");
    }
    v1::ActResponse response;
    response.set_text("re " + request.text());
    return response;
  }

  // In gRPC's thread: whatever begins with "answer" needs no answer.
  bool Absorb(const v1::ActRequest& request) {
    if (request.text().rfind("answer", 0) != 0) return false;
    const std::lock_guard lock(mutex_);
    absorbed_.push_back(request.text());
    gate_.notify_all();
    return true;
  }

  void AwaitAbsorbed(std::size_t count) {
    std::unique_lock lock(mutex_);
    gate_.wait(lock, [&] { return absorbed_.size() >= count; });
  }

  static v1::ActResponse Told(const std::string& text) {
    v1::ActResponse message;
    message.set_text(text);
    return message;
  }

  void Shut() {
    const std::lock_guard lock(mutex_);
    open_ = false;
  }

  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    gate_.notify_all();
  }

  std::vector<std::string> Worked() {
    const std::lock_guard lock(mutex_);
    return worked_;
  }

  auto Talk(grpc::ClientContext& context) {
    server_.Authorize(context, ActorWith(base::Role::kOsnp));
    return stub_->Talk(&context);
  }

  template <typename Client>
  static std::vector<std::string> ReadAll(Client& client) {
    std::vector<std::string> texts;
    v1::ActResponse message;
    while (client.Read(&message)) texts.push_back(message.text());
    return texts;
  }

  std::mutex mutex_;
  std::condition_variable gate_;
  bool open_ = true;
  std::vector<std::string> worked_;
  std::vector<std::string> absorbed_;
  std::promise<Stream*> opened_;
  std::promise<absl::Status> ended_;
};

TEST_F(DuplexTest, AnswersEachRequestInOrderAndEndsWithTheClient) {
  grpc::ClientContext context;
  const auto client = Talk(context);
  for (const char* text : {"a", "b", "c", "d", "e"}) ASSERT_TRUE(client->Write(Asked(text)));
  client->WritesDone();
  EXPECT_THAT(ReadAll(*client), ElementsAre("re a", "re b", "re c", "re d", "re e"));
  EXPECT_TRUE(client->Finish().ok());
  EXPECT_THAT(ended_.get_future().get(), IsOk());
}

TEST_F(DuplexTest, ReadsNoFurtherThanItsWindow) {
  Shut();
  grpc::ClientContext context;
  const auto client = Talk(context);
  Stream* stream = opened_.get_future().get();
  for (const char* text : {"a", "b", "c", "d", "e"}) ASSERT_TRUE(client->Write(Asked(text)));
  client->WritesDone();
  // Gives a faulty stream the time to read on: there is no event for "nothing was read".
  for (int i = 0; i < 20'000 && stream->Unanswered() <= kWindow; ++i) std::this_thread::yield();
  while (stream->Unanswered() < kWindow) std::this_thread::yield();
  EXPECT_EQ(stream->Unanswered(), kWindow);
  Open();
  EXPECT_THAT(ReadAll(*client), ElementsAre("re a", "re b", "re c", "re d", "re e"));
  EXPECT_TRUE(client->Finish().ok());
}

TEST_F(DuplexTest, WorkThatFailsEndsTheStreamAndWhatCameAfterHasNoEffect) {
  grpc::ClientContext context;
  const auto client = Talk(context);
  Shut();
  for (const char* text : {"a", "fail", "never"}) ASSERT_TRUE(client->Write(Asked(text)));
  Open();
  EXPECT_THAT(ReadAll(*client), ElementsAre("re a"));
  EXPECT_THAT(FromGrpc(client->Finish()), ReasonIs("LEDGER_BUSY"));
  EXPECT_THAT(Worked(), ElementsAre("a", "fail"));
}

TEST_F(DuplexTest, CloseLetsTheWorkThatRunsFinish) {
  Shut();
  grpc::ClientContext context;
  const auto client = Talk(context);
  Stream* stream = opened_.get_future().get();
  ASSERT_TRUE(client->Write(Asked("a")));
  while (stream->Unanswered() == 0) std::this_thread::yield();
  stream->Close(base::Fail(absl::StatusCode::kUnavailable, "DRAINING", "connect elsewhere"));
  Open();
  ReadAll(*client);
  EXPECT_THAT(FromGrpc(client->Finish()), ReasonIs("DRAINING"));
  EXPECT_THAT(ended_.get_future().get(), ReasonIs("DRAINING"));
}

TEST_F(DuplexTest, AClientThatGoesAwayInTheMiddleIsForgottenAfterItsWork) {
  Shut();
  grpc::ClientContext context;
  const auto client = Talk(context);
  Stream* stream = opened_.get_future().get();
  ASSERT_TRUE(client->Write(Asked("a")));
  while (stream->Unanswered() == 0) std::this_thread::yield();
  context.TryCancel();
  EXPECT_EQ(client->Finish().error_code(), grpc::StatusCode::CANCELLED);
  Open();
  EXPECT_THAT(ended_.get_future().get(), StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(DuplexTest, AFullLaneEndsTheStreamWithADelay) {
  Shut();
  base::Executor& lane = server_.runtime().background;
  const auto wait = [this] {
    std::unique_lock lock(mutex_);
    gate_.wait(lock, [this] { return open_; });
  };
  // First its threads, then its queue: a thread that starts late would make room again.
  const std::size_t threads = testing::InProcessServer::Options().lane_threads;
  for (std::size_t i = 0; i < threads; ++i) ASSERT_TRUE(lane.TrySubmit(wait));
  while (lane.Running() < threads) std::this_thread::yield();
  while (lane.TrySubmit(wait)) {
  }
  grpc::ClientContext context;
  const auto client = Talk(context);
  ASSERT_TRUE(client->Write(Asked("a")));
  EXPECT_THAT(ReadAll(*client), ElementsAre());
  EXPECT_THAT(FromGrpc(client->Finish()), ReasonIs("OVERLOADED"));
}

TEST_F(DuplexTest, TheServerSpeaksFirstAndItsAnswersPassAFullWindow) {
  Shut();  // The lane is as good as full.
  grpc::ClientContext context;
  const auto client = Talk(context);
  Stream* stream = opened_.get_future().get();
  ASSERT_TRUE(client->Write(Asked("a")));
  ASSERT_TRUE(stream->Push(Told("question 1")));
  ASSERT_TRUE(stream->Push(Told("question 2")));
  v1::ActResponse message;
  ASSERT_TRUE(client->Read(&message));
  EXPECT_EQ(message.text(), "question 1");
  ASSERT_TRUE(client->Read(&message));
  EXPECT_EQ(message.text(), "question 2");
  ASSERT_TRUE(client->Write(Asked("answer 1")));
  AwaitAbsorbed(1);
  EXPECT_TRUE(Worked().empty());
  Open();
  ASSERT_TRUE(client->Read(&message));
  EXPECT_EQ(message.text(), "re a");
  client->WritesDone();
  EXPECT_THAT(ReadAll(*client), ElementsAre());  // What was absorbed has no answer.
  EXPECT_TRUE(client->Finish().ok());
  EXPECT_THAT(ended_.get_future().get(), IsOk());
}

TEST_F(DuplexTest, NothingIsPushedToAStreamThatEnds) {
  grpc::ClientContext context;
  const auto client = Talk(context);
  Stream* stream = opened_.get_future().get();
  Shut();
  ASSERT_TRUE(client->Write(Asked("a")));
  while (stream->Unanswered() == 0) std::this_thread::yield();
  stream->Close(base::Fail(absl::StatusCode::kUnavailable, "DRAINING", "elsewhere"));
  EXPECT_FALSE(stream->Push(Told("question")));
  Open();
  EXPECT_THAT(ReadAll(*client), ElementsAre("re a"));
  EXPECT_THAT(FromGrpc(client->Finish()), ReasonIs("DRAINING"));
}

}  // namespace
}  // namespace sas::rpc
