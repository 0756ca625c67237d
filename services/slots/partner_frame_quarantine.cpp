#include <set>

#include "common/base/status.h"
#include "common/base/timestamp.h"
#include "services/slots/partner_frame.h"

namespace sas::slots {
namespace {

using base::ToInstant;

/// The same to a patient, whatever is free of it.
bool SameShape(const v1::PartnerSlot& a, const v1::PartnerSlot& b) {
  const auto shape = [](v1::PartnerSlot slot) {
    slot.clear_external_id();
    slot.clear_free_seats();
    return slot.SerializeAsString();
  };
  return shape(a) == shape(b);
}

}  // namespace

// What our appointments have, and what is taken at the source, is not counted: a platform may name
// free slots only. Nor is what the site or a licence takes out of the offer: it goes by our own
// change, and whoever sends on is not held for it.
absl::StatusOr<Quarantine> FrameWork::Distrust(SlotsTransaction& transaction,
                                               const SlotsJudged& judged) {
  const bool released = snapshot_ && agenda_.position.resync == Resync::kReleased;
  if (frame_.mass_change_confirmed() || released || standing_.empty()) return Quarantine::kNone;
  std::map<base::Instant, const v1::PartnerSlot*> told;  // Null: left as it is.
  std::set<base::Instant> told_starts;
  for (int i = 0; i < slots().size(); ++i) {
    const auto index = static_cast<std::size_t>(i);
    const base::Instant start = ToInstant(slots()[i].start_time());
    if (judged.accepted[index]) told[start] = &slots()[i];
    // A wrong zone may push slots into hours in which they are refused: they are told all the same.
    told_starts.insert(start);
    if (index >= limits_.slots_max) told.emplace(start, nullptr);
  }
  std::set<base::Instant> removed(judged.distrusted.begin(), judged.distrusted.end());
  for (const auto& start : frame_.delta().removed_start_times()) removed.insert(ToInstant(start));
  std::size_t gone = 0;
  std::set<base::Instant> standing;
  for (const auto& [start, fed] : standing_) {
    if (start <= now_ || fed.slot.free_seats() == 0 || Taken(start) > 0) continue;
    if (Bar(fed.slot) != SlotBar::kNone) continue;
    const bool settled = snapshot_ && start >= window_.start && start < window_.end;
    if (settled) standing.insert(start);
    const auto named = told.find(start);
    const bool kept = named == told.end()
                          ? !settled && removed.count(start) == 0
                          : named->second == nullptr || SameShape(*named->second, fed.slot);
    gone += kept ? 0 : 1;
  }
  if (IsShifted(standing, told_starts)) return Quarantine::kShifted;
  if (IsEmptied(standing.size(), told_starts, now_)) return Quarantine::kMassChange;
  if (gone < kMassChangeMin) return Quarantine::kNone;
  SAS_ASSIGN_OR_RETURN(const auto all, transaction.partners().ListSlots(frame_.agenda(), now_,
                                                                        now_ + kPartnerAhead));
  std::size_t to_come = 0;
  for (const FedSlot& each : all) {
    if (each.slot.free_seats() > 0 && Bar(each.slot) == SlotBar::kNone) ++to_come;
  }
  return IsMassChange(gone, to_come) ? Quarantine::kMassChange : Quarantine::kNone;
}

}  // namespace sas::slots
