#include "common/rpc/raw_method.h"

#include <grpcpp/support/proto_buffer_reader.h>

#include <string_view>
#include <utility>

#include "common/base/status.h"
#include "common/rpc/callback_loop.h"
#include "common/rpc/server_call.h"

namespace sas::rpc {
namespace {

constexpr std::string_view kLane = "raw";  // Of OVERLOADED's metadata.

}  // namespace

// From the coming of a call to the moment that its answer has gone.
class RawMethod::Call final : public grpc::ServerUnaryReactor {
 public:
  Call(RawMethod& method, const grpc::CallbackServerContext& context,
       const grpc::ByteBuffer& request, grpc::ByteBuffer& response)
      : method_(method),
        scope_(method.runtime_, context, method.name_),
        request_(request),
        response_(response) {}

  void Answer() {
    End(scope_.Serve([this]() -> absl::Status {
      SAS_ASSIGN_OR_RETURN(response_, method_.handler_(scope_.call(), request_));
      return absl::OkStatus();
    }));
  }

  void Refuse() {
    absl::Status status = scope_.Admit();
    if (status.ok()) status = scope_.Overloaded(kLane);
    End(status);
  }

  void OnDone() override { delete this; }

 private:
  void End(const absl::Status& status) {
    --method_.in_flight_;  // First: who has the answer may call again at once.
    scope_.Finish(*this, status);
  }

  RawMethod& method_;
  ServerCall scope_;
  const grpc::ByteBuffer& request_;
  grpc::ByteBuffer& response_;
};

grpc::ServerUnaryReactor* RawMethod::Serve(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) {
  auto* call = new Call(*this, *context, *request, *response);  // Ends itself: OnDone.
  if (++in_flight_ > in_flight_max_) {
    call->Refuse();
  } else {
    RunLater([call] { call->Answer(); });
  }
  return call;
}

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
