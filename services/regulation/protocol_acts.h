#pragma once

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/regulation/v1/protocol_service.pb.h"
#include "services/regulation/desk.h"
#include "services/regulation/protocol_loader.h"
#include "services/regulation/protocol_metrics.h"

namespace sas::regulation {

/// What every act of ProtocolService needs.
struct ProtocolDesk {
  Desk& desk;
  ProtocolMetrics& metrics;
  const ProtocolLoader& loader;
};

/// Counts the library of all regions into the metrics; for a periodic work.
absl::Status CountLibrary(ProtocolDesk& desk, const base::Call& call);

}  // namespace sas::regulation

/// One function for each RPC of ProtocolService; what each promises stands in the proto.
namespace sas::regulation::acts {

// act_library.cpp
absl::StatusOr<v1::ListProtocolsResponse> ListProtocols(ProtocolDesk& desk, const base::Call& call,
                                                        const v1::ListProtocolsRequest& request);
absl::StatusOr<v1::Protocol> GetProtocol(ProtocolDesk& desk, const base::Call& call,
                                         const v1::GetProtocolRequest& request);
absl::StatusOr<v1::CheckProtocolResponse> CheckProtocol(ProtocolDesk& desk, const base::Call& call,
                                                        const v1::CheckProtocolRequest& request);
absl::StatusOr<v1::Protocol> AcknowledgeProtocol(ProtocolDesk& desk, const base::Call& call,
                                                 const v1::AcknowledgeProtocolRequest& request);

// act_signature.cpp
absl::StatusOr<v1::Protocol> SimulateProtocol(ProtocolDesk& desk, const base::Call& call,
                                              const v1::SimulateProtocolRequest& request);
absl::StatusOr<v1::Protocol> SignProtocol(ProtocolDesk& desk, const base::Call& call,
                                          const v1::SignProtocolRequest& request);

// act_triage.cpp
absl::StatusOr<v1::EvaluateTriageResponse> EvaluateTriage(ProtocolDesk& desk,
                                                          const base::Call& call,
                                                          const v1::EvaluateTriageRequest& request);
absl::StatusOr<v1::RegulationCase> RecordTriage(ProtocolDesk& desk, const base::Call& call,
                                                const v1::RecordTriageRequest& request);

}  // namespace sas::regulation::acts
