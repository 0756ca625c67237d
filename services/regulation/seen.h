#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "sas/regulation/v1/care_order.pb.h"
#include "sas/regulation/v1/regulation_case.pb.h"
#include "services/regulation/desk.h"

/// An act carries the name of what it changes and the version that was on the screen: who looks at
/// another dossier than the one he names is told so before anything happens (hazard H-31).
namespace sas::regulation {

/// What an act on an older version of the right entry does.
enum class Stale {
  kRefused,
  kPasses,  ///< A raise always wins; what is written beside the dossier overwrites nothing.
};

/// FAILED_PRECONDITION `ETAG_OF_ANOTHER`; ABORTED `ETAG_MISMATCH`, for who may read all of the
/// dossier with what has changed since. INVALID_ARGUMENT `ETAG_REQUIRED` when the act carries none
/// and the setting asks for one.
absl::Status CheckSeen(const Desk& desk, const base::Actor& actor, const std::string& etag,
                       const v1::RegulationCase& row, Stale stale = Stale::kRefused);
/// The same for any other entry: an order, a task, an exchange, a call to return.
absl::Status CheckSeen(const Desk& desk, const std::string& etag, const std::string& name,
                       const std::string& current);

/// The next change of `row`, which has its new version: the oldest of too many is forgotten.
void KeepChange(v1::RegulationCase& row, const base::Call& call, const std::string& detail,
                base::Instant now);

}  // namespace sas::regulation
