#pragma once

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/regulation/v1/pickup_service.pb.h"
#include "services/regulation/desk.h"

/// One function for each RPC of PickupService; what each promises stands in the proto.
namespace sas::regulation::acts {

absl::StatusOr<v1::WaitingCall> AnnounceCall(Desk& desk, const base::Call& call,
                                             const v1::AnnounceCallRequest& request);
absl::StatusOr<v1::WaitingCall> PickUpNextCall(Desk& desk, const base::Call& call,
                                               const v1::PickUpNextCallRequest& request);
absl::StatusOr<v1::WaitingCall> PickUpCall(Desk& desk, const base::Call& call,
                                           const v1::PickUpCallRequest& request);
absl::StatusOr<v1::WaitingCall> EndWaitingCall(Desk& desk, const base::Call& call,
                                               const v1::EndWaitingCallRequest& request);
absl::StatusOr<v1::ListWaitingCallsResponse> ListWaitingCalls(
    Desk& desk, const base::Call& call, const v1::ListWaitingCallsRequest& request);

}  // namespace sas::regulation::acts
