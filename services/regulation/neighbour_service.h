#pragma once

#include "common/rpc/runtime.h"
#include "sas/regulation/v1/neighbour_service.grpc.pb.h"
#include "services/regulation/neighbour_acts.h"

namespace sas::regulation {

/// sas.regulation.v1.NeighbourService on the lanes of the process: an urgent dossier on its way
/// never waits behind a list. What each RPC does stands in neighbour_acts.h.
class NeighbourService final : public v1::NeighbourService::CallbackService {
 public:
  /// Both outlive the server.
  NeighbourService(const rpc::Runtime& runtime, Desk& desk) : runtime_(runtime), desk_(desk) {}

  grpc::ServerUnaryReactor* OfferCase(grpc::CallbackServerContext* context,
                                      const v1::OfferCaseRequest* request,
                                      v1::RegulationCase* response) override;
  grpc::ServerUnaryReactor* AcceptCase(grpc::CallbackServerContext* context,
                                       const v1::AcceptCaseRequest* request,
                                       v1::RegulationCase* response) override;
  grpc::ServerUnaryReactor* DeclineCase(grpc::CallbackServerContext* context,
                                        const v1::DeclineCaseRequest* request,
                                        v1::CaseOffer* response) override;
  grpc::ServerUnaryReactor* WithdrawOffer(grpc::CallbackServerContext* context,
                                          const v1::WithdrawOfferRequest* request,
                                          v1::RegulationCase* response) override;
  grpc::ServerUnaryReactor* ListOffers(grpc::CallbackServerContext* context,
                                       const v1::ListOffersRequest* request,
                                       v1::ListOffersResponse* response) override;
  grpc::ServerUnaryReactor* PutConvention(grpc::CallbackServerContext* context,
                                          const v1::PutConventionRequest* request,
                                          v1::NeighbourConvention* response) override;
  grpc::ServerUnaryReactor* EndConvention(grpc::CallbackServerContext* context,
                                          const v1::EndConventionRequest* request,
                                          v1::NeighbourConvention* response) override;
  grpc::ServerUnaryReactor* ListConventions(grpc::CallbackServerContext* context,
                                            const v1::ListConventionsRequest* request,
                                            v1::ListConventionsResponse* response) override;

 private:
  const rpc::Runtime& runtime_;
  Desk& desk_;
};

}  // namespace sas::regulation
