#include "services/regulation/desk.h"

#include <algorithm>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/care/identifiers.h"
#include "common/rpc/auth.h"
#include "services/regulation/room_watch.h"

namespace sas::regulation {

absl::Status ReadFigures(Desk& desk, const base::Call& call) {
  const base::Instant now = desk.clock.Now();
  RoomCount room;
  SAS_RETURN_IF_ERROR(
      desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        SAS_ASSIGN_OR_RETURN(room, transaction.CountRoom("", {}, now));
        return absl::OkStatus();
      }));
  desk.metrics.Refresh(room, now);
  return absl::OkStatus();
}

absl::Status CheckNotShed(const Desk& desk, std::string_view name) {
  if (desk.room == nullptr || !desk.room->Surging(std::string(base::RegionOf(name)))) {
    return absl::OkStatus();
  }
  return base::FailRetryable(absl::StatusCode::kResourceExhausted, "SURGE_SHED",
                             "a surge was declared: reports and trials wait until it has ended",
                             std::chrono::minutes(1));
}

absl::Status CheckName(const base::Call& call, std::string_view pattern, std::string_view name,
                       std::string_view field) {
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName(pattern, name, field));
  return rpc::CheckRegion(call, ids[0]);
}

absl::Status CheckTerritoryRight(const base::Actor& actor, const std::string& territory) {
  if (actor.territories.empty() || std::find(actor.territories.begin(), actor.territories.end(),
                                             territory) != actor.territories.end()) {
    return absl::OkStatus();
  }
  return base::Fail(absl::StatusCode::kPermissionDenied, "TERRITORY_FORBIDDEN",
                    "your rights are for other SAS territories; hand it to a colleague there",
                    {{"territory", territory}});
}

absl::StatusOr<std::vector<std::string>> TerritoriesOf(const base::Actor& actor,
                                                       const std::string& asked) {
  if (asked.empty()) return actor.territories;
  SAS_RETURN_IF_ERROR(care::CheckTerritory(asked, "territory"));
  SAS_RETURN_IF_ERROR(CheckTerritoryRight(actor, asked));
  return std::vector<std::string>{asked};
}

absl::Status CheckEtag(const std::string& etag, const v1::RegulationCase& row) {
  if (etag.empty()) {
    return base::InvalidField("etag", "ETAG_REQUIRED",
                              "send the version on the screen; read the dossier first");
  }
  if (etag == row.etag()) return absl::OkStatus();
  return base::Fail(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                    "the dossier has changed since it was read; look at it again",
                    {{"etag", row.etag()}});
}

absl::Status RegulatorRequired() {
  return base::Fail(absl::StatusCode::kPermissionDenied, "REGULATOR_REQUIRED",
                    "only a regulator may do this; ask one");
}

}  // namespace sas::regulation
