#include "services/booking/next_slots.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "common/base/status.h"
#include "services/booking/convert_peers.h"

namespace sas::booking {
namespace {

constexpr std::chrono::milliseconds kBudget{300};
constexpr char kKey[] = "next_slots";

bool KnowsPlace(const Passage& passage) {
  const auto& place = passage.order.place();
  return passage.order_read && (place.has_point() || !place.insee_code().empty());
}

slots::v1::SearchNextSlotsRequest AskFor(const Passage& passage, bool taken) {
  const regulation::v1::CareOrder* order = passage.order_read ? &passage.order : nullptr;
  slots::v1::SearchNextSlotsRequest ask;
  ask.set_slot(passage.draft.slot());
  *ask.mutable_need() = NeedOf(passage.draft, order);
  ask.set_taken(taken);
  ask.set_booker_profession_code(passage.draft.booker_profession_code());
  *ask.mutable_asker() = AskerOf(passage.call->actor);
  if (!KnowsPlace(passage)) return ask;
  if (passage.order.place().has_point()) *ask.mutable_point() = passage.order.place().point();
  ask.set_insee_code(passage.order.place().insee_code());
  if (passage.order.has_due_time()) *ask.mutable_due_time() = passage.order.due_time();
  return ask;
}

absl::Status Named(absl::Status refused, const slots::v1::SearchNextSlotsResponse& next) {
  if (next.slots().empty()) return refused;
  std::string names;
  for (const std::string& name : next.slots()) {
    if (!names.empty()) names += ' ';
    names += name;
  }
  base::ErrorDetail detail = base::DetailOf(refused);
  std::erase_if(detail.metadata, [](const auto& each) { return each.first == kKey; });
  detail.metadata.emplace_back(kKey, std::move(names));
  return base::WithDetail(std::move(refused), detail);
}

// What is to be asked, if anything is.
std::optional<slots::v1::SearchNextSlotsRequest> QuestionOf(const Passage& passage,
                                                            const absl::Status& refused) {
  const base::ErrorDetail detail = base::DetailOf(refused);
  const bool taken = detail.reason == "SEAT_TAKEN";
  if (!taken && detail.reason != "HOLD_LOST") return std::nullopt;
  // The slots have told it around the site already.
  const bool told = std::any_of(detail.metadata.begin(), detail.metadata.end(),
                                [](const auto& each) { return each.first == kKey; });
  if (told && !KnowsPlace(passage)) return std::nullopt;
  return AskFor(passage, taken);
}

}  // namespace

void TellNextSlots(const BookingParts& parts, const std::vector<Passage>& passages,
                   std::vector<absl::StatusOr<v1::Appointment>>& outcomes) {
  base::Call own = base::InternalCall("next-slots", parts.clock, kBudget);
  const auto until = own.deadline;
  for (std::size_t i = 0; i < passages.size(); ++i) {
    if (outcomes[i].ok()) continue;
    const auto ask = QuestionOf(passages[i], outcomes[i].status());
    if (!ask) continue;
    own.deadline = std::min(until, passages[i].call->deadline);
    own.trace_id = passages[i].call->trace_id;
    if (own.Left(parts.clock).count() <= 0) continue;
    const auto next = parts.slots.SearchNextSlots(own, *ask);
    if (next.ok()) outcomes[i] = Named(outcomes[i].status(), *next);
  }
}

}  // namespace sas::booking
