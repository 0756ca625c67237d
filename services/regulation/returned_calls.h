#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "services/regulation/store.h"

namespace sas::regulation {

/// The caller of a lost call has called again: the call needs no return any more. `parent` is the
/// region; nothing happens without a number.
absl::Status MarkReturned(RegulationTransaction& transaction, const base::Call& call,
                          const std::string& parent, const std::string& number);

}  // namespace sas::regulation
