#include "services/regulation/pickup_service.h"

#include "services/regulation/serve.h"

namespace sas::regulation {

grpc::ServerUnaryReactor* PickupService::AnnounceCall(grpc::CallbackServerContext* context,
                                                      const v1::AnnounceCallRequest* request,
                                                      v1::WaitingCall* response) {
  return Serve(runtime_, desk_, runtime_.vital, context, request, response,
               "/sas.regulation.v1.PickupService/AnnounceCall", acts::AnnounceCall);
}

grpc::ServerUnaryReactor* PickupService::PickUpNextCall(grpc::CallbackServerContext* context,
                                                        const v1::PickUpNextCallRequest* request,
                                                        v1::WaitingCall* response) {
  return Serve(runtime_, desk_, runtime_.vital, context, request, response,
               "/sas.regulation.v1.PickupService/PickUpNextCall", acts::PickUpNextCall);
}

grpc::ServerUnaryReactor* PickupService::PickUpCall(grpc::CallbackServerContext* context,
                                                    const v1::PickUpCallRequest* request,
                                                    v1::WaitingCall* response) {
  return Serve(runtime_, desk_, runtime_.vital, context, request, response,
               "/sas.regulation.v1.PickupService/PickUpCall", acts::PickUpCall);
}

grpc::ServerUnaryReactor* PickupService::EndWaitingCall(grpc::CallbackServerContext* context,
                                                        const v1::EndWaitingCallRequest* request,
                                                        v1::WaitingCall* response) {
  return Serve(runtime_, desk_, runtime_.vital, context, request, response,
               "/sas.regulation.v1.PickupService/EndWaitingCall", acts::EndWaitingCall);
}

grpc::ServerUnaryReactor* PickupService::ListWaitingCalls(
    grpc::CallbackServerContext* context, const v1::ListWaitingCallsRequest* request,
    v1::ListWaitingCallsResponse* response) {
  return Serve(runtime_, desk_, runtime_.background, context, request, response,
               "/sas.regulation.v1.PickupService/ListWaitingCalls", acts::ListWaitingCalls);
}

}  // namespace sas::regulation
