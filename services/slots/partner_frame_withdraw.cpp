#include <algorithm>
#include <set>
#include <vector>

#include "common/base/status.h"
#include "common/base/timestamp.h"
#include "services/slots/partner_frame.h"

// What a frame takes away.
namespace sas::slots {

using base::ToInstant;

absl::Status FrameWork::WithdrawUnnamed(SlotsTransaction& transaction, const SlotsJudged& judged) {
  std::set<base::Instant> named;
  for (int i = 0; i < slots().size(); ++i) {
    const auto index = static_cast<std::size_t>(i);
    if (judged.accepted[index] || index >= limits_.slots_max) {
      named.insert(ToInstant(slots()[i].start_time()));
    }
  }
  std::vector<base::Instant> gone;
  for (const auto& [start, fed] : standing_) {
    if (start < window_.start || start >= window_.end || start <= now_) continue;
    if (named.count(start) == 0) gone.push_back(start);
  }
  const bool names_taken = std::any_of(slots().begin(), slots().end(),
                                       [](const auto& slot) { return slot.free_seats() == 0; });
  for (const base::Instant start : gone) {
    SAS_RETURN_IF_ERROR(Withdraw(transaction, start, names_taken));
  }
  return absl::OkStatus();
}

// A platform may name free slots only: what one of our appointments has stays, without a free seat,
// so that its patient is not taken for one whose slot is gone. Unless the platform has named it as
// taken before: then it is (hazard H-27).
absl::Status FrameWork::Withdraw(SlotsTransaction& transaction, base::Instant start,
                                 bool said_gone) {
  const auto found = standing_.find(start);
  if (found == standing_.end() || start <= now_) return absl::OkStatus();
  if (Taken(start) == 0) {
    standing_.erase(found);
    ++changes_;
    return transaction.partners().DeleteSlot(frame_.agenda(), start);
  }
  FedSlot next = found->second;
  next.known = HearSource({next.slot.free_seats(), next.known}, 0, Taken(start)).known;
  next.slot.set_free_seats(0);
  next.word = HearUnnamed(next.word, said_gone);
  return Put(transaction, std::move(next));
}

}  // namespace sas::slots
