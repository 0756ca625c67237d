#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "sas/slots/v1/session_plan.pb.h"
#include "sas/slots/v1/site.pb.h"
#include "services/slots/commune_table.h"
#include "services/slots/domain/search.h"
#include "services/slots/seat_values.h"
#include "services/slots/store.h"

namespace sas::slots {

/// What the answers need of a site beside its rules. Immutable.
struct SiteCard {
  std::size_t position = 0;  ///< In Snapshot::sites.
  v1::Site site;
  care::Zone zone;
};

/// One region at one moment; parts that do not change are shared between moments.
struct RegionView {
  std::int64_t epoch = 0;      ///< 0: made from the ledger while Redis was away.
  std::int64_t directory = 0;  ///< Version that it was made from.
  std::string horizon;         ///< Last day, YYYY-MM-DD.
  std::shared_ptr<const Snapshot> snapshot;
  std::shared_ptr<const std::map<std::string, SiteCard, std::less<>>> cards;
  std::shared_ptr<const CommuneTable> communes;

  const SiteCard* FindSite(std::string_view name) const;
  /// Site and slot of a slot's name; nulls when it is not within the horizon.
  std::pair<const IndexedSite*, const IndexedSlot*> FindSlot(std::string_view name) const;
};

/// `regions/r/sites/s` of a slot's name.
std::string_view SiteOfSlot(std::string_view slot);

/// What the ledger holds of a region, read in one transaction.
struct RegionLedger {
  RegionState state;
  std::vector<v1::Site> sites;
  std::vector<v1::SessionPlan> plans;
  std::map<std::string, v1::Practitioner, std::less<>> practitioners;
  std::vector<type::v1::Commune> communes;
  std::vector<SeatFact> taken;  ///< Of slots from kHistory ago on.
};

/// How far back appointments count for the fair share.
inline constexpr std::chrono::hours kHistory{29 * 24};
/// How far ahead appointments can be, and more.
inline constexpr std::chrono::hours kAhead{400 * 24};

absl::StatusOr<RegionLedger> ReadRegion(SlotsTransaction& transaction, std::string_view region,
                                        base::Instant now);

/// A view made from the ledger alone, every seat that no appointment has being free, and the slots
/// that the book has to open for it. `horizon_days` counts today.
struct Picture {
  RegionView view;
  std::vector<OpenSlot> open;
  int orphans = 0;  ///< Seats of appointments whose slot no plan makes any more.
};

absl::StatusOr<Picture> MakePicture(const RegionLedger& ledger, base::Instant now,
                                    int horizon_days);

/// Last day of the horizon as the book files it, in Paris.
std::string HorizonOf(base::Instant now, int horizon_days);

/// The view with other free seats. Copies only the sites that change.
RegionView WithChanges(const RegionView& view, const std::vector<SeatChange>& changes,
                       base::Instant fresh);

}  // namespace sas::slots
