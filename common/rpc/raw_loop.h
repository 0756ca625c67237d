#pragma once

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
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
  /// Threads that answer beside the one that takes in.
  std::size_t helpers = 1;
};

/// Serves raw methods: one completion queue with one thread that takes in and answers, and helpers
/// that answer when more waits: a second thread at the queue itself would cost more than it brings.
/// Each call goes the way of ServeUnary (ServerCall): credentials, role, admission, deadline,
/// handler, metrics, log line, error details.
/// Admission: whatever has come is taken in before the next call is worked on, so the queue is
/// here, where it can be counted, and not unseen in gRPC; past the limit a call gets
/// RESOURCE_EXHAUSTED `OVERLOADED` with a retry delay, and its request is not even parsed.
class RawLoop {
 public:
  /// Before the server starts.
  RawLoop(std::vector<RawMethod> methods, RawLimits limits, grpc::ServerBuilder& builder);
  /// Ends the threads. The server, if it started, has shut down: every call has its answer then.
  ~RawLoop();
  RawLoop(const RawLoop&) = delete;
  RawLoop& operator=(const RawLoop&) = delete;

  /// Once the server has started.
  void Start();

 private:
  struct Call;

  void Post(const RawMethod& method);
  void Work();
  void Help();
  void TakeIn(Call* call, bool ok);
  Call* Next();
  void Answer(Call& call);
  void Refuse(Call& call);

  const std::vector<RawMethod> methods_;
  const RawLimits limits_;
  const std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  std::size_t in_flight_ = 0;  ///< Of the thread at the queue alone.
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Call*> waiting_;
  std::size_t idle_ = 0;  ///< Helpers that wait.
  bool stopping_ = false;
  std::vector<std::thread> helpers_;
  std::thread thread_;
};

}  // namespace sas::rpc
