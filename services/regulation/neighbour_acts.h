#pragma once

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/regulation/v1/neighbour_service.pb.h"
#include "services/regulation/desk.h"

/// One function for each RPC of NeighbourService; what each promises stands in the proto.
namespace sas::regulation::acts {

// act_handover.cpp
absl::StatusOr<v1::RegulationCase> OfferCase(Desk& desk, const base::Call& call,
                                             const v1::OfferCaseRequest& request);
absl::StatusOr<v1::RegulationCase> AcceptCase(Desk& desk, const base::Call& call,
                                              const v1::AcceptCaseRequest& request);
absl::StatusOr<v1::CaseOffer> DeclineCase(Desk& desk, const base::Call& call,
                                          const v1::DeclineCaseRequest& request);
absl::StatusOr<v1::RegulationCase> WithdrawOffer(Desk& desk, const base::Call& call,
                                                 const v1::WithdrawOfferRequest& request);
absl::StatusOr<v1::ListOffersResponse> ListOffers(Desk& desk, const base::Call& call,
                                                  const v1::ListOffersRequest& request);

// act_conventions.cpp
absl::StatusOr<v1::NeighbourConvention> PutConvention(Desk& desk, const base::Call& call,
                                                      const v1::PutConventionRequest& request);
absl::StatusOr<v1::NeighbourConvention> EndConvention(Desk& desk, const base::Call& call,
                                                      const v1::EndConventionRequest& request);
absl::StatusOr<v1::ListConventionsResponse> ListConventions(
    Desk& desk, const base::Call& call, const v1::ListConventionsRequest& request);

}  // namespace sas::regulation::acts
