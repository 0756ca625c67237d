#include "services/regulation/neighbour_service.h"

#include "services/regulation/serve.h"

namespace sas::regulation {

grpc::ServerUnaryReactor* NeighbourService::OfferCase(grpc::CallbackServerContext* context,
                                                      const v1::OfferCaseRequest* request,
                                                      v1::RegulationCase* response) {
  return regulation::Serve(runtime_, desk_, runtime_.vital, context, request, response,
                           "/sas.regulation.v1.NeighbourService/OfferCase", acts::OfferCase);
}

grpc::ServerUnaryReactor* NeighbourService::AcceptCase(grpc::CallbackServerContext* context,
                                                       const v1::AcceptCaseRequest* request,
                                                       v1::RegulationCase* response) {
  return regulation::Serve(runtime_, desk_, runtime_.vital, context, request, response,
                           "/sas.regulation.v1.NeighbourService/AcceptCase", acts::AcceptCase);
}

grpc::ServerUnaryReactor* NeighbourService::DeclineCase(grpc::CallbackServerContext* context,
                                                        const v1::DeclineCaseRequest* request,
                                                        v1::CaseOffer* response) {
  return regulation::Serve(runtime_, desk_, runtime_.vital, context, request, response,
                           "/sas.regulation.v1.NeighbourService/DeclineCase", acts::DeclineCase);
}

grpc::ServerUnaryReactor* NeighbourService::WithdrawOffer(grpc::CallbackServerContext* context,
                                                          const v1::WithdrawOfferRequest* request,
                                                          v1::RegulationCase* response) {
  return regulation::Serve(runtime_, desk_, runtime_.vital, context, request, response,
                           "/sas.regulation.v1.NeighbourService/WithdrawOffer",
                           acts::WithdrawOffer);
}

grpc::ServerUnaryReactor* NeighbourService::ListOffers(grpc::CallbackServerContext* context,
                                                       const v1::ListOffersRequest* request,
                                                       v1::ListOffersResponse* response) {
  return regulation::Serve(runtime_, desk_, runtime_.background, context, request, response,
                           "/sas.regulation.v1.NeighbourService/ListOffers", acts::ListOffers);
}

grpc::ServerUnaryReactor* NeighbourService::PutConvention(grpc::CallbackServerContext* context,
                                                          const v1::PutConventionRequest* request,
                                                          v1::NeighbourConvention* response) {
  return regulation::Serve(runtime_, desk_, runtime_.interactive, context, request, response,
                           "/sas.regulation.v1.NeighbourService/PutConvention",
                           acts::PutConvention);
}

grpc::ServerUnaryReactor* NeighbourService::EndConvention(grpc::CallbackServerContext* context,
                                                          const v1::EndConventionRequest* request,
                                                          v1::NeighbourConvention* response) {
  return regulation::Serve(runtime_, desk_, runtime_.interactive, context, request, response,
                           "/sas.regulation.v1.NeighbourService/EndConvention",
                           acts::EndConvention);
}

grpc::ServerUnaryReactor* NeighbourService::ListConventions(
    grpc::CallbackServerContext* context, const v1::ListConventionsRequest* request,
    v1::ListConventionsResponse* response) {
  return regulation::Serve(runtime_, desk_, runtime_.background, context, request, response,
                           "/sas.regulation.v1.NeighbourService/ListConventions",
                           acts::ListConventions);
}

}  // namespace sas::regulation
