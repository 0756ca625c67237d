#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/base/clock.h"
#include "sas/slots/v1/seat_service.grpc.pb.h"
#include "services/booking/slots_client.h"

namespace sas::booking {

/// What the slots answered: a refusal as it is; that nobody answered in time is UNAVAILABLE
/// `SLOTS_UNREACHABLE`.
absl::Status ToldBySlots(const absl::Status& status);

/// Over sas.slots.v1.SeatService, with the credentials of this service.
class GrpcSlotsClient final : public SlotsClient {
 public:
  GrpcSlotsClient(const std::string& address, std::function<std::string()> authorization,
                  const base::Clock& clock);

  std::vector<absl::StatusOr<slots::v1::PreparedSeat>> PrepareSeats(
      const base::Call& call, const std::vector<slots::v1::PrepareSeatRequest>& requests) override;
  absl::Status CommitSeats(const base::Call& call,
                           const slots::v1::CommitSeatsRequest& request) override;
  absl::StatusOr<slots::v1::ListTakenSeatsResponse> ListTakenSeats(
      const base::Call& call, const slots::v1::ListTakenSeatsRequest& request) override;
  absl::StatusOr<slots::v1::SearchNextSlotsResponse> SearchNextSlots(
      const base::Call& call, const slots::v1::SearchNextSlotsRequest& request) override;
  absl::StatusOr<slots::v1::GetSlotStandingsResponse> GetSlotStandings(
      const base::Call& call, const slots::v1::GetSlotStandingsRequest& request) override;

  /// Whether the connection stands now; tries to make one when not.
  absl::Status Reachable() const;

 private:
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<slots::v1::SeatService::Stub> stub_;
  const std::function<std::string()> authorization_;
  const base::Clock& clock_;
};

}  // namespace sas::booking
