#pragma once

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "services/booking/metrics.h"
#include "services/booking/store.h"

namespace sas::booking {

/// Reads from the ledger what metrics show of it: live appointments, what the slots have not heard.
absl::Status ReadFigures(BookingStore& store, BookingMetrics& metrics, const base::Clock& clock,
                         const base::Call& call);

}  // namespace sas::booking
