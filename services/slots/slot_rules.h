#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "sas/slots/v1/seat_service.pb.h"
#include "sas/slots/v1/slot_service.pb.h"
#include "services/slots/domain/index/slot_ref.h"
#include "services/slots/domain/need.h"
#include "services/slots/domain/site_rules.h"
#include "services/slots/region_view.h"

namespace sas::slots {

/// Shape of a need: INVALID_ARGUMENT with the field below `field`.
absl::StatusOr<Need> ReadNeed(const v1::CareNeed& proto, std::string_view profession,
                              std::string_view field);

/// May this actor ask so? An entry point that is not the credentials' is PERMISSION_DENIED
/// `ENTRY_POINT_FORBIDDEN`, a SAS territory that is not his `TERRITORY_FORBIDDEN`.
absl::Status CheckAsker(const base::Actor& actor, const Need& need);

/// The person behind a call, with the communities of where he works as the view knows them: a site
/// by its structures, a structure by itself. Credentials without organization are of none.
Asker AskerOf(const base::Actor& actor, const RegionView& view, std::string_view region);

/// The person on whose behalf a service asks, as above; nobody unless `caller` is a service.
Asker AskerOf(const base::Actor& caller, const v1::SeatAsker& asker, const RegionView& view,
              std::string_view region);

/// "Not asked" is never "no" (H-06): without an order, whose signs the regulation has asked, and
/// but for a doctor, a new patient's must be known. FAILED_PRECONDITION `SEVERITY_SIGN`, proposing
/// the 15; a clinical rule, which nobody lifts here.
absl::Status CheckSigns(const base::Actor& actor, const v1::CareNeed& need);

/// Does a practice move an appointment within its own site? Then the entry point is that of who
/// booked it, and was judged.
bool MovesWithinOwnSite(const base::Actor& actor, const std::string& site,
                        std::string_view moving_slot);

/// The same for such a move: who entered is not who holds. Takes over into `need` a profession that
/// the site lets in; the confirmation judges that of who booked.
absl::Status CheckMover(const base::Actor& actor, const SiteRules& site, Need& need);

/// A new hold, or the confirmation of one that lives. Whoever holds a seat may confirm it although
/// the practice has meanwhile withdrawn the slot or its hour of give-back has come.
enum class Stage { kHold, kConfirm };

/// What the site's rules say to a hold or a confirmation of this slot, with the strictness of a
/// hold. FAILED_PRECONDITION or PERMISSION_DENIED with the rule and who may lift it; `rule`, when
/// given, becomes the one that lets the need in. Of a slot that the practice has taken back:
/// FAILED_PRECONDITION `SLOT_WITHDRAWN`, `SLOT_GIVEN_BACK`.
absl::Status CheckSlotFor(const SlotRef& slot, const Need& need, base::Instant now, Stage stage,
                          const EntryRule** rule);

/// One more beside `used` in the week of who receives (S2-53)? FAILED_PRECONDITION
/// `PRACTITIONER_WEEKLY_CAP`.
absl::Status CheckWeeklyCap(const SlotRef& slot, int used);

/// Is `leaving`, which may be null, a seat that counts on the day of `slot` at its site?
bool CountsThatDay(const SlotRef& leaving, const SlotRef& slot);

/// Seats of the slot's day that are held or booked, as the view knows; without one in `leaving`,
/// which may be null.
int UsedThatDay(const SlotRef& slot, const SlotRef& leaving = {});

/// The same for the week of who receives.
int UsedThatWeek(const RegionIndex& index, const SlotRef& slot, const SlotRef& leaving);

/// One more beside `used` on the slot's day? FAILED_PRECONDITION `SITE_DAILY_CAP`.
absl::Status CheckDailyCap(const SlotRef& slot, int used);

/// May this role see the site's line for professionals?
bool SeesDirectLine(base::Role role);

}  // namespace sas::slots
