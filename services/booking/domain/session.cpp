#include "services/booking/domain/session.h"

#include "common/base/status.h"

namespace sas::booking {
namespace {

bool IsOpen(const SessionPassage& passage) {
  switch (passage.state) {
    case State::kFulfilled:
      return !passage.final_motif && !passage.final_motif_unknown;
    case State::kNoShow:
    case State::kAbandoned:
    case State::kCancelled:
      return false;
    default:
      return true;
  }
}

}  // namespace

absl::StatusOr<SessionCounts> CheckSession(const std::vector<SessionPassage>& passages) {
  SessionCounts counts;
  int open = 0;
  std::string named;
  for (const SessionPassage& passage : passages) {
    if (IsOpen(passage)) {
      if (open++ >= kOpenPassagesNamed) continue;
      if (!named.empty()) named += ',';
      named += passage.appointment;
      continue;
    }
    counts.fulfilled += passage.state == State::kFulfilled ? 1 : 0;
    counts.motif_unknown += passage.final_motif_unknown ? 1 : 0;
    counts.no_show += passage.state == State::kNoShow ? 1 : 0;
    counts.abandoned += passage.state == State::kAbandoned ? 1 : 0;
  }
  if (open == 0) return counts;
  return base::Fail(absl::StatusCode::kFailedPrecondition, "SESSION_NOT_COMPLETE",
                    std::to_string(open) +
                        " passages of the session have no end or no final motif: resolve them, "
                        "with \"unknown\" where the motif is not known",
                    {{"count", std::to_string(open)}, {"appointments", named}});
}

std::string_view AgendaOfSlot(std::string_view slot) {
  const std::string_view id = slot.substr(slot.rfind('/') + 1);
  return id.substr(0, id.rfind('-'));
}

}  // namespace sas::booking
