#include "services/slots/domain/index/tile.h"

#include <algorithm>
#include <bit>

namespace sas::slots {
namespace {

template <typename T>
std::size_t BytesOf(const std::vector<T>& values) {
  return values.capacity() * sizeof(T);
}

}  // namespace

std::size_t Tile::slots() const {
  std::size_t count = 0;
  for (const RunDetail& detail : details) {
    count += static_cast<std::size_t>(std::popcount(detail.members));
  }
  return count;
}

std::size_t Tile::bytes() const {
  return sizeof(Tile) + BytesOf(hot) + BytesOf(cold) + BytesOf(series) + BytesOf(day_runs) +
         BytesOf(runs) + BytesOf(details) + BytesOf(site_runs) + BytesOf(free_seats) +
         BytesOf(hold_expire);
}

int WeekOfDay(Minute day_begin) {
  constexpr int kFirstMonday = 4;  // 5 January 1970.
  constexpr int kDaysPerWeek = 7;
  const int day = static_cast<int>((day_begin + kMinutesPerDay / 2) / kMinutesPerDay);
  return day >= kFirstMonday ? (day - kFirstMonday) / kDaysPerWeek : -1;
}

}  // namespace sas::slots
