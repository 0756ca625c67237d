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

/// Did this person book it? His colleagues of the same structure did not.
bool IsBooker(const base::Actor& actor, const v1::Appointment& appointment);

/// As CheckSees, and who booked reads, moves and cancels what he booked wherever it is, and says
/// what its platform answered. What is done at the site (arrival, end of the passage, letters)
/// stays with the site.
absl::Status CheckSeesOrBooked(const base::Actor& actor, const v1::Appointment& appointment);

/// CheckSees for a list: narrows what is asked to what may be seen; `SITE_FORBIDDEN` for another
/// site's list, unless only the caller's own bookings are asked for (`query.booker`).
absl::Status Narrow(const base::Actor& actor, AppointmentQuery& query);

/// May this caller send an appointment that he has not booked to `site`? `SITE_FORBIDDEN`: a
/// practice moves its own within its site.
absl::Status CheckMayGo(const base::Actor& actor, const std::string& site);

/// The appointment as this caller may read it.
v1::Appointment ShownTo(const base::Actor& actor, v1::Appointment appointment);

/// PERMISSION_DENIED `TERRITORY_FORBIDDEN`.
absl::Status CheckTerritoryOf(const base::Actor& actor, const std::string& territory);

}  // namespace sas::booking
