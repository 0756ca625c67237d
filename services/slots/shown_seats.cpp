#include "services/slots/shown_seats.h"

#include <map>
#include <utility>

#include "common/base/page_token.h"
#include "common/base/status.h"

namespace sas::slots {
namespace {

constexpr int kSlotsPerPage = 200;  ///< Each is an exchange with the book.

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
      if (slot.free_seats() < slot.seats()) slots.try_emplace(slot.name());
    }
  });
  return slots;
}

}  // namespace

absl::StatusOr<v1::ListTakenSeatsResponse> ListShownSeats(SeatBook& book, const base::Call& call,
                                                          const RegionView& view,
                                                          const std::vector<SeatFact>& taken,
                                                          const ShownQuery& query) {
  const Suspects slots = SuspectsOf(view, taken, query);
  v1::ListTakenSeatsResponse response;
  int looked = 0;
  std::string last;
  for (auto slot = slots.upper_bound(query.after); slot != slots.end(); ++slot) {
    if (looked++ == kSlotsPerPage) {
      response.set_next_page_token(base::MakePageToken(query.identity, last));
      break;
    }
    last = slot->first;
    const auto seats = book.Look(call, query.region, slot->first);
    if (base::ReasonOf(seats.status()) == "SLOT_NOT_OPEN") {
      for (const auto& [seat, appointment] : slot->second) {
        Add(response, slot->first, seat, appointment);
      }
      continue;
    }
    if (!seats.ok()) return seats.status();
    for (std::size_t i = 0; i < seats->size(); ++i) {
      const SeatState& seat = (*seats)[i];
      if (seat.kind != SeatState::Kind::kTaken) continue;
      Add(response, slot->first, static_cast<int>(i), seat.appointment);
    }
  }
  return response;
}

}  // namespace sas::slots
