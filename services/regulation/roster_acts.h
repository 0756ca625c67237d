#pragma once

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/regulation/v1/coordinator_service.pb.h"
#include "sas/regulation/v1/roster_service.pb.h"
#include "services/regulation/desk.h"
#include "services/regulation/room_watch.h"

namespace sas::regulation {

/// What every act of RosterService needs.
struct RosterDesk {
  Desk& desk;
  const RoomWatch& room;
};

}  // namespace sas::regulation

/// One function for each RPC of RosterService and CoordinatorService; what each promises stands in
/// the protos.
namespace sas::regulation::acts {

// act_shifts.cpp
absl::StatusOr<v1::Shift> PlanShift(RosterDesk& desk, const base::Call& call,
                                    const v1::PlanShiftRequest& request);
absl::StatusOr<v1::Shift> ReplaceShift(RosterDesk& desk, const base::Call& call,
                                       const v1::ReplaceShiftRequest& request);
absl::StatusOr<v1::Shift> CancelShift(RosterDesk& desk, const base::Call& call,
                                      const v1::CancelShiftRequest& request);
absl::StatusOr<v1::ListShiftsResponse> ListShifts(RosterDesk& desk, const base::Call& call,
                                                  const v1::ListShiftsRequest& request);

// act_presence.cpp
absl::StatusOr<v1::Shift> SignIn(RosterDesk& desk, const base::Call& call,
                                 const v1::SignInRequest& request);
absl::StatusOr<v1::SignOutResponse> SignOut(RosterDesk& desk, const base::Call& call,
                                            const v1::SignOutRequest& request);

// act_coverage.cpp
absl::StatusOr<v1::Coverage> GetCoverage(RosterDesk& desk, const base::Call& call,
                                         const v1::GetCoverageRequest& request);

// act_surge.cpp
absl::StatusOr<v1::Surge> DeclareSurge(RosterDesk& desk, const base::Call& call,
                                       const v1::DeclareSurgeRequest& request);
absl::StatusOr<v1::Surge> EndSurge(RosterDesk& desk, const base::Call& call,
                                   const v1::EndSurgeRequest& request);

// act_coordinators.cpp
absl::StatusOr<v1::Coordinator> PutCoordinator(Desk& desk, const base::Call& call,
                                               const v1::PutCoordinatorRequest& request);
absl::StatusOr<v1::Coordinator> RemoveCoordinator(Desk& desk, const base::Call& call,
                                                  const v1::RemoveCoordinatorRequest& request);
absl::StatusOr<v1::Coordinator> GetCoordinator(Desk& desk, const base::Call& call,
                                               const v1::GetCoordinatorRequest& request);
absl::StatusOr<v1::ListCoordinatorsResponse> ListCoordinators(
    Desk& desk, const base::Call& call, const v1::ListCoordinatorsRequest& request);

}  // namespace sas::regulation::acts
