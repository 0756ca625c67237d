#include "services/booking/figures.h"

#include <algorithm>

#include "common/base/status.h"

namespace sas::booking {

absl::Status ReadFigures(BookingStore& store, BookingMetrics& metrics, const base::Clock& clock,
                         const base::Call& call) {
  std::int64_t live = 0;
  SeatBacklog backlog;
  SAS_RETURN_IF_ERROR(store.Read(call, [&](BookingTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(live, transaction.CountOpen());
    SAS_ASSIGN_OR_RETURN(backlog, transaction.Backlog());
    return absl::OkStatus();
  }));
  metrics.Live(live);
  double lag_seconds = 0;
  if (backlog.oldest) {
    lag_seconds =
        std::max(0.0, std::chrono::duration<double>(clock.Now() - *backlog.oldest).count());
  }
  metrics.Relay(backlog.count, lag_seconds, backlog.parked);
  return absl::OkStatus();
}

}  // namespace sas::booking
