#include "services/regulation/domain/contact_attempt.h"

#include <string>

#include "common/base/status.h"
#include "services/regulation/domain/values.h"

namespace sas::regulation {

int UnansweredOf(const std::vector<ContactResult>& results) {
  int unanswered = 0;
  for (const ContactResult result : results) {
    switch (result) {
      case ContactResult::kReached:
        unanswered = 0;
        break;
      case ContactResult::kNoAnswer:
      case ContactResult::kVoicemail:
      case ContactResult::kBusy:
        ++unanswered;
        break;
      case ContactResult::kUnspecified:
      case ContactResult::kWrongNumber:
        break;
    }
  }
  return unanswered;
}

absl::Status CheckUnreachable(int unanswered, base::Role role) {
  if (IsRegulator(role) || unanswered >= kUnansweredMin) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kFailedPrecondition, "TOO_FEW_ATTEMPTS",
                    "call the patient again and record it (RecordContactAttempt), or ask a "
                    "regulator",
                    {{"unanswered", std::to_string(unanswered)},
                     {"unanswered_min", std::to_string(kUnansweredMin)}});
}

absl::Status CheckCallback(base::Instant now, base::Instant callback, base::Instant due) {
  if (callback > now && callback < due) return absl::OkStatus();
  return base::InvalidField("callback_time", "INVALID_CALLBACK_TIME",
                            "after now and before the order's deadline");
}

}  // namespace sas::regulation
