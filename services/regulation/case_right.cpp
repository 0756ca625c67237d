#include "services/regulation/case_right.h"

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/regulation/convert.h"
#include "services/regulation/desk.h"

namespace sas::regulation {
namespace {

constexpr int kConventionsOfHostMax = 200;

const care::Zone& Paris() {
  static const absl::StatusOr<care::Zone> zone = care::Zone::Load("Europe/Paris");
  SAS_CHECK(zone.ok(), "the calendar was there at the start");
  return *zone;
}

// The convention that lets `actor` help in `host`; `at_any_hour` for who has begun to.
absl::StatusOr<std::string> FindHelp(RegulationTransaction& transaction, const base::Actor& actor,
                                     const std::string& region, const std::string& host,
                                     base::Instant now, bool at_any_hour) {
  ConventionQuery query;
  query.region = region;
  query.host = host;
  query.limit = kConventionsOfHostMax;
  SAS_ASSIGN_OR_RETURN(const auto conventions, transaction.neighbours().ListConventions(query));
  for (const v1::NeighbourConvention& each : conventions) {
    if (!CheckTerritoryRight(actor, each.helping_territory()).ok()) continue;
    if (at_any_hour || InForce(each, now)) return std::string(base::LastId(each.name()));
  }
  return std::string();
}

}  // namespace

ConventionValue ToValue(const v1::NeighbourConvention& convention) {
  return {convention.host_territory(), convention.helping_territory(),
          static_cast<HelpHours>(convention.hours()), ToInstant(convention.start_time()),
          ToInstant(convention.end_time())};
}

bool InForce(const v1::NeighbourConvention& convention, base::Instant now) {
  return InForce(ToValue(convention), now, Paris());
}

absl::StatusOr<std::string> CheckHelp(RegulationTransaction& transaction, const base::Actor& actor,
                                      const std::string& region, const std::string& host,
                                      base::Instant now) {
  const absl::Status own = CheckTerritoryRight(actor, host);
  if (own.ok()) return std::string();
  if (!base::IsRegulator(actor.role)) return own;
  SAS_ASSIGN_OR_RETURN(std::string convention,
                       FindHelp(transaction, actor, region, host, now, false));
  if (convention.empty()) return own;
  return convention;
}

absl::StatusOr<std::string> CheckCaseRight(RegulationTransaction& transaction,
                                           const base::Actor& actor, const v1::RegulationCase& row,
                                           base::Instant now) {
  if (row.state() == v1::RegulationCase::STATE_ARCHIVED) {
    return base::Fail(absl::StatusCode::kNotFound, "CASE_ARCHIVED",
                      "the dossier is archived: ask the archive of the establishment for it");
  }
  if (CheckTerritoryRight(actor, row.territory()).ok()) return std::string();
  const std::string region(base::RegionOf(row.name()));
  auto help = CheckHelp(transaction, actor, region, row.territory(), now);
  if (help.ok() || !IsOwner(ToValue(row.claim()), actor.subject, now)) return help;
  SAS_ASSIGN_OR_RETURN(std::string begun,
                       FindHelp(transaction, actor, region, row.territory(), now, true));
  if (begun.empty()) return help;
  return begun;
}

absl::StatusOr<std::vector<std::string>> OwnOrHelped(
    RegulationTransaction& transaction, const base::Actor& actor, const std::string& region,
    const absl::StatusOr<std::vector<std::string>>& own, const std::string& asked,
    base::Instant now) {
  if (own.ok() || !absl::IsPermissionDenied(own.status())) return own;
  SAS_RETURN_IF_ERROR(CheckHelp(transaction, actor, region, asked, now).status());
  return std::vector<std::string>{asked};
}

}  // namespace sas::regulation
