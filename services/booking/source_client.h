#pragma once

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/slots/v1/seat_service.pb.h"

namespace sas::booking {

/// What booking asks of platforms that are masters of agendas, through the slots, to which they
/// have their streams open.
class SourceClient {
 public:
  virtual ~SourceClient() = default;

  /// UNAVAILABLE `SOURCE_UNREACHABLE` or `SLOTS_UNREACHABLE`: it is not known what the platform
  /// did, so the same is asked again. FAILED_PRECONDITION `AGENDA_NOT_ASKED`, NOT_FOUND
  /// `AGENDA_NOT_FOUND`: it will not be asked. Waits at most 2.5 s.
  virtual absl::StatusOr<slots::v1::AskSourceResponse> Ask(
      const base::Call& call, const slots::v1::AskSourceRequest& request) = 0;
};

}  // namespace sas::booking
