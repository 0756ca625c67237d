#include "services/slots/import_header.h"

#include <algorithm>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/care/identifiers.h"
#include "common/rpc/auth.h"
#include "services/slots/import_run.h"

namespace sas::slots {
namespace {

/// It stands in audit records: a name, not a sentence.
absl::Status CheckImportId(std::string_view id) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
  };
  if (!id.empty() && id.size() <= kImportIdMax && std::all_of(id.begin(), id.end(), plain)) {
    return absl::OkStatus();
  }
  return base::InvalidField("header.import_id", "INVALID_IMPORT_ID",
                            "use 1 to 64 letters, digits, '-', '.', '_', '~'");
}

absl::Status CheckTerritories(const base::Actor& actor, const v1::ImportHeader& header) {
  if (header.territories_size() > kImportTerritoriesMax) {
    return base::InvalidField("header.territories", "TOO_MANY_VALUES", "at most 20");
  }
  for (const std::string& code : header.territories()) {
    SAS_RETURN_IF_ERROR(care::CheckTerritory(code, "header.territories"));
  }
  const auto& own = actor.territories;
  for (const std::string& code : header.territories()) {
    if (own.empty() || std::find(own.begin(), own.end(), code) != own.end()) continue;
    return base::Fail(absl::StatusCode::kPermissionDenied, "TERRITORY_FORBIDDEN",
                      "your credentials do not cover the SAS territory " + code,
                      {{"territory", code}});
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ImportScope> CheckImportHeader(const base::Call& call,
                                              const v1::ImportHeader& header, base::Instant now) {
  SAS_ASSIGN_OR_RETURN(const auto ids,
                       base::ParseName("regions/*", header.parent(), "header.parent"));
  SAS_RETURN_IF_ERROR(CheckImportId(header.import_id()));
  if (header.format() == v1::ImportHeader::FORMAT_UNSPECIFIED ||
      !v1::ImportHeader::Format_IsValid(header.format())) {
    return base::InvalidField("header.format", "UNKNOWN_ENUM_VALUE", "use a value of the list");
  }
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
  SAS_RETURN_IF_ERROR(CheckTerritories(call.actor, header));
  return ImportScope{
      ids[0], {header.territories().begin(), header.territories().end()}, call.actor, now};
}

}  // namespace sas::slots
