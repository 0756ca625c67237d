#pragma once

#include <string>
#include <vector>

#include "common/rpc/runtime.h"
#include "sas/booking/v1/worklist_service.grpc.pb.h"
#include "services/booking/regulation_client.h"
#include "services/booking/worklist_client.h"
#include "services/booking/worklist_metrics.h"

namespace sas::booking {

/// sas.booking.v1.WorklistService on the background lane: asks the slots for the list, the
/// regulation for who waits, the slots for who suits. Keeps nothing; when one of the two does not
/// answer the list is refused, because a list that may lack somebody looks like one that does not.
/// Thread-safe.
class WorklistService final : public v1::WorklistService::CallbackService {
 public:
  /// Orders of each territory that one question reads, soonest due first.
  static constexpr int kOrdersMax = 400;
  /// Needs of one question to the slots.
  static constexpr int kCandidatesMax = 200;

  /// All outlive the service.
  WorklistService(const rpc::Runtime& runtime, RegulationClient& regulation, WorklistClient& slots,
                  WorklistMetrics& metrics)
      : runtime_(runtime), regulation_(regulation), slots_(slots), metrics_(metrics) {}

  grpc::ServerUnaryReactor* ListWorklistOrders(grpc::CallbackServerContext* context,
                                               const v1::ListWorklistOrdersRequest* request,
                                               v1::ListWorklistOrdersResponse* response) override;

 private:
  absl::StatusOr<v1::ListWorklistOrdersResponse> List(const base::Call& call,
                                                      const v1::ListWorklistOrdersRequest& request);
  /// Waiting orders of the territories; sets `truncated` when there are more.
  absl::StatusOr<std::vector<regulation::v1::CareOrder>> Waiting(
      const base::Call& call, const std::string& region,
      const std::vector<std::string>& territories, bool& truncated);
  /// What the list's site says to each way of each order, in their order.
  absl::StatusOr<std::vector<slots::v1::SeatVerdict>> Judge(
      const base::Call& call, const std::string& worklist,
      const std::vector<slots::v1::SeatCandidate>& candidates);

  const rpc::Runtime& runtime_;
  RegulationClient& regulation_;
  WorklistClient& slots_;
  WorklistMetrics& metrics_;
};

}  // namespace sas::booking
