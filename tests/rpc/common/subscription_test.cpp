#include "common/rpc/subscription.h"

#include <gmock/gmock.h>

#include <future>

#include "tests/rpc/common/probe.h"

namespace sas::rpc {
namespace {

using testing::ActorWith;
using ::testing::ElementsAre;
using testing::IsOk;
using testing::StatusIs;

v1::ActResponse Message(const std::string& text) {
  v1::ActResponse message;
  message.set_text(text);
  return message;
}

class SubscriptionTest : public ProbeTest {
 protected:
  static constexpr std::size_t kBacklogMax = 8;

  void SetUp() override {
    ProbeTest::SetUp();
    probe_.watcher = [this] {
      auto* subscription =
          new Subscription<v1::ActResponse>(kBacklogMax, [this] { done_.set_value(); });
      opened_.set_value(subscription);
      return subscription;
    };
    server_.Authorize(context_, ActorWith(base::Role::kOsnp));
    reader_ = stub_->Watch(&context_, {});
    subscription_ = opened_.get_future().get();
  }

  std::vector<std::string> ReadAll() {
    std::vector<std::string> texts;
    v1::ActResponse message;
    while (reader_->Read(&message)) texts.push_back(message.text());
    return texts;
  }

  void AwaitDone() { done_.get_future().wait(); }

  std::promise<Subscription<v1::ActResponse>*> opened_;
  std::promise<void> done_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::ActResponse>> reader_;
  Subscription<v1::ActResponse>* subscription_ = nullptr;
};

TEST_F(SubscriptionTest, AClosedStreamDeliversItsBacklogFirst) {
  EXPECT_TRUE(subscription_->Push(Message("a")));
  EXPECT_TRUE(subscription_->Push(Message("b")));
  EXPECT_TRUE(subscription_->Push(Message("c")));
  subscription_->Close(absl::OkStatus());
  EXPECT_THAT(ReadAll(), ElementsAre("a", "b", "c"));
  EXPECT_THAT(FromGrpc(reader_->Finish()), IsOk());
  AwaitDone();
}

TEST_F(SubscriptionTest, TheReasonOfTheEndArrives) {
  subscription_->Close(base::Fail(absl::StatusCode::kUnavailable, "DRAINING", "connect again"));
  EXPECT_THAT(ReadAll(), ElementsAre());
  EXPECT_THAT(FromGrpc(reader_->Finish()), StatusIs(absl::StatusCode::kUnavailable, "DRAINING"));
  AwaitDone();
}

TEST_F(SubscriptionTest, ASlowReaderEndsTheStreamInsteadOfEatingMemory) {
  const std::string big(64 * 1024, 'x');
  std::size_t taken = 0;
  while (subscription_->Push(Message(big))) {
    ++taken;
    ASSERT_LE(subscription_->Backlog(), kBacklogMax);
    ASSERT_LT(taken, 1000u) << "64 MB in flight: nothing is bounded";
  }
  EXPECT_FALSE(subscription_->Push(Message("late")));
  EXPECT_EQ(ReadAll().size(), taken) << "what was taken is delivered";
  EXPECT_THAT(FromGrpc(reader_->Finish()), StatusIs(absl::StatusCode::kAborted, "STREAM_TOO_SLOW"));
  AwaitDone();
}

TEST_F(SubscriptionTest, AClientThatGoesEndsTheStream) {
  context_.TryCancel();
  AwaitDone();
  EXPECT_THAT(FromGrpc(reader_->Finish()), StatusIs(absl::StatusCode::kCancelled));
}

}  // namespace
}  // namespace sas::rpc
