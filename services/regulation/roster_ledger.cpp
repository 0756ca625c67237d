#include "services/regulation/roster_ledger.h"

#include "common/base/status.h"
#include "services/regulation/neighbour_ledger.h"

namespace sas::regulation {

absl::Status ShiftNotFound(const std::string& name) {
  return base::Fail(absl::StatusCode::kNotFound, "SHIFT_NOT_FOUND",
                    "no such shift; look it up in the roster", {{"name", name}});
}

absl::Status CoordinatorNotFound(const std::string& name) {
  return base::Fail(absl::StatusCode::kNotFound, "COORDINATOR_NOT_FOUND",
                    "no such coordinator; look in the directory", {{"name", name}});
}

absl::Status ConventionNotFound(const std::string& name) {
  return base::Fail(absl::StatusCode::kNotFound, "CONVENTION_NOT_FOUND",
                    "no such convention; look it up in the list", {{"name", name}});
}

}  // namespace sas::regulation
