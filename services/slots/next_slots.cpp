#include "services/slots/next_slots.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/base/timestamp.h"
#include "services/slots/candidate_place.h"
#include "services/slots/domain/search_kernel.h"
#include "services/slots/domain/slot_name.h"
#include "services/slots/slot_rules.h"
#include "services/slots/slot_search.h"

namespace sas::slots {
namespace {

constexpr std::size_t kNextSlots = 3;

// Of a region, best first; never `but`.
std::vector<std::string> Best(const RegionView& view, const care::Point& centre, const Need& need,
                              base::Instant now, base::Instant due, std::string_view but) {
  Query query;
  query.centre = centre;
  query.radius_meters = kRadiusStandardMeters;
  query.now = now;
  query.start = now;
  query.end = now + kWindowStandard;
  query.due = std::clamp<base::Instant>(due, now, query.end);
  query.need = need;
  query.limit = kNextSlots + 1;
  query.excluded_limit = 0;
  std::vector<std::string> names;
  for (const Match& match : Search(*view.index, query).matches) {
    if (match.slot.name() != but && names.size() < kNextSlots) names.push_back(match.slot.name());
  }
  return names;
}

}  // namespace

absl::Status WithNextSlots(absl::Status refusal, const SlotInView& lost, const Need& need,
                           base::Instant now) {
  base::ErrorDetail detail = base::DetailOf(refusal);
  if (detail.reason != "HOLD_LOST" || lost.card == nullptr) return refusal;
  std::string names;
  for (const std::string& name :
       Best(*lost.view, lost.card->rules.point, need, now, now + kWindowStandard, /*but=*/"")) {
    if (!names.empty()) names += ' ';
    names += name;
  }
  if (names.empty()) return refusal;
  detail.metadata.emplace_back("next_slots", std::move(names));
  return base::WithDetail(std::move(refusal), detail);
}

absl::StatusOr<v1::SearchNextSlotsResponse> SearchNextSlots(
    const Projection& projection, const base::Call& call, const v1::SearchNextSlotsRequest& request,
    base::Instant now) {
  SAS_ASSIGN_OR_RETURN(const SlotIdentity slot, ParseSlotName(request.slot(), "slot"));
  SAS_ASSIGN_OR_RETURN(Need need,
                       ReadNeed(request.need(), request.booker_profession_code(), "need"));
  SAS_ASSIGN_OR_RETURN(const auto view,
                       FindRegion(projection, call, base::JoinName({{"regions", slot.region}})));
  need.asker = AskerOf(call.actor, request.asker(), *view, slot.region);
  care::Point centre;
  if (request.has_point() || !request.insee_code().empty()) {
    v1::SeatCandidate patient;
    if (request.has_point()) *patient.mutable_point() = request.point();
    patient.set_insee_code(request.insee_code());
    SAS_ASSIGN_OR_RETURN(centre, PlaceOf(patient, *view, "patient"));
  } else {
    SAS_ASSIGN_OR_RETURN(const SlotInView lost, FindSlot(projection, call, request.slot(), "slot"));
    centre = lost.card->rules.point;
  }
  const base::Instant due = request.has_due_time() ? base::ToInstant(request.due_time())
                                                   : base::Instant(now + kWindowStandard);
  v1::SearchNextSlotsResponse response;
  for (std::string& name :
       Best(*view, centre, need, now, due, request.taken() ? request.slot() : std::string())) {
    response.add_slots(std::move(name));
  }
  return response;
}

}  // namespace sas::slots
