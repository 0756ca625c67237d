#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/regulation/v1/exchange_service.pb.h"
#include "services/regulation/desk.h"
#include "services/regulation/exchange_metrics.h"

namespace sas::regulation {

/// How téléexpertise is set up.
struct ExpertisePlan {
  std::string link;      ///< Template that CheckLinkTemplate accepts; empty: off.
  std::string platform;  ///< Subject whose answers are taken.
  bool told = false;     ///< The platform is told of each request.
};

/// What every act of ExchangeService needs.
struct ExchangeDesk {
  Desk& desk;
  ExchangeMetrics& metrics;
  const ExpertisePlan expertise;
};

/// Counts what nobody has read into the metrics; for a periodic work.
absl::Status CountUnread(ExchangeDesk& desk, const base::Call& call);

}  // namespace sas::regulation

/// One function for each RPC of ExchangeService; what each promises stands in the proto.
namespace sas::regulation::acts {

// act_exchanges.cpp: what is written.
absl::StatusOr<v1::CaseExchange> CreateCaseExchange(ExchangeDesk& desk, const base::Call& call,
                                                    const v1::CreateCaseExchangeRequest& request);
absl::StatusOr<v1::StartCallResponse> StartCall(ExchangeDesk& desk, const base::Call& call,
                                                const v1::StartCallRequest& request);
absl::StatusOr<v1::CaseExchange> RecordMssanteState(ExchangeDesk& desk, const base::Call& call,
                                                    const v1::RecordMssanteStateRequest& request);

// act_exchange_reads.cpp: what is read, and that it was.
absl::StatusOr<v1::CaseExchange> GetCaseExchange(ExchangeDesk& desk, const base::Call& call,
                                                 const v1::GetCaseExchangeRequest& request);
absl::StatusOr<v1::ListCaseExchangesResponse> ListCaseExchanges(
    ExchangeDesk& desk, const base::Call& call, const v1::ListCaseExchangesRequest& request);
absl::StatusOr<v1::ListUnreadExchangesResponse> ListUnreadExchanges(
    ExchangeDesk& desk, const base::Call& call, const v1::ListUnreadExchangesRequest& request);
absl::StatusOr<v1::CaseExchange> MarkExchangeRead(ExchangeDesk& desk, const base::Call& call,
                                                  const v1::MarkExchangeReadRequest& request);

// act_expertise.cpp
absl::StatusOr<v1::CaseExchange> RequestExpertise(ExchangeDesk& desk, const base::Call& call,
                                                  const v1::RequestExpertiseRequest& request);
absl::StatusOr<v1::AttachExpertiseResultResponse> AttachExpertiseResult(
    ExchangeDesk& desk, const base::Call& call, const v1::AttachExpertiseResultRequest& request);

// act_journey.cpp
absl::StatusOr<v1::Journey> GetJourney(ExchangeDesk& desk, const base::Call& call,
                                       const v1::GetJourneyRequest& request);

}  // namespace sas::regulation::acts
