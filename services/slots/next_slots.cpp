#include "services/slots/next_slots.h"

#include <chrono>
#include <string>
#include <utility>

#include "common/base/status.h"
#include "services/slots/domain/search_kernel.h"
#include "services/slots/slot_search.h"

namespace sas::slots {
namespace {

constexpr std::size_t kNextSlots = 3;

}  // namespace

absl::Status WithNextSlots(absl::Status refusal, const SlotInView& lost, const Need& need,
                           base::Instant now) {
  base::ErrorDetail detail = base::DetailOf(refusal);
  if (detail.reason != "HOLD_LOST" || lost.card == nullptr) return refusal;
  Query query;
  query.centre = lost.card->rules.point;
  query.radius_meters = kRadiusStandardMeters;
  query.now = now;
  query.start = now;
  query.end = now + kWindowStandard;
  query.due = query.end;
  query.need = need;
  query.limit = kNextSlots;
  query.excluded_limit = 0;
  std::string names;
  for (const Match& match : Search(*lost.view->index, query).matches) {
    if (!names.empty()) names += ' ';
    names += match.slot.name();
  }
  if (names.empty()) return refusal;
  detail.metadata.emplace_back("next_slots", std::move(names));
  return base::WithDetail(std::move(refusal), detail);
}

}  // namespace sas::slots
