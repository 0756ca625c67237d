#pragma once

#include "absl/status/status.h"
#include "common/base/clock.h"
#include "sas/slots/v1/session_plan.pb.h"
#include "sas/slots/v1/site.pb.h"
#include "services/slots/store.h"

/// What every writing of a directory entry does, whether one came alone or a whole file:
/// output-only fields are the server's, and the etag grows when what is said is not what is there.
namespace sas::slots {

/// Does the entry say what is there already? Output-only fields do not count.
bool SaysTheSame(const v1::Site& before, const v1::Site& site);
bool SaysTheSame(const v1::SessionPlan& before, const v1::SessionPlan& plan);

/// Is it as much a community, and a member of the same ones, as before? `before` may be null. What
/// sites and askers belong to hangs on it, so a change is one of the whole region.
bool SameMembership(const v1::Structure* before, const v1::Structure& structure);

/// `before` may be null; `commune` is the name of the place's commune. A CSNP keeps the modes that
/// it has had (S2-01). Gives what was written.
absl::StatusOr<v1::Site> WriteSite(SlotsTransaction& transaction, v1::Site site,
                                   const v1::Site* before, const std::string& commune,
                                   base::Instant now);

/// The same of a plan.
absl::StatusOr<v1::SessionPlan> WritePlan(SlotsTransaction& transaction, v1::SessionPlan plan,
                                          const v1::SessionPlan* before, base::Instant now);

}  // namespace sas::slots
