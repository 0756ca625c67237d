#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/base/clock.h"
#include "sas/regulation/v1/regulation_service.grpc.pb.h"
#include "sas/slots/v1/directory_service.grpc.pb.h"
#include "services/booking/contact_client.h"

namespace sas::booking {

/// Over sas.regulation.v1.RegulationService and sas.slots.v1.DirectoryService, with the credentials
/// of this service. Thread-safe.
class GrpcContactClient final : public ContactClient {
 public:
  GrpcContactClient(const std::string& regulation_address, const std::string& slots_address,
                    std::function<std::string()> authorization, const base::Clock& clock);

  absl::StatusOr<regulation::v1::PatientContact> GetPatientContact(const base::Call& call,
                                                                   const std::string& patient,
                                                                   bool for_letter) override;
  absl::StatusOr<slots::v1::Site> GetSite(const base::Call& call, const std::string& site) override;

 private:
  const std::unique_ptr<regulation::v1::RegulationService::Stub> regulation_;
  const std::unique_ptr<slots::v1::DirectoryService::Stub> directory_;
  const std::function<std::string()> authorization_;
  const base::Clock& clock_;
};

}  // namespace sas::booking
