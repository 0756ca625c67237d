#include "services/regulation/domain/neighbour.h"

#include "common/base/status.h"

namespace sas::regulation {
namespace {

constexpr std::chrono::hours kConventionMax{24 * 366 * 5};

bool IsUrgent(Priority priority) {
  return RuleOf(priority).band <= RuleOf(Priority::kUnspecified).band;
}

}  // namespace

std::chrono::seconds OfferPatience(Priority priority) {
  return IsUrgent(priority) ? std::chrono::seconds(60) : std::chrono::minutes(5);
}

absl::Status CheckDecline(Priority priority, bool reason_given) {
  if (reason_given || !IsUrgent(priority)) return absl::OkStatus();
  return base::InvalidField("reason", "REASON_REQUIRED",
                            "say why this urgent dossier cannot be taken over");
}

bool InForce(const ConventionValue& convention, base::Instant now, const care::Zone& zone) {
  if (now < convention.start || now >= convention.end) return false;
  if (convention.hours == HelpHours::kAlways) return true;
  const bool pdsa =
      care::IsPdsa(zone.DateOf(now), zone.TimeOf(now), care::HolidayRegimeOf(convention.host));
  return convention.hours == HelpHours::kPdsa ? pdsa : convention.hours == HelpHours::kSas && !pdsa;
}

absl::Status CheckConvention(const ConventionValue& convention) {
  if (convention.host == convention.helper) {
    return base::InvalidField("convention.helping_territory", "CONVENTION_TERRITORIES",
                              "a convention is between two territories");
  }
  if (convention.hours == HelpHours::kUnspecified) {
    return base::InvalidField("convention.hours", "CONVENTION_HOURS_REQUIRED",
                              "say when it helps: ALWAYS, PDSA or SAS");
  }
  if (convention.end <= convention.start || convention.end - convention.start > kConventionMax) {
    return base::InvalidField("convention.end_time", "CONVENTION_TIMES",
                              "it ends after it starts, and at most five years later");
  }
  return absl::OkStatus();
}

}  // namespace sas::regulation
