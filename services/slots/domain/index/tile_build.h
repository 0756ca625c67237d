#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "services/slots/domain/index/tile.h"
#include "services/slots/domain/indexed_site.h"

namespace sas::slots {

/// Sites of one tile; RegionBuilder refuses more.
inline constexpr std::size_t kTileSitesMax = 65'536;

/// The order of sites, and with it of the slots' names: as if each name ended in a slash.
bool SiteNameLess(std::string_view a, std::string_view b);

/// A tile of one site. Slots of one agenda at equal steps become runs. `record`: null makes one of
/// the site's own values. Of slots that the index cannot tell apart the first stays.
std::shared_ptr<Tile> MakeSiteTile(const IndexedSite& site,
                                   std::shared_ptr<const SiteRecord> record = nullptr);

/// One site of a tile.
struct TilePart {
  const Tile* tile = nullptr;
  std::size_t site = 0;
};

/// A tile of all `parts`, in the order of their names, seats and shares as they are at the moment.
/// Nobody may store into the parts meanwhile.
std::shared_ptr<Tile> AssembleTile(std::vector<TilePart> parts);

/// Stores a slot's seats and what follows from them in its tile; one writer at a time. Gives by how
/// many more seats are in use.
int StoreSeats(Tile& tile, std::size_t run, int slot, int free_seats, base::Instant hold_expire);

/// Sets or clears a flag of the run, and its free bits as follows.
void StoreFlag(Tile& tile, std::size_t run, std::uint8_t flag, bool set);

/// Seats in use of one run, whether it is offered or not (slot_day.h).
int UsedInRun(const Tile& tile, std::size_t run);

/// Seats in use on the local day of the run, of its site.
int UsedOnDay(const Tile& tile, std::size_t run);

/// The same of the day's slots under the run's cap of hours.
int UsedInHours(const Tile& tile, std::size_t run);

/// Bits of the run's slots that have a free seat, caps aside; none where nothing is offered.
std::uint32_t FreeBits(const Tile& tile, std::size_t run);

}  // namespace sas::slots
