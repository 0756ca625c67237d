#pragma once

#include <vector>

#include "sas/regulation/v1/roster_service.pb.h"
#include "services/regulation/domain/call_silence.h"
#include "services/regulation/domain/roster.h"

/// Between the messages of rosters and the values of their rules.
namespace sas::regulation {

ShiftValue ToValue(const v1::Shift& shift);
std::vector<ShiftValue> ToValues(const std::vector<v1::Shift>& shifts);
v1::CallRate ToProto(const CallVerdict& verdict);

/// Does it last at `now`?
bool Lasts(const v1::Surge& surge, base::Instant now);

}  // namespace sas::regulation
