#pragma once

#include <grpcpp/support/status.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace sas::rpc {

/// google.rpc.Status in the trailing metadata: ErrorInfo always (reason, domain "sas-suite",
/// metadata), BadRequest for field violations, RetryInfo for a retry delay. Kept under 7 KB,
/// because gRPC 1.51 turns more than 8 KB of trailers into RESOURCE_EXHAUSTED and loses everything.
grpc::Status ToGrpc(const absl::Status& status);

/// The way back, for clients: code, message and detail.
absl::Status FromGrpc(const grpc::Status& status);

/// The same for one of several outcomes of a call: `details` as in ToGrpc(status).error_details().
/// INTERNAL `PEER_INTERNAL` when it is no refusal.
absl::Status FromDetails(const std::string& details);

/// `domain` of every ErrorInfo of the suite.
inline constexpr std::string_view kErrorDomain = "sas-suite";

}  // namespace sas::rpc
