#include <chrono>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/ledger/write_once.h"
#include "services/regulation/convert.h"
#include "services/regulation/convert_roster.h"
#include "services/regulation/facts.h"
#include "services/regulation/roster_acts.h"
#include "services/regulation/roster_work.h"

namespace sas::regulation::acts {
namespace {

constexpr std::chrono::hours kSurgeStandard{4};
constexpr std::chrono::hours kSurgeMax{24};

absl::StatusOr<base::Instant> UntilOf(const v1::DeclareSurgeRequest& request, base::Instant now) {
  if (!request.has_until_time()) return now + kSurgeStandard;
  const base::Instant until = ToInstant(request.until_time());
  if (until <= now || until > now + kSurgeMax) {
    return base::InvalidField("until_time", "SURGE_TIME",
                              "a surge ends by itself within 24 h; declare it again if it lasts");
  }
  return until;
}

}  // namespace

absl::StatusOr<v1::Surge> DeclareSurge(RosterDesk& desk, const base::Call& call,
                                       const v1::DeclareSurgeRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*", request.parent(), "parent"));
  SAS_RETURN_IF_ERROR(care::CheckTerritory(request.territory(), "territory"));
  SAS_RETURN_IF_ERROR(CheckTerritoryRight(call.actor, request.territory()));
  SAS_RETURN_IF_ERROR(CheckReason(request.reason()));
  const std::string name =
      SurgeName(std::string(base::RegionOf(request.parent())), request.territory());
  return ledger::WriteOnce<v1::Surge>(
      desk.desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::Surge> {
        const base::Instant now = desk.desk.clock.Now();
        SAS_ASSIGN_OR_RETURN(const base::Instant until, UntilOf(request, now));
        SAS_ASSIGN_OR_RETURN(const auto last, transaction.roster().FindSurge(name));
        if (last && Lasts(*last, now)) {
          return base::Fail(absl::StatusCode::kFailedPrecondition, "SURGE_DECLARED",
                            "a surge lasts here already; end it first to declare another");
        }
        v1::Surge surge;
        surge.set_name(name);
        surge.set_territory(request.territory());
        surge.set_reason(request.reason());
        *surge.mutable_declared_by() = ToProto(call.actor);
        *surge.mutable_declare_time() = ToTimestamp(now);
        *surge.mutable_until_time() = ToTimestamp(until);
        surge.set_etag(EtagOf(last ? VersionOf(last->etag()) + 1 : 1));
        SAS_RETURN_IF_ERROR(transaction.roster().PutSurge(surge));
        SAS_RETURN_IF_ERROR(
            RecordPlain(transaction, name, surge.territory(),
                        {"surge.declared", ActOf(call), "territory=" + surge.territory()}));
        return surge;
      });
}

absl::StatusOr<v1::Surge> EndSurge(RosterDesk& desk, const base::Call& call,
                                   const v1::EndSurgeRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*/surges/*", request.name(), "name"));
  return ledger::WriteOnce<v1::Surge>(
      desk.desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::Surge> {
        const base::Instant now = desk.desk.clock.Now();
        SAS_ASSIGN_OR_RETURN(auto surge, transaction.roster().FindSurge(request.name()));
        if (surge) SAS_RETURN_IF_ERROR(CheckTerritoryRight(call.actor, surge->territory()));
        if (!surge || !Lasts(*surge, now)) {
          return base::Fail(absl::StatusCode::kFailedPrecondition, "NO_SURGE",
                            "no surge lasts here; nothing is left to end");
        }
        *surge->mutable_ended_by() = ToProto(call.actor);
        *surge->mutable_end_time() = ToTimestamp(now);
        surge->set_etag(EtagOf(VersionOf(surge->etag()) + 1));
        SAS_RETURN_IF_ERROR(transaction.roster().PutSurge(*surge));
        SAS_RETURN_IF_ERROR(
            RecordPlain(transaction, surge->name(), surge->territory(),
                        {"surge.ended", ActOf(call), "territory=" + surge->territory()}));
        return *std::move(surge);
      });
}

}  // namespace sas::regulation::acts
