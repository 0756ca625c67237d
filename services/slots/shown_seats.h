#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "sas/slots/v1/seat_service.pb.h"
#include "services/slots/region_view.h"
#include "services/slots/seats.h"

namespace sas::slots {

/// Which page of the seats that hot availability has as taken.
struct ShownQuery {
  std::string region;  ///< Its id.
  base::Instant start{};
  base::Instant end{};
  std::string identity;  ///< Of the listing, for its token.
  std::string after;     ///< Slot of the page before.
};

/// One page by slot and seat, looked up in the book, some slots in one exchange: of those of which
/// the ledger (`taken`) has a seat, or memory shows less than all as free. Seats of a slot that is
/// not open are those of the ledger. UNAVAILABLE as SeatBook::LookAll.
absl::StatusOr<v1::ListTakenSeatsResponse> ListShownSeats(SeatBook& book, const base::Call& call,
                                                          const RegionView& view,
                                                          const std::vector<SeatFact>& taken,
                                                          const ShownQuery& query);

}  // namespace sas::slots
