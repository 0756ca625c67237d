#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "services/slots/store.h"

namespace sas::slots {

inline constexpr int kPlanWarningsMax = 20;

/// What a coordinator should look at when the plan is written, in French: each agenda of a platform
/// that offers the plan's practitioner at the hours of its sessions, at any site. Not a refusal:
/// the platform may hear of the new hours a moment later, and of two slots at once the confirmation
/// gives one.
absl::StatusOr<std::vector<std::string>> PlanWarnings(SlotsTransaction& transaction,
                                                      const v1::SessionPlan& plan,
                                                      base::Instant now, int horizon_days);

/// The same of an opening of one day at `site`.
absl::StatusOr<std::vector<std::string>> OpeningWarnings(SlotsTransaction& transaction,
                                                         const v1::AgendaException& opening,
                                                         const v1::Site& site, base::Instant now);

}  // namespace sas::slots
