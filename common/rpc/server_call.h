#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/rpc/runtime.h"

namespace sas::rpc {

/// One call on the server's side: everything that ServeUnary does which needs no template.
class ServerCall {
 public:
  ServerCall(const Runtime& runtime, const grpc::CallbackServerContext& context,
             const char* method);
  ~ServerCall();

  /// Credentials, then role. (Trace and deadline are read, and the call counted, on construction.)
  absl::Status Admit();

  /// In the worker: DEADLINE_EXCEEDED `DEADLINE_EXCEEDED` or CANCELLED `CANCELLED` when nobody
  /// waits any more.
  absl::Status Begin();

  /// Runs `body`, turning an exception into INTERNAL `INTERNAL` with an opaque id. The message of a
  /// status that is our fault (INTERNAL, UNKNOWN, DATA_LOSS) is replaced in the same way, its
  /// reason kept; the cause stands only in the log, as the event "internal_error".
  absl::Status Guard(const std::function<absl::Status()>& body);

  /// Admit, Begin and Guard in their order, for work that does not change its thread.
  absl::Status Serve(const std::function<absl::Status()>& body);

  /// RESOURCE_EXHAUSTED `OVERLOADED` with a retry delay, naming what is full.
  absl::Status Overloaded(std::string_view lane) const;

  /// Metrics, one log line, mapping, Finish.
  void Finish(grpc::ServerUnaryReactor& reactor, const absl::Status& status);

  /// The same for a stream, without finishing it.
  void Record(const absl::Status& status);

  const base::Call& call() const { return call_; }

 private:
  const Runtime& runtime_;
  const grpc::CallbackServerContext& context_;
  const char* method_;
  base::Call call_;
  std::chrono::nanoseconds started_;
  bool recorded_ = false;
};

}  // namespace sas::rpc
