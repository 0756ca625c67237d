#include "services/regulation/protocol_ledger.h"

#include "common/base/status.h"

namespace sas::regulation {

absl::Status ProtocolNotFound(const std::string& name) {
  return base::Fail(absl::StatusCode::kNotFound, "PROTOCOL_NOT_FOUND",
                    "no such protocol or version; look it up in the library", {{"name", name}});
}

}  // namespace sas::regulation
