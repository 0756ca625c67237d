#include <algorithm>
#include <array>
#include <map>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/regulation/case_right.h"
#include "services/regulation/convert.h"
#include "services/regulation/convert_roster.h"
#include "services/regulation/neighbour_ledger.h"
#include "services/regulation/roster_acts.h"
#include "services/regulation/roster_work.h"
#include "services/regulation/store_rows.h"

namespace sas::regulation::acts {
namespace {

constexpr std::array kQueues{RosterQueue::kRegulation, RosterQueue::kOsnp, RosterQueue::kArm};
constexpr std::chrono::minutes kMinute{1};  // The last minute that is looked at counts, too.
constexpr int kPeopleMax = 200;
constexpr int kRowsMax = 1000;
constexpr int kConventionsMax = 200;

// What the ledger says of a region, read once.
struct Region {
  std::string id;
  std::vector<std::string> territories;
  std::vector<v1::Shift> shifts;
  std::map<std::string, int> claims;  ///< By subject.
  std::vector<v1::Surge> surges;
  std::vector<v1::NeighbourConvention> conventions;
  std::vector<OpenOffer> offers;
};

absl::Status CountClaims(RegulationTransaction& transaction, base::Instant now, Region& region) {
  region.claims.clear();
  CaseQuery cases;
  cases.region = region.id;
  cases.view = v1::CASE_LIST_VIEW_CLAIMED;
  cases.now = now;
  cases.limit = kRowsMax;
  SAS_ASSIGN_OR_RETURN(const auto claimed, transaction.ListCases(cases));
  for (const auto& row : claimed) ++region.claims[row.claim().owner().subject()];
  OrderQuery open;
  open.region = region.id;
  open.limit = kRowsMax;
  SAS_ASSIGN_OR_RETURN(const auto orders, transaction.ListOrders(open));
  for (const auto& order : orders) {
    const ClaimValue claim = ToValue(order.claim());
    if (IsLive(claim, now)) ++region.claims[claim.owner];
  }
  return absl::OkStatus();
}

absl::Status ReadRegion(RegulationTransaction& transaction, const std::vector<std::string>& wanted,
                        const std::string& asked, base::Instant now, std::chrono::minutes ahead,
                        Region& region) {
  region.territories.clear();
  SAS_ASSIGN_OR_RETURN(const auto rosters, transaction.roster().ListRosters());
  for (const auto& [of, territory] : rosters) {
    if (of == region.id && InTerritories(wanted, territory))
      region.territories.push_back(territory);
  }
  if (!asked.empty() && region.territories.empty()) region.territories.push_back(asked);
  SAS_ASSIGN_OR_RETURN(region.shifts,
                       ShiftsAt(transaction, region.id, wanted, now, now + ahead + kMinute));
  SAS_ASSIGN_OR_RETURN(region.surges, transaction.roster().ListSurges(region.id));
  ConventionQuery conventions;
  conventions.region = region.id;
  conventions.limit = kConventionsMax;
  SAS_ASSIGN_OR_RETURN(region.conventions, transaction.neighbours().ListConventions(conventions));
  OfferQuery offers;
  offers.region = region.id;
  offers.limit = kRowsMax;
  SAS_ASSIGN_OR_RETURN(region.offers, transaction.neighbours().ListOffers(offers));
  return CountClaims(transaction, now, region);
}

/// Puts what was read into words for one caller.
class View {
 public:
  View(const RosterDesk& desk, const base::Actor& viewer, base::Instant now, const Region& region)
      : desk_(desk), viewer_(viewer), now_(now), region_(region) {}

  void Fill(const std::string& territory, v1::TerritoryCoverage& shown) const {
    shown.set_territory(territory);
    std::vector<Attendance> attendance;
    for (const v1::Shift& shift : region_.shifts) {
      if (shift.territory() != territory) continue;
      const ShiftValue value = ToValue(shift);
      attendance.push_back({value, desk_.room.Present(region_.id, value, now_)});
    }
    for (const RosterQueue queue : kQueues) {
      FillQueue(territory, queue, attendance, *shown.add_queues());
    }
    *shown.mutable_call_rate() = ToProto(desk_.room.CallsOf(region_.id, territory));
    for (const v1::Surge& surge : region_.surges) {
      if (surge.territory() == territory && Lasts(surge, now_)) *shown.mutable_surge() = surge;
    }
    for (const v1::NeighbourConvention& each : region_.conventions) {
      if (each.host_territory() == territory && InForce(each, now_)) {
        shown.add_conventions(each.name());
      }
    }
    for (const OpenOffer& offer : region_.offers) {
      if (offer.from == territory) shown.set_offers_made_count(shown.offers_made_count() + 1);
      if (offer.to == territory) {
        shown.set_offers_received_count(shown.offers_received_count() + 1);
      }
    }
  }

 private:
  void FillQueue(const std::string& territory, RosterQueue queue,
                 const std::vector<Attendance>& attendance, v1::QueueCoverage& shown) const {
    const RoomWatch::Rules& rules = desk_.room.rules();
    const CoverageValue value = CoverageOf(territory, queue, attendance, rules.staffing,
                                           desk_.desk.zone, now_, rules.ahead);
    shown.set_queue(static_cast<v1::RosterQueue>(queue));
    shown.set_state(static_cast<v1::QueueCoverage::State>(value.state));
    if (value.gap) *shown.mutable_gap_time() = ToTimestamp(*value.gap);
    for (const Attendance& each : attendance) {
      if (QueueOf(each.shift.role) != queue || !OnShift(each.shift, now_)) continue;
      shown.set_on_shift_count(shown.on_shift_count() + 1);
      if (each.present) shown.set_present_count(shown.present_count() + 1);
      if (viewer_.role != base::Role::kOperations && shown.people_size() < kPeopleMax) {
        FillPerson(each, *shown.add_people());
      }
    }
  }

  void FillPerson(const Attendance& each, v1::PersonCoverage& shown) const {
    const auto shift =
        std::find_if(region_.shifts.begin(), region_.shifts.end(),
                     [&](const v1::Shift& row) { return row.name() == each.shift.name; });
    shown.set_shift(shift->name());
    shown.set_subject(shift->subject());
    shown.set_role(shift->role());
    shown.set_place(shift->place());
    *shown.mutable_languages() = shift->languages();
    *shown.mutable_skills() = shift->skills();
    *shown.mutable_end_time() = shift->end_time();
    shown.set_present(each.present);
    if (shift->has_sign_in_time()) *shown.mutable_sign_in_time() = shift->sign_in_time();
    if (viewer_.role != base::Role::kSupervisor && viewer_.subject != shift->subject()) return;
    v1::PersonCoverage::Load& load = *shown.mutable_load();
    const auto claims = region_.claims.find(shift->subject());
    load.set_claim_count(claims == region_.claims.end() ? 0 : claims->second);
    const RoomWatch::Acts acts = desk_.room.ActsOf(region_.id, shift->subject());
    load.set_act_count(acts.count);
    if (acts.count > 0) *load.mutable_last_act_time() = ToTimestamp(acts.last);
  }

  const RosterDesk& desk_;
  const base::Actor& viewer_;
  const base::Instant now_;
  const Region& region_;
};

}  // namespace

absl::StatusOr<v1::Coverage> GetCoverage(RosterDesk& desk, const base::Call& call,
                                         const v1::GetCoverageRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*", request.parent(), "parent"));
  SAS_ASSIGN_OR_RETURN(const auto wanted, TerritoriesOf(call.actor, request.territory()));
  const base::Instant now = desk.desk.clock.Now();
  Region region;
  region.id = std::string(base::RegionOf(request.parent()));
  SAS_RETURN_IF_ERROR(desk.desk.store.Read(call, [&](RegulationTransaction& transaction) {
    return ReadRegion(transaction, wanted, request.territory(), now, desk.room.rules().ahead,
                      region);
  }));
  const View view(desk, call.actor, now, region);
  v1::Coverage coverage;
  for (const std::string& territory : region.territories) {
    view.Fill(territory, *coverage.add_territories());
  }
  *coverage.mutable_read_time() = ToTimestamp(now);
  *coverage.mutable_acts_time() = ToTimestamp(desk.room.looked());
  return coverage;
}

}  // namespace sas::regulation::acts
