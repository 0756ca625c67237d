#pragma once

#include <vector>

#include "sas/regulation/v1/care_order.pb.h"
#include "sas/slots/v1/seat_offer_service.pb.h"
#include "services/booking/domain/refill.h"

/// A waiting order of the regulation, as rules of sites and the file active look at it.
namespace sas::booking {

WaitingOrder WaitingOf(const regulation::v1::CareOrder& order);

/// Who would hold a seat for it, by its claim; of an order that nobody has an OSNP of its
/// territory.
slots::v1::SeatAsker OperatorOf(const regulation::v1::CareOrder& order);

/// By which ways its seat would be booked: an entry without regulation only by its own.
std::vector<sas::type::v1::EntryPoint> WaysOf(const regulation::v1::CareOrder& order);

/// What a site is asked about it by one of these ways.
slots::v1::CareNeed NeedOf(const regulation::v1::CareOrder& order, sas::type::v1::EntryPoint way);
slots::v1::SeatCandidate CandidateOf(const regulation::v1::CareOrder& order,
                                     sas::type::v1::EntryPoint way);

}  // namespace sas::booking
