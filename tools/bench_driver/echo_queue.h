#pragma once

#include <string>
#include <vector>

#include <grpcpp/grpcpp.h>

namespace sas::bench {

/// The echo of echo_server.cpp on a completion queue with one polling thread: on two cores the
/// fastest server that gRPC gives, typed and raw.
class QueueEcho {
 public:
  QueueEcho(bool raw, const std::vector<std::string>& answers);
  ~QueueEcho();

  /// Before BuildAndStart.
  void Register(grpc::ServerBuilder& builder);
  /// After it; never returns while the server runs.
  void Serve();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sas::bench
