#pragma once

#include <google/protobuf/message_lite.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/support/async_unary_call.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/rpc/runtime.h"

namespace sas::rpc {

/// A unary method that is answered from bytes to bytes, on a completion queue (RawLoop): for the
/// one path whose rate matters. A typed answer costs 5–7 µs of building and serialising.
struct RawMethod {
  using Writer = grpc::ServerAsyncResponseWriter<grpc::ByteBuffer>;

  /// Asks gRPC for one more call: `RequestX` of the service's `WithRawMethod_X`.
  using Post = std::function<void(grpc::ServerContext* context, grpc::ByteBuffer* request,
                                  Writer* writer, grpc::ServerCompletionQueue* queue, void* tag)>;

  /// Never blocks and takes no lock that is held during I/O; called by several threads.
  using Handler = std::function<absl::StatusOr<grpc::ByteBuffer>(const base::Call& call,
                                                                 const grpc::ByteBuffer& request)>;

  const Runtime& runtime;
  const char* name = nullptr;  ///< "/package.Service/Method", a literal.
  Post post;
  Handler handler;
};

/// A service with raw methods: `Server::Start` finds it among its services. The others of its
/// methods stay what they are; compose the class as `WithCallbackMethod_A<WithCallbackMethod_B<…
/// WithRawMethod_X<Service>>>`, because a method that was marked as callback first stays one.
class RawService {
 public:
  virtual ~RawService() = default;
  /// Asked once, before the server starts.
  virtual std::vector<RawMethod> RawMethods() = 0;
};

/// Reads a message out of a request. INVALID_ARGUMENT `REQUEST_UNREADABLE`.
absl::Status ParseRaw(const grpc::ByteBuffer& bytes, google::protobuf::MessageLite& message);

/// Hands bytes over without a copy.
grpc::ByteBuffer ToRaw(std::string bytes);

}  // namespace sas::rpc
