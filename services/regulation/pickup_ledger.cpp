#include "services/regulation/pickup_ledger.h"

#include "common/base/status.h"
#include "services/regulation/convert.h"

namespace sas::regulation {

absl::Status WaitingCallNotFound(const std::string& name) {
  return base::Fail(absl::StatusCode::kNotFound, "WAITING_CALL_NOT_FOUND",
                    "no such call; list those that ring", {{"name", name}});
}

WaitingValue ToValue(const WaitingRow& row) {
  return {row.call.name(), static_cast<WaitingState>(row.call.state()), row.again,
          ToInstant(row.call.arrival_time()), ToInstant(row.call.pickup_time())};
}

}  // namespace sas::regulation
