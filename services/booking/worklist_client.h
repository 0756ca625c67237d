#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/slots/v1/template_service.pb.h"

namespace sas::booking {

/// What a named worklist asks of the slots. Each waits at most a second; the refusal of the slots
/// as it is, or UNAVAILABLE `SLOTS_UNREACHABLE`.
class WorklistClient {
 public:
  virtual ~WorklistClient() = default;

  /// NOT_FOUND `WORKLIST_NOT_FOUND`.
  virtual absl::StatusOr<slots::v1::Worklist> GetWorklist(const base::Call& call,
                                                          const std::string& name) = 0;
  virtual absl::StatusOr<slots::v1::GetWorklistVerdictsResponse> Judge(
      const base::Call& call, const slots::v1::GetWorklistVerdictsRequest& request) = 0;
};

}  // namespace sas::booking
