#pragma once

#include <string>
#include <string_view>

#include "common/base/call.h"
#include "sas/booking/v1/appointment.pb.h"
#include "sas/regulation/v1/care_order.pb.h"
#include "sas/slots/v1/seat_service.pb.h"
#include "services/booking/domain/eligibility.h"
#include "services/booking/domain/order_check.h"

/// Between the messages of the other services and ours.
namespace sas::booking {

EntryRule ToValue(const slots::v1::EntryRule& rule);
OrderFacts ToValue(const regulation::v1::CareOrder& order);

/// A regulator has ordered it. An order of the file active is no regulator's: it opens no regulated
/// agenda. `order` is null when it could not be read; then the entry point tells.
bool IsRegulated(const v1::Appointment& appointment, const regulation::v1::CareOrder* order);

/// What the slots hold against the site's rules. `order` may be null: a direct entry, or one whose
/// order could not be read. The mode was judged when the seat was held, so an entry without order
/// takes any.
slots::v1::CareNeed NeedOf(const v1::Appointment& appointment,
                           const regulation::v1::CareOrder* order);

/// Who books, for the slots: they propose what this person may see.
slots::v1::SeatAsker AskerOf(const base::Actor& actor);

/// Takes over what the ledger keeps of the seat.
void FillFrom(const slots::v1::PreparedSeat& seat, const regulation::v1::CareOrder* order,
              v1::Appointment& appointment);

}  // namespace sas::booking
