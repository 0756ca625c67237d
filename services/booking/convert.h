#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/call.h"
#include "common/base/clock.h"
#include "common/base/etag.h"
#include "common/base/timestamp.h"
#include "sas/booking/v1/appointment.pb.h"
#include "sas/type/v1/actor.pb.h"
#include "sas/type/v1/care.pb.h"
#include "services/booking/domain/appointment.h"
#include "services/booking/domain/eligibility.h"
#include "services/booking/domain/group.h"
#include "services/booking/domain/severity.h"
#include "services/booking/domain/values.h"

/// Between the messages that the ledger keeps and the values of the rules.
namespace sas::booking {

using base::EtagOf;
using base::ToInstant;
using base::ToTimestamp;

sas::type::v1::Actor ToProto(const base::Actor& actor);

inline State ToValue(v1::Appointment::State state) {
  return static_cast<State>(state);
}

inline Arrival ToValue(v1::Appointment::Arrival arrival) {
  return static_cast<Arrival>(arrival);
}

inline EntryPoint ToValue(sas::type::v1::EntryPoint entry_point) {
  return static_cast<EntryPoint>(entry_point);
}

inline AccessReason ToValue(sas::type::v1::AccessReason reason) {
  return static_cast<AccessReason>(reason);
}

std::vector<SeveritySign> SignsOf(const sas::type::v1::SeverityForm& form);

/// What the booking says of itself; its profession must be set already.
Entry EntryOf(const v1::Appointment& appointment);

GroupSeat GroupSeatOf(const v1::Appointment& appointment);

/// Order that an appointment fulfils; empty for the second of two resources, whose order the first
/// one fulfils.
std::string FulfilledOrder(const v1::Appointment& appointment);

/// "LINE_15" for ENTRY_POINT_LINE_15: for audit and metrics.
std::string_view EntryPointCode(sas::type::v1::EntryPoint entry_point);

}  // namespace sas::booking
