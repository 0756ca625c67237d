#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/base/status.h"
#include "common/rpc/status_map.h"

namespace sas::rpc {

/// Channel with keepalive, message limits and gRPC's own retry of UNAVAILABLE (three attempts,
/// retry throttling) for the methods named, which must be idempotent.
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

/// DEADLINE_EXCEEDED `DEADLINE_EXCEEDED` or CANCELLED `CANCELLED` when nobody waits for `call` any
/// more, so that nothing is sent for it.
absl::Status CheckWaiting(const base::Call& call, const base::Clock& clock);

/// A synchronous unary call through a generated stub, from a lane thread:
///     CallUnary<Slot>(…, [&](auto* context, auto* out) { return stub->GetSlot(context, in, out);
///     })
/// A refusal of the peer comes back as it was made; an error that no service made has the reason
/// `PEER_` and its code, for example `PEER_UNAVAILABLE`.
template <typename Response, typename Invoke>
absl::StatusOr<Response> CallUnary(const base::Call& call, std::string_view authorization,
                                   const base::Clock& clock, std::chrono::milliseconds limit,
                                   Invoke invoke) {
  SAS_RETURN_IF_ERROR(CheckWaiting(call, clock));
  grpc::ClientContext context;
  PrepareContext(context, call, authorization, clock, limit);
  Response response;
  const grpc::Status status = invoke(&context, &response);
  if (!status.ok()) return FromGrpc(status);
  return response;
}

}  // namespace sas::rpc
