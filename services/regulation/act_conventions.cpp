#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/ledger/write_once.h"
#include "common/rpc/request_shape.h"
#include "services/regulation/case_right.h"
#include "services/regulation/convert.h"
#include "services/regulation/facts.h"
#include "services/regulation/neighbour_acts.h"
#include "services/regulation/paging.h"
#include "services/regulation/roster_work.h"

namespace sas::regulation::acts {
namespace {

constexpr char kConventionName[] = "regions/*/conventions/*";
constexpr std::size_t kReferenceMax = 120;

absl::Status CheckShape(const v1::NeighbourConvention& proto) {
  SAS_RETURN_IF_ERROR(
      rpc::CheckUnset(proto, {"written_by", "write_time", "in_force"}, "convention"));
  SAS_RETURN_IF_ERROR(care::CheckTerritory(proto.host_territory(), "convention.host_territory"));
  SAS_RETURN_IF_ERROR(
      care::CheckTerritory(proto.helping_territory(), "convention.helping_territory"));
  SAS_RETURN_IF_ERROR(rpc::CheckText(proto.reference(), "convention.reference", kReferenceMax, 1));
  return CheckConvention(ToValue(proto));
}

// The host lets others in: it is his supervisor who writes.
absl::Status CheckPredecessor(RegulationTransaction& transaction, const base::Call& call,
                              const v1::NeighbourConvention& proto) {
  const auto stored = transaction.neighbours().GetConvention(proto.name());
  if (absl::IsNotFound(stored.status()) && proto.etag().empty()) return absl::OkStatus();
  SAS_RETURN_IF_ERROR(stored.status());
  SAS_RETURN_IF_ERROR(CheckTerritoryRight(call.actor, stored->host_territory()));
  SAS_RETURN_IF_ERROR(CheckRowEtag(proto.etag(), stored->etag()));
  if (stored->host_territory() == proto.host_territory()) return absl::OkStatus();
  return base::InvalidField("convention.host_territory", "CONVENTION_TERRITORIES",
                            "the host of a convention stays: end it and write a new one");
}

absl::StatusOr<v1::NeighbourConvention> Save(RegulationTransaction& transaction,
                                             const base::Call& call, const char* event,
                                             base::Instant now, v1::NeighbourConvention row) {
  row.clear_in_force();  // Computed when it is read.
  *row.mutable_written_by() = ToProto(call.actor);
  *row.mutable_write_time() = ToTimestamp(now);
  row.set_etag(EtagOf(VersionOf(row.etag()) + 1));
  SAS_RETURN_IF_ERROR(transaction.neighbours().PutConvention(row));
  const Fact fact{event, ActOf(call),
                  "host=" + row.host_territory() + " helper=" + row.helping_territory() +
                      " hours=" + v1::NeighbourConvention::Hours_Name(row.hours())};
  SAS_RETURN_IF_ERROR(RecordPlain(transaction, row.name(), "", fact));
  row.set_in_force(InForce(row, now));
  return row;
}

}  // namespace

absl::StatusOr<v1::NeighbourConvention> PutConvention(Desk& desk, const base::Call& call,
                                                      const v1::PutConventionRequest& request) {
  const v1::NeighbourConvention& proto = request.convention();
  SAS_RETURN_IF_ERROR(CheckName(call, kConventionName, proto.name(), "convention.name"));
  SAS_RETURN_IF_ERROR(CheckShape(proto));
  SAS_RETURN_IF_ERROR(CheckTerritoryRight(call.actor, proto.host_territory()));
  return ledger::WriteOnce<v1::NeighbourConvention>(
      desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::NeighbourConvention> {
        SAS_RETURN_IF_ERROR(CheckPredecessor(transaction, call, proto));
        return Save(transaction, call, "convention.updated", desk.clock.Now(), proto);
      });
}

absl::StatusOr<v1::NeighbourConvention> EndConvention(Desk& desk, const base::Call& call,
                                                      const v1::EndConventionRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kConventionName, request.name(), "name"));
  return ledger::WriteOnce<v1::NeighbourConvention>(
      desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::NeighbourConvention> {
        const base::Instant now = desk.clock.Now();
        SAS_ASSIGN_OR_RETURN(v1::NeighbourConvention row,
                             transaction.neighbours().GetConvention(request.name()));
        SAS_RETURN_IF_ERROR(CheckTerritoryRight(call.actor, row.host_territory()));
        SAS_RETURN_IF_ERROR(CheckRowEtag(request.etag(), row.etag()));
        if (ToInstant(row.end_time()) <= now) {
          return base::Fail(absl::StatusCode::kFailedPrecondition, "CONVENTION_ENDED",
                            "the convention has ended already");
        }
        *row.mutable_end_time() = ToTimestamp(now);
        return Save(transaction, call, "convention.ended", now, std::move(row));
      });
}

absl::StatusOr<v1::ListConventionsResponse> ListConventions(
    Desk& desk, const base::Call& call, const v1::ListConventionsRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*", request.parent(), "parent"));
  SAS_ASSIGN_OR_RETURN(const PageRequest page, PageOf(call, request));
  ConventionQuery query;
  query.region = std::string(base::RegionOf(request.parent()));
  if (page.position) query.after = page.position->key.name;
  query.limit = page.size + 1;
  v1::ListConventionsResponse response;
  SAS_RETURN_IF_ERROR(
      desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        response.Clear();
        SAS_ASSIGN_OR_RETURN(auto rows, transaction.neighbours().ListConventions(query));
        if (static_cast<int>(rows.size()) > page.size) {
          rows.pop_back();
          ListPosition next;
          next.key.name = rows.back().name();
          response.set_next_page_token(WritePage(page, next));
        }
        for (v1::NeighbourConvention& row : rows) {
          row.set_in_force(InForce(row, desk.clock.Now()));
          *response.add_conventions() = std::move(row);
        }
        return absl::OkStatus();
      }));
  return response;
}

}  // namespace sas::regulation::acts
