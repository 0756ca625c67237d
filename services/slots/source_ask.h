#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/slots/v1/partner_feed_service.pb.h"

namespace sas::slots {

/// Who can ask a platform. Thread-safe.
class SourceAsk {
 public:
  virtual ~SourceAsk() = default;

  /// Asks and waits, for the answer's limit or what the call has left. The id of the question is
  /// given here. UNAVAILABLE `SOURCE_UNREACHABLE`.
  virtual absl::StatusOr<v1::SourceAnswer> Ask(const base::Call& call, const std::string& partner,
                                               v1::SourceQuestion question) = 0;
};

}  // namespace sas::slots
