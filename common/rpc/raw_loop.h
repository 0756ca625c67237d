#pragma once

#include <grpcpp/grpcpp.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <thread>
#include <vector>

#include "common/rpc/raw_method.h"

namespace sas::rpc {

/// Bounds of the raw methods of a process.
struct RawLimits {
  /// Calls that have come and are not answered: about 25 ms of work. One more is refused.
  std::size_t in_flight_max = 1024;
  /// Calls asked of gRPC ahead of their coming, for each method.
  std::size_t posted = 64;
};

/// Serves raw methods: one completion queue, one thread. Each call goes the way of ServeUnary
/// (ServerCall): credentials, role, admission, deadline, handler, metrics, log line, error details.
/// Admission: whatever has come is taken in before the next call is worked on, so the queue is
/// here, where it can be counted, and not unseen in gRPC; past the limit a call gets
/// RESOURCE_EXHAUSTED `OVERLOADED` with a retry delay, and its request is not even parsed.
class RawLoop {
 public:
  /// Before the server starts.
  RawLoop(std::vector<RawMethod> methods, RawLimits limits, grpc::ServerBuilder& builder);
  /// Ends the thread. The server, if it started, has shut down: every call has its answer then.
  ~RawLoop();
  RawLoop(const RawLoop&) = delete;
  RawLoop& operator=(const RawLoop&) = delete;

  /// Once the server has started.
  void Start();

 private:
  struct Call;

  void Post(const RawMethod& method);
  void Work();
  void TakeIn(Call* call, bool ok);
  void Answer(Call& call);
  void Refuse(Call& call);

  const std::vector<RawMethod> methods_;
  const RawLimits limits_;
  const std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  std::deque<Call*> waiting_;
  std::size_t in_flight_ = 0;
  std::thread thread_;
};

}  // namespace sas::rpc
