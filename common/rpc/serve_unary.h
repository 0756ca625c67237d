#pragma once

#include <grpcpp/grpcpp.h>

#include <utility>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/rpc/runtime.h"
#include "common/rpc/server_call.h"
#include "common/rpc/status_map.h"

namespace sas::rpc {

/// Serves one unary RPC: credentials, role, admission, deadline, metrics, log line, error mapping
/// are written here once, and a handler reads like synchronous code:
///
///     return rpc::ServeUnary(runtime_, runtime_.vital, context, request, response,
///         "/sas.regulation.v1.RegulationService/ClaimRegulationCase",
///         [this](const base::Call& call, const auto& proto) -> absl::StatusOr<v1::RegulationCase>
///         {
///           …
///         });
///
/// The handler runs on `lane` and may block. An exception out of it is INTERNAL with an opaque id;
/// the cause stands only in the log. A full lane answers RESOURCE_EXHAUSTED `OVERLOADED` with a
/// retry delay; a call whose time was up before it started is not computed for nobody.
template <typename Request, typename Response, typename Handler>
grpc::ServerUnaryReactor* ServeUnary(const Runtime& runtime, base::Executor& lane,
                                     grpc::CallbackServerContext* context, const Request* request,
                                     Response* response, const char* method, Handler handler) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  auto scope = std::make_shared<ServerCall>(runtime, *context, method);
  if (const absl::Status admitted = scope->Admit(); !admitted.ok()) {
    scope->Finish(*reactor, admitted);
    return reactor;
  }
  const bool queued =
      lane.TrySubmit([scope, reactor, request, response, handler = std::move(handler)]() mutable {
        absl::Status status = scope->Begin();
        if (status.ok()) {
          status = scope->Guard([&]() -> absl::Status {
            absl::StatusOr<Response> result = handler(scope->call(), *request);
            if (!result.ok()) return result.status();
            *response = *std::move(result);
            return absl::OkStatus();
          });
        }
        scope->Finish(*reactor, status);  // Last: context, request and response may now be gone.
      });
  if (!queued) scope->Finish(*reactor, scope->Overloaded(lane.name()));
  return reactor;
}

/// The same for work that never blocks (a search in memory): runs in gRPC's own thread, without the
/// 20–50 µs of a hop. Such a handler takes no lock that is held during I/O.
template <typename Request, typename Response, typename Handler>
grpc::ServerUnaryReactor* ServeInline(const Runtime& runtime, grpc::CallbackServerContext* context,
                                      const Request* request, Response* response,
                                      const char* method, Handler handler) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  ServerCall scope(runtime, *context, method);
  const absl::Status status = scope.Serve([&]() -> absl::Status {
    absl::StatusOr<Response> result = handler(scope.call(), *request);
    if (!result.ok()) return result.status();
    *response = *std::move(result);
    return absl::OkStatus();
  });
  scope.Finish(*reactor, status);
  return reactor;
}

}  // namespace sas::rpc
