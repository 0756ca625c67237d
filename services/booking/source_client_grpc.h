#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/base/clock.h"
#include "sas/slots/v1/seat_service.grpc.pb.h"
#include "services/booking/source_client.h"

namespace sas::booking {

/// Over sas.slots.v1.SeatService, with the credentials of this service. Once is enough for a try:
/// who asks counts its failures and comes again.
class GrpcSourceClient final : public SourceClient {
 public:
  GrpcSourceClient(const std::string& address, std::function<std::string()> authorization,
                   const base::Clock& clock);

  absl::StatusOr<slots::v1::AskSourceResponse> Ask(
      const base::Call& call, const slots::v1::AskSourceRequest& request) override;

 private:
  const std::unique_ptr<slots::v1::SeatService::Stub> stub_;
  const std::function<std::string()> authorization_;
  const base::Clock& clock_;
};

}  // namespace sas::booking
