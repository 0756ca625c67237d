#pragma once

#include "common/base/status.h"
#include "common/rpc/request_shape.h"
#include "common/rpc/serve_unary.h"
#include "services/regulation/desk.h"

namespace sas::regulation {

/// Serves `act` on `lane`; what any request may get wrong is refused here.
template <typename Request, typename Response>
grpc::ServerUnaryReactor* Serve(const rpc::Runtime& runtime, Desk& desk, base::Executor& lane,
                                grpc::CallbackServerContext* context, const Request* request,
                                Response* response, const char* method,
                                absl::StatusOr<Response> (*act)(Desk&, const base::Call&,
                                                                const Request&)) {
  return rpc::ServeUnary(
      runtime, lane, context, request, response, method,
      [&desk, act](const base::Call& call, const Request& proto) -> absl::StatusOr<Response> {
        SAS_RETURN_IF_ERROR(rpc::CheckKnownEnums(proto));
        return act(desk, call, proto);
      });
}

}  // namespace sas::regulation
