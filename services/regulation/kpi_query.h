#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "services/regulation/desk.h"
#include "services/regulation/domain/kpi.h"

namespace sas::regulation {

/// Hands the marks of a period to `add` in their order; read page by page, so that an act never
/// waits behind a report.
absl::Status EachMark(Desk& desk, const base::Call& call, KpiMarkQuery query,
                      const std::function<void(const KpiMark&)>& add);

/// A fold of the desk's lines and days.
KpiFold NewFold(Desk& desk, base::Instant start, base::Instant end);

absl::StatusOr<KpiFold> FoldPeriod(Desk& desk, const base::Call& call, const std::string& region,
                                   const std::vector<std::string>& territories, base::Instant start,
                                   base::Instant end);

}  // namespace sas::regulation
