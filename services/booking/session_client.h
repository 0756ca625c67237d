#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/care/calendar.h"

namespace sas::booking {

/// What a report asks of the slots.
class SessionClient {
 public:
  virtual ~SessionClient() = default;

  /// Seats of the sessions that a site held or holds from `first` to `last`, both included, without
  /// those that were closed or had nobody who holds them. NOT_FOUND `SITE_NOT_FOUND`; UNAVAILABLE
  /// `SLOTS_UNREACHABLE`. Waits at most 1 s for each page of 200 sessions.
  virtual absl::StatusOr<std::int64_t> CountSeats(const base::Call& call, const std::string& site,
                                                  const care::Date& first,
                                                  const care::Date& last) = 0;
};

}  // namespace sas::booking
