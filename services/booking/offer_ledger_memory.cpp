#include "services/booking/offer_ledger_memory.h"

#include <algorithm>
#include <tuple>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/base/timestamp.h"

namespace sas::booking {

absl::Status FreedSeatNotFound(const std::string& id) {
  return base::Fail(absl::StatusCode::kNotFound, "FREED_SEAT_NOT_FOUND",
                    "no such freed seat in this ledger", {{"freed_seat", id}});
}

absl::Status OfferNotFound(const std::string& name) {
  return base::Fail(absl::StatusCode::kNotFound, "OFFER_NOT_FOUND",
                    "no such offer; it may be older than 30 days", {{"seat_offer", name}});
}

absl::Status MemoryOfferLedger::AddFreed(const FreedSeat& seat) {
  rows_.freed.emplace(seat.id, seat);
  return absl::OkStatus();
}

absl::StatusOr<FreedSeat> MemoryOfferLedger::GetFreed(const std::string& id) {
  const auto found = rows_.freed.find(id);
  if (found == rows_.freed.end()) return FreedSeatNotFound(id);
  return found->second;
}

absl::Status MemoryOfferLedger::PutFreed(const FreedSeat& seat) {
  const auto found = rows_.freed.find(seat.id);
  if (found == rows_.freed.end()) return FreedSeatNotFound(seat.id);
  found->second = seat;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<FreedSeat>> MemoryOfferLedger::OpenFreed(int limit) {
  std::vector<FreedSeat> open;
  for (const auto& [id, seat] : rows_.freed) {
    if (seat.open) open.push_back(seat);
  }
  std::sort(open.begin(), open.end(), [](const FreedSeat& left, const FreedSeat& right) {
    return std::tie(left.freed, left.id) < std::tie(right.freed, right.id);
  });
  if (open.size() > static_cast<std::size_t>(limit)) open.resize(static_cast<std::size_t>(limit));
  return open;
}

absl::StatusOr<OfferRecord> MemoryOfferLedger::GetOffer(const std::string& name) {
  const auto found = rows_.offers.find(name);
  if (found == rows_.offers.end()) return OfferNotFound(name);
  return found->second;
}

absl::Status MemoryOfferLedger::PutOffer(const OfferRecord& record) {
  rows_.offers[record.offer.name()] = record;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<OfferRecord>> MemoryOfferLedger::ListOffers(const OfferQuery& query) {
  std::map<std::pair<base::Instant, std::string>, const OfferRecord*> shown;
  for (const auto& [name, row] : rows_.offers) {
    const auto& wanted = query.territories;
    const bool here = base::RegionOf(name) == query.region &&
                      (wanted.empty() || std::find(wanted.begin(), wanted.end(),
                                                   row.offer.territory()) != wanted.end());
    const bool ended = row.offer.state() != v1::SeatOffer::STATE_MADE;
    const std::pair position{base::ToInstant(row.offer.create_time()), name};
    if (here && (query.include_ended || !ended) && (!query.after || position < *query.after)) {
      shown.emplace(position, &row);
    }
  }
  std::vector<OfferRecord> page;
  for (auto row = shown.rbegin(); row != shown.rend(); ++row) {
    if (static_cast<int>(page.size()) >= query.limit) break;
    page.push_back(*row->second);
  }
  return page;
}

absl::StatusOr<std::vector<std::string>> MemoryOfferLedger::AskedOrders(const FreedSeat& seat) {
  std::vector<std::string> asked;
  for (const auto& [name, row] : rows_.offers) {
    const bool open = row.offer.state() == v1::SeatOffer::STATE_MADE;
    if (row.freed_seat == seat.id || (open && base::RegionOf(name) == seat.region)) {
      asked.push_back(row.offer.care_order());
    }
  }
  return asked;
}

absl::StatusOr<std::optional<std::pair<std::string, std::string>>> MemoryOfferLedger::LiveOfOrder(
    const std::string& care_order) {
  return live_(care_order);
}

absl::StatusOr<std::int64_t> MemoryOfferLedger::CountMade() {
  return std::count_if(rows_.offers.begin(), rows_.offers.end(), [](const auto& entry) {
    return entry.second.offer.state() == v1::SeatOffer::STATE_MADE;
  });
}

absl::Status MemoryOfferLedger::PurgeFreed(base::Instant before, int limit) {
  for (auto seat = rows_.freed.begin(); seat != rows_.freed.end() && limit > 0;) {
    if (seat->second.open || seat->second.freed >= before) {
      ++seat;
      continue;
    }
    for (auto offer = rows_.offers.begin(); offer != rows_.offers.end();) {
      offer = offer->second.freed_seat == seat->first ? rows_.offers.erase(offer) : ++offer;
    }
    seat = rows_.freed.erase(seat);
    --limit;
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> MemoryOfferLedger::LeaseRefill(const std::string& holder, base::Instant now,
                                                    base::Instant until) {
  if (rows_.lease_holder != holder && now < rows_.lease_until) return false;
  rows_.lease_holder = holder;
  rows_.lease_until = until;
  return true;
}

}  // namespace sas::booking
