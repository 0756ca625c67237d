#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/regulation/v1/care_order.pb.h"

namespace sas::booking {

/// What booking asks of the regulation.
class RegulationClient {
 public:
  virtual ~RegulationClient() = default;

  /// NOT_FOUND `ORDER_NOT_FOUND`; UNAVAILABLE `REGULATION_UNREACHABLE` for everything else: what
  /// the regulation says of the order is then unknown. Waits at most 500 ms.
  virtual absl::StatusOr<regulation::v1::CareOrder> GetCareOrder(const base::Call& call,
                                                                 const std::string& name) = 0;
};

}  // namespace sas::booking
