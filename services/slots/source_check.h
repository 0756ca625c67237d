#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/slots/v1/seat_service.pb.h"

namespace sas::slots {

/// Asks the platform that is the master of a slot. Implementations are thread-safe and block for at
/// most the answer's limit.
class SourceCheck {
 public:
  virtual ~SourceCheck() = default;

  /// Is the slot, which an operator holds, free at its source (hazard H-39: a hold asks the
  /// authority)? FAILED_PRECONDITION `SOURCE_REFUSED`: the slot was a phantom and is withdrawn.
  /// UNAVAILABLE `SOURCE_UNREACHABLE`: nobody vouches for the slot, so it is not held; the caller
  /// on the line is better served by the next one than by a promise that nobody made.
  virtual absl::Status Check(const base::Call& call, const std::string& slot) = 0;

  /// A question of booking: CONFIRM or CANCEL. `SOURCE_UNREACHABLE` says nothing of what the
  /// platform did.
  virtual absl::StatusOr<v1::AskSourceResponse> Ask(const base::Call& call,
                                                    const v1::AskSourceRequest& request) = 0;
};

}  // namespace sas::slots
