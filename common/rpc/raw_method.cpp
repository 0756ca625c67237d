#include "common/rpc/raw_method.h"

#include <grpcpp/support/proto_buffer_reader.h>

#include <memory>
#include <utility>

#include "common/base/status.h"

namespace sas::rpc {

absl::Status ParseRaw(const grpc::ByteBuffer& bytes, google::protobuf::MessageLite& message) {
  grpc::ByteBuffer same = bytes;  // Shares the slices; the reader wants it mutable.
  grpc::ProtoBufferReader reader(&same);
  if (reader.status().ok() && message.ParseFromZeroCopyStream(&reader)) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kInvalidArgument, "REQUEST_UNREADABLE",
                    "the request is no message of this method, or a text of it is not UTF-8");
}

grpc::ByteBuffer ToRaw(std::string bytes) {
  auto* kept = new std::string(std::move(bytes));
  const grpc::Slice slice(
      kept->data(), kept->size(), [](void* held) { delete static_cast<std::string*>(held); }, kept);
  return {&slice, 1};
}

}  // namespace sas::rpc
