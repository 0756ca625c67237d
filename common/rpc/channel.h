#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/rpc/status_map.h"

namespace sas::rpc {

/// Channel with keepalive, message limits and gRPC's own retry of UNAVAILABLE (three attempts, retry
/// throttling) for the methods named, which must be idempotent.
struct ChannelOptions {
  std::string address;
  /// Full method names ("sas.slots.v1.SeatService/PrepareSeat") that may be repeated.
  std::vector<std::pair<std::string, std::string>> idempotent_methods;  ///< {service, method}
};

std::shared_ptr<grpc::Channel> MakeChannel(const ChannelOptions& options);

/// Credentials and trace of an outgoing call, and its deadline: the smaller of `limit` and what the
/// call has left.
void PrepareContext(grpc::ClientContext& context, const base::Call& call,
                    std::string_view authorization, const base::Clock& clock,
                    std::chrono::milliseconds limit);

/// A synchronous unary call through a generated stub, from a lane thread:
///     CallUnary<Slot>(…, [&](auto* context, auto* out) { return stub->GetSlot(context, in, out); })
template <typename Response, typename Invoke>
absl::StatusOr<Response> CallUnary(const base::Call& call, std::string_view authorization,
                                   const base::Clock& clock, std::chrono::milliseconds limit,
                                   Invoke invoke) {
  grpc::ClientContext context;
  PrepareContext(context, call, authorization, clock, limit);
  Response response;
  const grpc::Status status = invoke(&context, &response);
  if (!status.ok()) return FromGrpc(status);
  return response;
}

}  // namespace sas::rpc
