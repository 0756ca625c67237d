#include "services/regulation/entry_service.h"

#include "common/base/status.h"
#include "common/rpc/request_shape.h"
#include "common/rpc/serve_unary.h"

namespace sas::regulation {

template <typename Request, typename Response>
grpc::ServerUnaryReactor* EntryService::Serve(
    base::Executor& lane, grpc::CallbackServerContext* context, const Request* request,
    Response* response, const char* method,
    absl::StatusOr<Response> (*act)(EntryDesk&, const base::Call&, const Request&)) {
  return rpc::ServeUnary(runtime_, lane, context, request, response, method,
                         [&desk = desk_, act](const base::Call& call,
                                              const Request& proto) -> absl::StatusOr<Response> {
                           SAS_RETURN_IF_ERROR(rpc::CheckKnownEnums(proto));
                           return act(desk, call, proto);
                         });
}

// A patient stands at the desk, and a positive sign may be among the answers.
grpc::ServerUnaryReactor* EntryService::SubmitEntry(grpc::CallbackServerContext* context,
                                                    const v1::SubmitEntryRequest* request,
                                                    v1::SubmitEntryResponse* response) {
  return Serve(runtime_.vital, context, request, response,
               "/sas.regulation.v1.EntryService/SubmitEntry", acts::SubmitEntry);
}

grpc::ServerUnaryReactor* EntryService::ListEntries(grpc::CallbackServerContext* context,
                                                    const v1::ListEntriesRequest* request,
                                                    v1::ListEntriesResponse* response) {
  return Serve(runtime_.background, context, request, response,
               "/sas.regulation.v1.EntryService/ListEntries", acts::ListEntries);
}

grpc::ServerUnaryReactor* EntryService::Reorient(grpc::CallbackServerContext* context,
                                                 const v1::ReorientRequest* request,
                                                 v1::ReorientResponse* response) {
  return Serve(runtime_.vital, context, request, response,
               "/sas.regulation.v1.EntryService/Reorient", acts::Reorient);
}

}  // namespace sas::regulation
