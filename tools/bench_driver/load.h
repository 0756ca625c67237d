#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tools/bench_driver/histogram.h"

namespace sas::bench {

/// One call: raw bytes, so that the client costs the same whatever is measured.
struct Step {
  std::string method;  ///< "/package.Service/Method"
  grpc::ByteBuffer request;
  std::string authorization;  ///< Empty: none.
  bool counted = true;        ///< Whether its latency is part of the figure.
  std::size_t target = 0;     ///< Which of the addresses of the load.
};

/// One caller in a closed loop: asked for its next step when the last one has been answered.
class Caller {
 public:
  virtual ~Caller() = default;

  /// False when it has nothing left to ask: it then leaves the loop.
  virtual bool More() const { return true; }

  virtual Step Next() = 0;
  /// False when the answer is a fault that the figure must show.
  virtual bool Answered(const grpc::Status& status, const grpc::ByteBuffer& response) = 0;
};

struct Result {
  Histogram latency;
  std::uint64_t counted = 0;
  std::uint64_t faults = 0;
  std::uint64_t started = 0;  ///< By an open loop.
  double seconds = 0;

  double PerSecond() const { return static_cast<double>(counted) / seconds; }
};

/// Load from one thread over several connections: a second client thread would only take the
/// server's core on these machines.
class Load {
 public:
  /// `patience` is the deadline of each call.
  Load(const std::string& address, int connections,
       std::chrono::milliseconds patience = std::chrono::seconds(5))
      : Load(std::vector<std::string>{address}, connections, patience) {}

  /// Several services; each step names its target.
  Load(const std::vector<std::string>& addresses, int connections,
       std::chrono::milliseconds patience = std::chrono::seconds(5));

  /// Closed loop: each caller has one call in flight, for `duration` or until nobody has more to
  /// ask.
  Result Closed(std::vector<std::unique_ptr<Caller>>& callers, std::chrono::milliseconds duration);

  /// Open loop: calls start at the instants of a Poisson process of `rate` a second whether or not
  /// the earlier ones were answered, and latency counts from the scheduled instant (no coordinated
  /// omission). Calls that the client may not start because `in_flight_max` are out count as
  /// faults.
  Result Open(const std::function<Step()>& next, double rate, std::chrono::milliseconds duration,
              int in_flight_max);

  /// One call, for preparation.
  grpc::Status One(const Step& step, grpc::ByteBuffer* response);

 private:
  struct Flight;
  void Start(Step step, std::size_t caller, std::uint64_t scheduled_ns);

  const std::chrono::milliseconds patience_;
  const std::size_t connections_;  ///< To each address, one address after the other in stubs_.
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
  grpc::CompletionQueue queue_;
  std::size_t next_stub_ = 0;
};

grpc::ByteBuffer ToBuffer(const google::protobuf::Message& message);
bool FromBuffer(const grpc::ByteBuffer& buffer, google::protobuf::Message* message);
std::uint64_t NowNs();

}  // namespace sas::bench
