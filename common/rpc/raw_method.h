#pragma once

#include <google/protobuf/message_lite.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/rpc/runtime.h"

namespace sas::rpc {

/// A unary method that is answered from bytes to bytes, for the one path whose rate matters: a
/// typed answer costs 5–7 µs of building and serialising. Overridden in the service's
/// `WithRawCallbackMethod_X<CallbackService>`. Each call goes the way of ServeUnary (ServerCall).
///
/// Admission: whatever has come is taken in before the next call is worked on (RunLater), so the
/// queue is here, where it can be counted, and not unseen in gRPC; past the limit a call gets
/// RESOURCE_EXHAUSTED `OVERLOADED` with a retry delay, and its request is not even parsed.
class RawMethod {
 public:
  /// Calls that have come and are not answered: about 25 ms of work. One more is refused.
  static constexpr std::size_t kInFlightMax = 1024;

  /// Never blocks and takes no lock that is held during I/O; called by several threads.
  using Handler = std::function<absl::StatusOr<grpc::ByteBuffer>(const base::Call& call,
                                                                 const grpc::ByteBuffer& request)>;

  /// `name` is "/package.Service/Method", a literal. Outlives its calls.
  RawMethod(const Runtime& runtime, const char* name, Handler handler,
            std::size_t in_flight_max = kInFlightMax)
      : runtime_(runtime),
        name_(name),
        handler_(std::move(handler)),
        in_flight_max_(in_flight_max) {}

  grpc::ServerUnaryReactor* Serve(grpc::CallbackServerContext* context,
                                  const grpc::ByteBuffer* request, grpc::ByteBuffer* response);

 private:
  class Call;

  const Runtime& runtime_;
  const char* const name_;
  const Handler handler_;
  const std::size_t in_flight_max_;
  std::atomic<std::size_t> in_flight_{0};
};

/// Reads a message out of a request. INVALID_ARGUMENT `REQUEST_UNREADABLE`.
absl::Status ParseRaw(const grpc::ByteBuffer& bytes, google::protobuf::MessageLite& message);

/// Hands bytes over without a copy.
grpc::ByteBuffer ToRaw(std::string bytes);

}  // namespace sas::rpc
