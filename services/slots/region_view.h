#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "sas/slots/v1/site.pb.h"
#include "services/slots/commune_table.h"
#include "services/slots/domain/border_map.h"
#include "services/slots/domain/index/region_index.h"
#include "services/slots/region_ledger.h"
#include "services/slots/seat_values.h"
#include "services/slots/wire_fragments.h"

namespace sas::slots {

/// Seats of a site, as the rotation and its table count them; from the day of the picture.
struct SiteOffered {
  int ahead = 0;  ///< Within the caps, over `ahead_days` from today on.
  int ahead_days = 0;
  int past = 0;         ///< Of the 28 days before today.
  int past_booked = 0;  ///< Of `past`.
};

/// What the answers need of a site, with its rules. Every record of a view's index is one.
struct SiteCard : SiteRecord {
  SiteCard(v1::Site proto, care::Zone where) : site(std::move(proto)), zone(std::move(where)) {}

  v1::Site site;
  care::Zone zone;
  SiteWire wire;
  SiteOffered offered{};
  bool open = true;  ///< On some day from that of the picture to the horizon.
};

/// One region at one moment; parts that do not change are shared between moments. Seats, shares and
/// ranks of all views of one index are those of the newest.
struct RegionView {
  std::int64_t epoch = 0;      ///< 0: made from the ledger while Redis was away.
  std::int64_t directory = 0;  ///< Version that it was made from.
  std::string horizon;         ///< Last day, YYYY-MM-DD.
  base::Instant fresh{};       ///< What the feed had told by then is in.
  std::shared_ptr<RegionIndex> index;
  std::shared_ptr<const CommuneTable> communes;
  std::shared_ptr<const Memberships> memberships{};  ///< Of structures; null: of none.
  std::shared_ptr<const BorderMap> border{};         ///< Null while it is made.

  /// Null for a site that the view does not have.
  const SiteCard* FindSite(std::string_view name) const;
};

/// Of a reference into a view's index.
const SiteCard& CardOf(const SiteRef& site);
const SiteCard& CardOf(const SlotRef& slot);

/// `regions/r/sites/s` of a slot's name.
std::string_view SiteOfSlot(std::string_view slot);

/// One site made from the ledger alone, every seat that no appointment has being free, and the
/// slots that the book has to open for it.
struct SitePicture {
  std::string name;                         ///< Full resource name.
  std::shared_ptr<const IndexedSite> site;  ///< Null: the directory does not have it any more.
  std::shared_ptr<const SiteCard> card;     ///< Null with `site`.
  std::vector<OpenSlot> open;
  int orphans = 0;  ///< Seats of appointments whose slot nothing makes any more.
};

/// `horizon_days` counts today. Cost grows with the site alone.
absl::StatusOr<SitePicture> MakeSitePicture(const SiteLedger& ledger,
                                            const Practitioners& practitioners, base::Instant now,
                                            int horizon_days);

/// The same for a whole region, without the slots to open: those of ten million fill gigabytes.
struct Picture {
  RegionView view;
  int orphans = 0;
};

/// Is given what the book has to open for one site after the other. A fault ends the picture.
using OpenSite = std::function<absl::Status(std::vector<OpenSlot> slots)>;

/// `open` may be null.
absl::StatusOr<Picture> MakePicture(const RegionLedger& ledger, base::Instant now, int horizon_days,
                                    const OpenSite& open = nullptr);

/// Where the book of a view ends, by its sites and communes.
std::shared_ptr<const BorderMap> MakeBorder(const RegionView& view);

/// Last day of the horizon as the book files it, in Paris.
std::string HorizonOf(base::Instant now, int horizon_days);

/// The slots of which the book is asked how many seats are free. What is over is as the ledger has
/// it: the book forgets it soon, and a slot that it does not know counts as full.
std::vector<std::string> SlotsToCount(const std::vector<OpenSlot>& open, base::Instant now);
std::vector<std::string> SlotsToCount(const SiteRef& site, base::Instant now);

/// The view with other free seats, which its index gets in place: one writer at a time.
RegionView WithChanges(const RegionView& view, const std::vector<SeatChange>& changes,
                       base::Instant fresh);

/// The view with sites added, replaced, or taken out where the picture has none. The version of the
/// directory stays: it moves when every changed site is in.
RegionView WithSites(const RegionView& view, const std::vector<SitePicture>& pictures);

}  // namespace sas::slots
