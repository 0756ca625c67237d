#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "sas/regulation/v1/case_reference_service.grpc.pb.h"
#include "sas/regulation/v1/regulation_service.grpc.pb.h"
#include "services/booking/regulation_client.h"

namespace sas::booking {

/// Over RegulationService and CaseReferenceService, with the credentials of this service.
class GrpcRegulationClient final : public RegulationClient {
 public:
  GrpcRegulationClient(const std::string& address, std::function<std::string()> authorization,
                       const base::Clock& clock);

  std::vector<absl::StatusOr<Word>> CheckBookings(const base::Call& call,
                                                  const std::vector<Check>& checks) override;
  absl::StatusOr<regulation::v1::CaseReference> GetCaseReference(const base::Call& call,
                                                                 const std::string& name) override;
  absl::StatusOr<std::vector<regulation::v1::CareOrder>> ListCareOrders(const base::Call& call,
                                                                        const std::string& region,
                                                                        int limit) override;
  absl::StatusOr<std::vector<regulation::v1::CareOrder>> ListOpenOrders(
      const base::Call& call, const std::string& region, const std::string& territory,
      int limit) override;

  /// Whether the connection stands now; tries to make one when not.
  absl::Status Reachable() const;

 private:
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<regulation::v1::RegulationService::Stub> stub_;
  const std::unique_ptr<regulation::v1::CaseReferenceService::Stub> cases_;
  const std::function<std::string()> authorization_;
  const base::Clock& clock_;
};

}  // namespace sas::booking
