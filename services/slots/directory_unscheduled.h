#pragma once

#include "absl/status/status.h"
#include "common/base/clock.h"
#include "sas/slots/v1/site.pb.h"
#include "services/slots/store.h"

namespace sas::slots {

/// A plan counts from so long before its first day: the directory tells of the coming week.
inline constexpr int kUnscheduledAheadDays = 7;

/// Fills `unscheduled_care` of a site of the directory: what its entry rules, its plans in effect
/// and its platforms have for 15 and 116 117 (S3-21).
absl::Status TellUnscheduledCare(SlotsTransaction& transaction, base::Instant now, v1::Site& site);

}  // namespace sas::slots
