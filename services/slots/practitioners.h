#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/care/calendar.h"
#include "sas/slots/v1/practitioner.pb.h"
#include "services/slots/store.h"

namespace sas::slots {

/// Practitioners of a directory, or some of them, by name.
using Practitioners = std::map<std::string, v1::Practitioner, std::less<>>;

/// LicenceEnd (convert.h) of one of them; of somebody else nothing is known.
std::optional<care::Date> LicenceEndOf(const Practitioners& known, std::string_view name,
                                       std::string_view site);

/// Adds one that is not known yet. Nobody is added for an empty name (à pourvoir), nor for one that
/// the directory does not have.
absl::Status ReadPractitioner(SlotsTransaction& transaction, const std::string& name,
                              Practitioners& known);

}  // namespace sas::slots
