#include "services/slots/slot_standings.h"

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/rpc/auth.h"
#include "services/slots/domain/slot_name.h"
#include "services/slots/domain/unmade_slot.h"
#include "services/slots/region_ledger.h"
#include "services/slots/region_view.h"

namespace sas::slots {
namespace {

using Kind = v1::SlotStanding::Kind;

constexpr int kSlotsMax = 200;

struct Asked {
  SlotIdentity identity;
  v1::SlotStanding* answer = nullptr;
};

Kind KindOf(const PlannedSlot& slot) {
  if (slot.staffed) return v1::SlotStanding::KIND_SERVED;
  return slot.withdrawn ? v1::SlotStanding::KIND_WITHDRAWN : v1::SlotStanding::KIND_UNSTAFFED;
}

// Of a slot that nothing makes.
absl::StatusOr<Kind> Unmade(SlotsTransaction& transaction, const SlotIdentity& slot) {
  const std::string agenda = slot.site + "/agendas/" + slot.agenda;
  SAS_ASSIGN_OR_RETURN(const auto platform, transaction.partners().GetAgenda(agenda));
  return platform ? v1::SlotStanding::KIND_UNSPECIFIED : v1::SlotStanding::KIND_GONE;
}

// The slots of one site.
absl::Status Judge(SlotsTransaction& transaction, const std::string& site,
                   const std::vector<Asked>& asked, base::Instant now, int horizon_days) {
  SAS_ASSIGN_OR_RETURN(const RegionLedger ledger,
                       ReadSites(transaction, base::RegionOf(site), {site}, now));
  std::map<std::string_view, Kind> made;
  SitePicture picture;
  if (!ledger.sites.empty()) {
    SAS_ASSIGN_OR_RETURN(picture,
                         MakeSitePicture(ledger.sites[0], ledger.practitioners, now, horizon_days));
    for (const IndexedSlot& each : picture.site->slots) {
      if (!IsUnmade(each.slot)) made.emplace(each.slot.name, KindOf(each.slot));
    }
  }
  // The last day has come, or is not whole yet, by the clock of the site.
  const base::Instant end = now + std::chrono::hours(24) * (horizon_days - 1);
  for (const Asked& each : asked) {
    each.answer->set_kind(v1::SlotStanding::KIND_UNSPECIFIED);
    if (each.identity.start <= now) continue;
    const auto found = made.find(each.answer->slot());
    if (found != made.end()) {
      each.answer->set_kind(found->second);
    } else if (each.identity.start < end) {
      SAS_ASSIGN_OR_RETURN(const Kind kind, Unmade(transaction, each.identity));
      each.answer->set_kind(kind);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::GetSlotStandingsResponse> ReadSlotStandings(
    SlotsStore& store, const base::Call& call, const v1::GetSlotStandingsRequest& request,
    base::Instant now, int horizon_days) {
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName("regions/*", request.parent(), "parent"));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
  if (request.slots().empty() || request.slots_size() > kSlotsMax) {
    return base::InvalidField("slots", "INVALID_SLOT_COUNT", "between 1 and 200 slots");
  }
  v1::GetSlotStandingsResponse response;
  for (int i = 0; i < request.slots_size(); ++i) response.add_standings();
  std::map<std::string, std::vector<Asked>> sites;
  for (int i = 0; i < request.slots_size(); ++i) {
    const std::string field = "slots[" + std::to_string(i) + "]";
    SAS_ASSIGN_OR_RETURN(SlotIdentity identity, ParseSlotName(request.slots(i), field));
    if (identity.region != ids[0]) {
      return base::InvalidField(field, "REGION_MISMATCH", "not a slot of `parent`");
    }
    v1::SlotStanding* answer = response.mutable_standings(i);
    answer->set_slot(request.slots(i));
    sites[identity.site].push_back({identity, answer});
  }
  for (const auto& [site, asked] : sites) {
    SAS_RETURN_IF_ERROR(
        store.Read(call, [&, &site = site, &asked = asked](SlotsTransaction& transaction) {
          return Judge(transaction, site, asked, now, horizon_days);
        }));
  }
  return response;
}

}  // namespace sas::slots
