#include "common/ledger/write_once.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>

#include <mutex>
#include <string>

#include "common/ledger/journal_memory.h"
#include "common/testing/fake_clock.h"

namespace sas::ledger {
namespace {

/// A store over the memory ledger, as services have one.
class Store {
 public:
  explicit Store(const base::Clock& clock) : clock_(clock) {}

  class Transaction {
   public:
    explicit Transaction(Journal& journal) : journal_(journal) {}

    Journal& journal() { return journal_; }

   private:
    Journal& journal_;
  };

  template <typename Work>
  absl::Status Write(const base::Call& call, Work work) {
    const std::lock_guard lock(mutex_);
    const auto journal = ledger_.Begin(call, clock_);
    Transaction transaction(*journal);
    SAS_RETURN_IF_ERROR(work(transaction));
    ledger_.Commit(*journal);
    return absl::OkStatus();
  }

 private:
  const base::Clock& clock_;
  std::mutex mutex_;
  MemoryLedger ledger_;
};

/// Looks to WriteOnce like a request message with a request_id, without a proto of its own.
class Request {
 public:
  Request(const std::string& request_id, const std::string& body) : request_id_(request_id) {
    (*body_.mutable_fields())["body"].set_string_value(body);
  }

  const std::string& request_id() const { return request_id_; }

  operator const google::protobuf::Message&() const { return body_; }

 private:
  std::string request_id_;
  google::protobuf::Struct body_;
};

using Response = google::protobuf::StringValue;

class WriteOnceTest : public ::testing::Test {
 protected:
  base::Call Call(const std::string& caller = "osnp-1", const std::string& method = "/s/Do") const {
    base::Call call = base::InternalCall("test", clock_, std::chrono::seconds(10));
    call.method = method;
    call.actor.subject = caller;
    return call;
  }

  absl::StatusOr<Response> Do(const base::Call& call, const Request& request) {
    return WriteOnce<Response>(store_, call, request, [this](auto&) -> absl::StatusOr<Response> {
      ++effects_;
      if (refuse_) {
        return base::Fail(absl::StatusCode::kAborted, "NO", "refused");
      }
      Response response;
      response.set_value("effect " + std::to_string(effects_));
      return response;
    });
  }

  testing::FakeClock clock_;
  Store store_{clock_};
  int effects_ = 0;
  bool refuse_ = false;
};

TEST_F(WriteOnceTest, RepeatGetsTheFirstAnswerWithoutASecondEffect) {
  const Request request("r-1", "body");
  const auto first = Do(Call(), request);
  const auto second = Do(Call(), request);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(first->SerializeAsString(), second->SerializeAsString());
  EXPECT_EQ(effects_, 1);
}

TEST_F(WriteOnceTest, OtherBodyWithTheSameRequestIdIsRefused) {
  ASSERT_TRUE(Do(Call(), Request("r-1", "body")).ok());
  const absl::Status status = Do(Call(), Request("r-1", "other")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(base::ReasonOf(status), "REQUEST_ID_REUSED");
  EXPECT_EQ(effects_, 1);
}

TEST_F(WriteOnceTest, CallersAndMethodsHaveTheirOwnRequestIds) {
  const Request request("r-1", "body");
  EXPECT_EQ(Do(Call(), request)->value(), "effect 1");
  EXPECT_EQ(Do(Call("partner"), request)->value(), "effect 2");
  EXPECT_EQ(Do(Call("osnp-1", "/s/Undo"), request)->value(), "effect 3");
}

TEST_F(WriteOnceTest, RefusalIsNotKept) {
  refuse_ = true;
  EXPECT_EQ(base::ReasonOf(Do(Call(), Request("r-1", "body")).status()), "NO");
  refuse_ = false;
  EXPECT_TRUE(Do(Call(), Request("r-1", "body")).ok());
  EXPECT_EQ(effects_, 2);
}

TEST_F(WriteOnceTest, AnswerCountsFor72Hours) {
  const Request request("r-1", "body");
  ASSERT_TRUE(Do(Call(), request).ok());
  clock_.Advance(kAnswerRetention);
  EXPECT_EQ(Do(Call(), request)->value(), "effect 2");
}

TEST_F(WriteOnceTest, RequestIdIsChecked) {
  EXPECT_EQ(base::ReasonOf(Do(Call(), Request("", "b")).status()), "REQUEST_ID_REQUIRED");
  EXPECT_EQ(base::ReasonOf(Do(Call(), Request("a b", "b")).status()), "INVALID_REQUEST_ID");
  const absl::Status status = CheckRequestId(std::string(65, 'a'));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  ASSERT_EQ(base::DetailOf(status).violations.size(), 1U);
  EXPECT_EQ(base::DetailOf(status).violations[0].field, "request_id");
  EXPECT_EQ(effects_, 0);
}

TEST(Fingerprint, DoesNotDependOnTheOrderOfAMap) {
  google::protobuf::Struct one;
  google::protobuf::Struct two;
  for (int i = 0; i < 50; ++i) {
    (*one.mutable_fields())[std::to_string(i)].set_number_value(i);
    (*two.mutable_fields())[std::to_string(49 - i)].set_number_value(49 - i);
  }
  EXPECT_EQ(Fingerprint(one), Fingerprint(two));
  (*two.mutable_fields())["7"].set_number_value(8);
  EXPECT_NE(Fingerprint(one), Fingerprint(two));
}

}  // namespace
}  // namespace sas::ledger
