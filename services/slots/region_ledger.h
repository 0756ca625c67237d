#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "sas/slots/v1/barrier.pb.h"
#include "sas/slots/v1/session_plan.pb.h"
#include "sas/slots/v1/site.pb.h"
#include "sas/type/v1/place.pb.h"
#include "services/slots/domain/agenda_exception.h"
#include "services/slots/domain/session_plan.h"
#include "services/slots/practitioners.h"
#include "services/slots/store.h"

namespace sas::slots {

/// How far back appointments count for the fair share.
inline constexpr std::chrono::hours kHistory{29 * 24};
/// How far ahead appointments can be, and more.
inline constexpr std::chrono::hours kAhead{400 * 24};

/// What the ledger holds of one site. The one seam between what is kept and what is searched: every
/// source of slots ends here, and readings of a whole region and of one site both fill it.
struct SiteLedger {
  v1::Site site;
  std::vector<std::string> communities;  ///< CPTS to which it belongs, by its structures.
  std::vector<v1::SessionPlan> plans;
  /// Slots beside the plans: one-off openings, slots of partners. A plan's slot of the same name
  /// comes first.
  std::vector<PlannedSlot> extra;
  /// A slot that overlaps one of them is withdrawn, from whatever source: not offered any more, and
  /// what is held or booked of it stays.
  std::vector<Closure> closures;
  std::vector<SeatFact> taken;  ///< Of slots from kHistory ago on.
};

/// Communities (CPTS) of each structure that is a member of any, by full name.
using Memberships = std::map<std::string, std::vector<std::string>, std::less<>>;

/// What the ledger holds of a region, or of some sites of it; read in one transaction.
struct RegionLedger {
  RegionState state;
  std::vector<SiteLedger> sites;  ///< By name.
  Practitioners practitioners;    ///< At least those of the plans.
  std::vector<type::v1::Commune> communes;
  std::vector<v1::Barrier> barriers;
  Memberships memberships;      ///< Of a whole region.
  std::vector<SeatFact> stray;  ///< Taken seats of sites that the directory does not have.
};

/// All of a region.
absl::StatusOr<RegionLedger> ReadRegion(SlotsTransaction& transaction, std::string_view region,
                                        base::Instant now);

/// Some sites of a region, full names, at most kSiteChangesMax; without communes, barriers and
/// strays. A site that the directory does not have is absent from the answer.
absl::StatusOr<RegionLedger> ReadSites(SlotsTransaction& transaction, std::string_view region,
                                       const std::vector<std::string>& sites, base::Instant now);

}  // namespace sas::slots
