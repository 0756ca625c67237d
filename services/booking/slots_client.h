#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/slots/v1/seat_service.pb.h"

namespace sas::booking {

/// What booking asks of the slots.
class SlotsClient {
 public:
  virtual ~SlotsClient() = default;

  /// One outcome for each seat (at most 64), in their order: the refusal of the slots as it is
  /// (`HOLD_LOST`, a rule of the site), or UNAVAILABLE `SLOTS_UNREACHABLE`: it is not known then
  /// whether the seat is prepared. Waits at most 1 s.
  virtual std::vector<absl::StatusOr<slots::v1::PreparedSeat>> PrepareSeats(
      const base::Call& call, const std::vector<slots::v1::PrepareSeatRequest>& requests) = 0;

  /// The same for CommitSeats; waits at most 2 s.
  virtual absl::Status CommitSeats(const base::Call& call,
                                   const slots::v1::CommitSeatsRequest& request) = 0;

  /// The same for ListTakenSeats; waits at most 2 s for each page.
  virtual absl::StatusOr<slots::v1::ListTakenSeatsResponse> ListTakenSeats(
      const base::Call& call, const slots::v1::ListTakenSeatsRequest& request) = 0;

  /// The same for SearchNextSlots; waits at most 300 ms.
  virtual absl::StatusOr<slots::v1::SearchNextSlotsResponse> SearchNextSlots(
      const base::Call& call, const slots::v1::SearchNextSlotsRequest& request) = 0;

  /// The same for GetSlotStandings; waits at most 2 s.
  virtual absl::StatusOr<slots::v1::GetSlotStandingsResponse> GetSlotStandings(
      const base::Call& call, const slots::v1::GetSlotStandingsRequest& request) = 0;
};

}  // namespace sas::booking
