#include "services/regulation/exchange_ledger.h"

#include "common/base/status.h"

namespace sas::regulation {

absl::Status ExchangeNotFound(const std::string& name) {
  return base::Fail(absl::StatusCode::kNotFound, "EXCHANGE_NOT_FOUND",
                    "no such exchange; look it up in the list of the dossier", {{"name", name}});
}

}  // namespace sas::regulation
