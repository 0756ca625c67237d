#include "services/slots/shown_seats.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <vector>

#include "common/base/page_token.h"
#include "common/base/status.h"

namespace sas::slots {
namespace {

constexpr std::size_t kSlotsPerPage = 200;
constexpr std::size_t kSlotsPerExchange = 50;  ///< Holds and confirmations come between two.

void Add(v1::ListTakenSeatsResponse& response, const std::string& slot, int seat,
         const std::string& appointment) {
  v1::SeatChange& shown = *response.add_seats();
  shown.set_slot(slot);
  shown.set_seat(seat);
  shown.set_appointment(appointment);
  shown.set_taken(true);
}

using Suspects = std::map<std::string, std::map<int, std::string>>;  // Their seats in the ledger.

Suspects SuspectsOf(const RegionView& view, const std::vector<SeatFact>& taken,
                    const ShownQuery& query) {
  Suspects slots;
  for (const SeatFact& fact : taken) slots[fact.slot].emplace(fact.seat, fact.appointment);
  view.index->ForEachSite([&](const SiteRef& site) {
    for (const SlotRef& slot : site.Slots(query.start, query.end)) {
      if (slot.unused_seats() < slot.seats()) slots.try_emplace(slot.name());
    }
  });
  return slots;
}

// Seats of a slot that is not open are those of the ledger.
absl::Status AddSeats(const std::string& slot, const SeatsOfSlots::value_type& seats,
                      const std::map<int, std::string>& ledger,
                      v1::ListTakenSeatsResponse& response) {
  if (base::ReasonOf(seats.status()) == "SLOT_NOT_OPEN") {
    for (const auto& [seat, appointment] : ledger) Add(response, slot, seat, appointment);
    return absl::OkStatus();
  }
  SAS_RETURN_IF_ERROR(seats.status());
  for (std::size_t i = 0; i < seats->size(); ++i) {
    const SeatState& seat = (*seats)[i];
    if (seat.kind != SeatState::Kind::kTaken) continue;
    Add(response, slot, static_cast<int>(i), seat.appointment);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::ListTakenSeatsResponse> ListShownSeats(SeatBook& book, const base::Call& call,
                                                          const RegionView& view,
                                                          const std::vector<SeatFact>& taken,
                                                          const ShownQuery& query) {
  const Suspects slots = SuspectsOf(view, taken, query);
  v1::ListTakenSeatsResponse response;
  std::vector<std::string> page;
  auto slot = slots.upper_bound(query.after);
  for (; slot != slots.end() && page.size() < kSlotsPerPage; ++slot) page.push_back(slot->first);
  if (slot != slots.end()) {
    response.set_next_page_token(base::MakePageToken(query.identity, page.back()));
  }
  for (std::size_t from = 0; from < page.size(); from += kSlotsPerExchange) {
    const std::size_t to = std::min(page.size(), from + kSlotsPerExchange);
    const std::vector<std::string> chunk(page.begin() + static_cast<std::ptrdiff_t>(from),
                                         page.begin() + static_cast<std::ptrdiff_t>(to));
    const auto looked = book.LookAll(call, query.region, chunk);
    for (std::size_t i = 0; i < chunk.size(); ++i) {
      SAS_RETURN_IF_ERROR(AddSeats(chunk[i], looked[i], slots.at(chunk[i]), response));
    }
  }
  return response;
}

}  // namespace sas::slots
