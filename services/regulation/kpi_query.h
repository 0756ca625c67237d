#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "services/regulation/desk.h"
#include "services/regulation/domain/kpi.h"

namespace sas::regulation {

/// Reads the marks of a period, page by page, so that an act never waits behind a report.
absl::StatusOr<KpiFold> FoldPeriod(Desk& desk, const base::Call& call, const std::string& region,
                                   const std::vector<std::string>& territories, base::Instant start,
                                   base::Instant end);

}  // namespace sas::regulation
