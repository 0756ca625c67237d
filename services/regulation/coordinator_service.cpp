#include "services/regulation/coordinator_service.h"

#include "services/regulation/serve.h"

namespace sas::regulation {

grpc::ServerUnaryReactor* CoordinatorService::PutCoordinator(
    grpc::CallbackServerContext* context, const v1::PutCoordinatorRequest* request,
    v1::Coordinator* response) {
  return regulation::Serve(runtime_, desk_, runtime_.interactive, context, request, response,
                           "/sas.regulation.v1.CoordinatorService/PutCoordinator",
                           acts::PutCoordinator);
}

grpc::ServerUnaryReactor* CoordinatorService::RemoveCoordinator(
    grpc::CallbackServerContext* context, const v1::RemoveCoordinatorRequest* request,
    v1::Coordinator* response) {
  return regulation::Serve(runtime_, desk_, runtime_.interactive, context, request, response,
                           "/sas.regulation.v1.CoordinatorService/RemoveCoordinator",
                           acts::RemoveCoordinator);
}

grpc::ServerUnaryReactor* CoordinatorService::GetCoordinator(
    grpc::CallbackServerContext* context, const v1::GetCoordinatorRequest* request,
    v1::Coordinator* response) {
  return regulation::Serve(runtime_, desk_, runtime_.interactive, context, request, response,
                           "/sas.regulation.v1.CoordinatorService/GetCoordinator",
                           acts::GetCoordinator);
}

grpc::ServerUnaryReactor* CoordinatorService::ListCoordinators(
    grpc::CallbackServerContext* context, const v1::ListCoordinatorsRequest* request,
    v1::ListCoordinatorsResponse* response) {
  return regulation::Serve(runtime_, desk_, runtime_.background, context, request, response,
                           "/sas.regulation.v1.CoordinatorService/ListCoordinators",
                           acts::ListCoordinators);
}

}  // namespace sas::regulation
