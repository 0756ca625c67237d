#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/base/clock.h"
#include "sas/slots/v1/directory_service.grpc.pb.h"
#include "services/booking/session_client.h"

namespace sas::booking {

/// Over sas.slots.v1.DirectoryService, with the credentials of this service. Thread-safe.
class GrpcSessionClient final : public SessionClient {
 public:
  GrpcSessionClient(const std::string& address, std::function<std::string()> authorization,
                    const base::Clock& clock);

  absl::StatusOr<std::int64_t> CountSeats(const base::Call& call, const std::string& site,
                                          const care::Date& first, const care::Date& last) override;

 private:
  const std::unique_ptr<slots::v1::DirectoryService::Stub> stub_;
  const std::function<std::string()> authorization_;
  const base::Clock& clock_;
};

}  // namespace sas::booking
