#include "services/slots/domain/partner_quarantine.h"

#include <algorithm>

namespace sas::slots {
namespace {

constexpr std::size_t kNearlyAll = 10;  ///< All but one in so many.

std::size_t Found(const std::set<base::Instant>& standing, const std::set<base::Instant>& told,
                  std::chrono::hours shift) {
  return static_cast<std::size_t>(
      std::count_if(standing.begin(), standing.end(),
                    [&](base::Instant start) { return told.count(start + shift) != 0; }));
}

}  // namespace

std::string_view QuarantineReason(Quarantine quarantine) {
  switch (quarantine) {
    case Quarantine::kMassChange:
      return "MASS_CHANGE";
    case Quarantine::kShifted:
      return "FEED_SHIFTED";
    case Quarantine::kNone:
      break;
  }
  return "";
}

std::string_view QuarantineMessage(Quarantine quarantine) {
  switch (quarantine) {
    case Quarantine::kMassChange:
      return "it would take away all of the agenda's slots to come, or take away or change "
             "more than 5 % of them at once: if that is meant, send it again confirmed, or let a "
             "coordinator "
             "release the agenda and send a snapshot";
    case Quarantine::kShifted:
      return "its slots are those that stand, some whole hours off: check the zone; if the hours "
             "are right, send it again confirmed, or let a coordinator release the agenda and send "
             "a snapshot";
    case Quarantine::kNone:
      break;
  }
  return "";
}

bool IsMassChange(std::size_t gone, std::size_t standing) {
  return gone >= kMassChangeMin && gone * kMassChangeShare > standing;
}

bool IsEmptied(std::size_t standing, const std::set<base::Instant>& told, base::Instant now) {
  return standing >= kEmptiedMin && told.upper_bound(now) == told.end();
}

bool IsShifted(const std::set<base::Instant>& standing, const std::set<base::Instant>& told) {
  if (standing.size() < kShiftedMin) return false;
  const std::size_t nearly_all = standing.size() - standing.size() / kNearlyAll;
  if (Found(standing, told, std::chrono::hours(0)) >= nearly_all) return false;
  for (const int hours : {-2, -1, 1, 2}) {
    if (Found(standing, told, std::chrono::hours(hours)) >= nearly_all) return true;
  }
  return false;
}

FeedPosition Confirm(const FeedPosition& applied) {
  FeedPosition next = applied;
  if (applied.resync == Resync::kQuarantine) next.resync = Resync::kPhantom;
  return next;
}

}  // namespace sas::slots
