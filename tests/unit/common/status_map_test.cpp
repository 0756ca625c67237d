#include "common/rpc/status_map.h"

#include <gmock/gmock.h>

#include "common/base/status.h"
#include "common/testing/status_matchers.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace sas::rpc {
namespace {

using ::testing::ElementsAre;
using testing::IsOk;
using ::testing::Pair;
using testing::StatusIs;

google::rpc::Status Wire(const grpc::Status& status) {
  google::rpc::Status wire;
  EXPECT_TRUE(wire.ParseFromString(status.error_details()));
  return wire;
}

TEST(StatusMap, OkHasNoDetails) {
  EXPECT_TRUE(ToGrpc(absl::OkStatus()).ok());
  EXPECT_THAT(FromGrpc(grpc::Status::OK), IsOk());
}

TEST(StatusMap, WritesGoogleDetails) {
  base::ErrorDetail detail;
  detail.reason = "INVALID_RESOURCE_NAME";
  detail.metadata = {{"field", "slot"}};
  detail.violations = {{"slot", "must be a slot"}};
  detail.retry_after = std::chrono::milliseconds(1250);
  const grpc::Status out =
      ToGrpc(base::WithDetail(absl::InvalidArgumentError("slot: must be a slot"), detail));
  EXPECT_EQ(out.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(out.error_message(), "slot: must be a slot");
  const google::rpc::Status wire = Wire(out);
  EXPECT_EQ(wire.code(), 3);
  EXPECT_EQ(wire.message(), "slot: must be a slot");
  ASSERT_EQ(wire.details_size(), 3);
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(wire.details(0).UnpackTo(&info));
  EXPECT_EQ(info.reason(), "INVALID_RESOURCE_NAME");
  EXPECT_EQ(info.domain(), "sas-suite");
  EXPECT_EQ(info.metadata().at("field"), "slot");
  google::rpc::BadRequest bad;
  ASSERT_TRUE(wire.details(1).UnpackTo(&bad));
  ASSERT_EQ(bad.field_violations_size(), 1);
  EXPECT_EQ(bad.field_violations(0).field(), "slot");
  google::rpc::RetryInfo retry;
  ASSERT_TRUE(wire.details(2).UnpackTo(&retry));
  EXPECT_EQ(retry.retry_delay().seconds(), 1);
  EXPECT_EQ(retry.retry_delay().nanos(), 250'000'000);
}

TEST(StatusMap, GoesBothWays) {
  base::ErrorDetail detail;
  detail.reason = "OVERLOADED";
  detail.metadata = {{"lane", "vital"}, {"other", "x"}};
  detail.violations = {{"a", "b"}, {"c", "d"}};
  detail.retry_after = std::chrono::milliseconds(2005);
  const absl::Status sent = base::WithDetail(absl::ResourceExhaustedError("later"), detail);
  const absl::Status got = FromGrpc(ToGrpc(sent));
  EXPECT_THAT(got, StatusIs(absl::StatusCode::kResourceExhausted, "OVERLOADED"));
  EXPECT_EQ(got.message(), "later");
  const base::ErrorDetail read = base::DetailOf(got);
  EXPECT_THAT(read.metadata, ElementsAre(Pair("lane", "vital"), Pair("other", "x")));
  ASSERT_EQ(read.violations.size(), 2u);
  EXPECT_EQ(read.violations[1].description, "d");
  EXPECT_EQ(read.retry_after, std::chrono::milliseconds(2005));
}

TEST(StatusMap, AStatusWithoutReasonGetsItsCode) {
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(Wire(ToGrpc(absl::CancelledError("gone"))).details(0).UnpackTo(&info));
  EXPECT_EQ(info.reason(), "CANCELLED");
}

TEST(StatusMap, TransportErrorsOfAPeerHaveAReason) {
  EXPECT_THAT(FromGrpc(grpc::Status(grpc::StatusCode::UNAVAILABLE, "connection refused")),
              StatusIs(absl::StatusCode::kUnavailable, "PEER_UNAVAILABLE"));
  EXPECT_THAT(FromGrpc(grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED, "late")),
              StatusIs(absl::StatusCode::kDeadlineExceeded, "PEER_DEADLINE_EXCEEDED"));
  EXPECT_THAT(FromGrpc(grpc::Status(grpc::StatusCode::ABORTED, "x", "\xff\xff not a proto")),
              StatusIs(absl::StatusCode::kAborted, "PEER_ABORTED"));
}

TEST(StatusMap, StaysUnderSevenKilobytes) {
  base::ErrorDetail detail;
  detail.reason = "INVALID_PLAN";
  detail.retry_after = std::chrono::seconds(1);
  for (int i = 0; i < 200; ++i) {
    detail.metadata.emplace_back("key" + std::to_string(i), std::string(300, 'v'));
    detail.violations.push_back({"field" + std::to_string(i), std::string(300, 'd')});
  }
  const absl::Status sent =
      base::WithDetail(absl::InvalidArgumentError(std::string(5000, 'm')), detail);
  const grpc::Status out = ToGrpc(sent);
  EXPECT_LT(out.error_details().size(), 7000u);
  EXPECT_LT(out.error_message().size(), 1000u);
  const base::ErrorDetail read = base::DetailOf(FromGrpc(out));
  EXPECT_EQ(read.reason, "INVALID_PLAN");
  EXPECT_EQ(read.retry_after, std::chrono::seconds(1));
  EXPECT_GT(read.metadata.size() + read.violations.size(), 8u) << "what fits is kept";
}

TEST(StatusMap, CutsBetweenCharacters) {
  std::string message;
  for (int i = 0; i < 1000; ++i) message += "\u00e9";
  const grpc::Status out = ToGrpc(absl::AbortedError(message));
  EXPECT_EQ(out.error_message().size() % 2, 0u);
  EXPECT_EQ(out.error_message(), message.substr(0, out.error_message().size()));
  EXPECT_EQ(Wire(out).message(), out.error_message());
}

TEST(StatusMap, ReplacesBytesThatAreNoText) {
  const grpc::Status out =
      ToGrpc(base::Fail(absl::StatusCode::kAborted, "R", "a\xff\xc3z", {{"k", "\xe2\x82"}}));
  EXPECT_EQ(out.error_message(), "a??z");
  EXPECT_THAT(base::DetailOf(FromGrpc(out)).metadata, ElementsAre(Pair("k", "??")));
}

}  // namespace
}  // namespace sas::rpc
