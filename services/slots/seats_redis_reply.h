#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/redis/client.h"
#include "services/slots/seat_values.h"

/// Names of keys and slots as Redis knows them, and replies of the scripts as values.
namespace sas::slots {

/// `challans/csnp-20261124t1230z` of regions/fr-pdl/sites/challans/slots/csnp-20261124t1230z.
std::string SlotId(std::string_view name);
std::string NameOfSlot(std::string_view region, std::string_view id);
/// `challans` of regions/fr-pdl/sites/challans.
std::string SiteId(std::string_view name);
/// Empty for an empty id.
std::string NameOfSite(std::string_view region, std::string_view id);
/// `sas:{fr-pdl}:slot:<id>`.
std::string SlotKey(std::string_view region, std::string_view name);

/// What a script answers: a word, then values. INTERNAL `REDIS_ERROR` when it is no such thing.
struct Answer {
  std::string word;
  std::vector<std::string> values;

  static absl::StatusOr<Answer> Of(const redis::Reply& reply);
  std::int64_t At(std::size_t index) const;  ///< 0 when absent or no number.
  base::Instant InstantAt(std::size_t index) const;
  std::string TextAt(std::size_t index) const;
};

Hold ToHold(const Answer& answer, std::string_view slot, std::string_view holder);
std::vector<SeatState> ToSeats(const Answer& answer);
BookState ToBookState(const redis::Reply& reply);
/// Of a reply that is the epoch alone; 0 when there is none.
std::int64_t ToEpoch(const redis::Reply& reply);
/// Answer of TIME: seconds and microseconds.
base::Instant ToTime(const redis::Reply& reply);

ChangeBatch ToChanges(const redis::Reply& reply, std::string_view region,
                      std::string_view position);

}  // namespace sas::slots
