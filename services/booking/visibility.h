#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "services/booking/store.h"

/// Which appointments of a region a caller sees, and how much of each (domain.md §1.2: an effecteur
/// does not see others' patients, a planner sees no clinical data).
namespace sas::booking {

/// PERMISSION_DENIED `TERRITORY_FORBIDDEN`, `SITE_FORBIDDEN` (practices: their own site, when the
/// credentials name one), `NOT_YOUR_BOOKING` (professionals: what they booked).
absl::Status CheckSees(const base::Actor& actor, const v1::Appointment& appointment);

/// The same for a list: narrows what is asked to what may be seen; `SITE_FORBIDDEN` for another
/// site's list.
absl::Status Narrow(const base::Actor& actor, AppointmentQuery& query);

/// May this caller send an appointment to `site`? `SITE_FORBIDDEN`: a practice moves its own within
/// its site.
absl::Status CheckMayGo(const base::Actor& actor, const std::string& site);

/// The appointment as this caller may read it.
v1::Appointment ShownTo(const base::Actor& actor, v1::Appointment appointment);

/// PERMISSION_DENIED `TERRITORY_FORBIDDEN`.
absl::Status CheckTerritoryOf(const base::Actor& actor, const std::string& territory);

}  // namespace sas::booking
