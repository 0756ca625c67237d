#include "services/slots/practitioners.h"

#include <utility>

#include "common/base/status.h"
#include "services/slots/convert.h"

namespace sas::slots {

std::optional<care::Date> LicenceEndOf(const Practitioners& known, std::string_view name,
                                       std::string_view site) {
  const auto found = known.find(name);
  return found == known.end() ? std::nullopt : LicenceEnd(found->second, site);
}

absl::Status ReadPractitioner(SlotsTransaction& transaction, const std::string& name,
                              Practitioners& known) {
  if (name.empty() || known.count(name) != 0) return absl::OkStatus();
  SAS_ASSIGN_OR_RETURN(auto found, transaction.GetPractitioner(name));
  if (found) known.emplace(name, *std::move(found));
  return absl::OkStatus();
}

}  // namespace sas::slots
