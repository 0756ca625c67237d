#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/base/clock.h"
#include "sas/slots/v1/template_service.grpc.pb.h"
#include "services/booking/worklist_client.h"

namespace sas::booking {

/// Over sas.slots.v1.TemplateService, with the credentials of this service.
class GrpcWorklistClient final : public WorklistClient {
 public:
  GrpcWorklistClient(const std::string& address, std::function<std::string()> authorization,
                     const base::Clock& clock);

  absl::StatusOr<slots::v1::Worklist> GetWorklist(const base::Call& call,
                                                  const std::string& name) override;
  absl::StatusOr<slots::v1::GetWorklistVerdictsResponse> Judge(
      const base::Call& call, const slots::v1::GetWorklistVerdictsRequest& request) override;

 private:
  const std::unique_ptr<slots::v1::TemplateService::Stub> stub_;
  const std::function<std::string()> authorization_;
  const base::Clock& clock_;
};

}  // namespace sas::booking
