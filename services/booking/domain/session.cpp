#include "services/booking/domain/session.h"

#include "absl/time/time.h"
#include "common/base/status.h"

namespace sas::booking {
namespace {

constexpr std::size_t kStampLength = 14;  ///< yyyymmddthhmmz

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

std::optional<base::Instant> StartOfSlot(std::string_view slot) {
  const std::string stamp(slot.substr(slot.rfind('-') + 1));
  const bool shape = stamp.size() == kStampLength && stamp.size() < slot.size() &&
                     stamp.find_first_not_of("0123456789tz") == std::string::npos;
  if (!shape) return std::nullopt;  // ParseTime would pass over blanks.
  absl::Time start;
  if (!absl::ParseTime("%E4Y%m%dt%H%Mz", stamp, absl::UTCTimeZone(), &start, nullptr)) {
    return std::nullopt;
  }
  return base::Instant(std::chrono::microseconds(absl::ToUnixMicros(start)));
}

}  // namespace sas::booking
