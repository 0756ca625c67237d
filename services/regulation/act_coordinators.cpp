#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/ledger/write_once.h"
#include "common/rpc/request_shape.h"
#include "services/regulation/convert.h"
#include "services/regulation/facts.h"
#include "services/regulation/paging.h"
#include "services/regulation/roster_acts.h"
#include "services/regulation/roster_work.h"

namespace sas::regulation::acts {
namespace {

constexpr char kCoordinatorName[] = "regions/*/coordinators/*";
constexpr std::size_t kNameMax = 120;
constexpr std::size_t kAvailabilityMax = 200;

bool ReadsPrivate(base::Role role) {
  return base::IsRegulator(role) || role == base::Role::kSupervisor || role == base::Role::kPlanner;
}

// Left out, not masked in part: a part of a number is a datum, too.
v1::Coordinator ShowTo(v1::Coordinator coordinator, base::Role viewer) {
  if (ReadsPrivate(viewer)) return coordinator;
  coordinator.clear_phone_number();
  coordinator.clear_email_address();
  coordinator.set_private_withheld(true);
  return coordinator;
}

absl::Status CheckCoordinator(const v1::Coordinator& proto) {
  SAS_RETURN_IF_ERROR(
      rpc::CheckUnset(proto, {"private_withheld", "written_by", "write_time"}, "coordinator"));
  if (proto.function() == v1::Coordinator::FUNCTION_UNSPECIFIED) {
    return base::InvalidField("coordinator.function", "FUNCTION_REQUIRED",
                              "say what the coordinator is for");
  }
  SAS_RETURN_IF_ERROR(care::CheckTerritory(proto.territory(), "coordinator.territory"));
  if (!proto.structure().empty()) {
    SAS_RETURN_IF_ERROR(
        base::ParseName("regions/*/structures/*", proto.structure(), "coordinator.structure")
            .status());
  }
  SAS_RETURN_IF_ERROR(
      rpc::CheckText(proto.display_name(), "coordinator.display_name", kNameMax, 1));
  SAS_RETURN_IF_ERROR(
      rpc::CheckText(proto.availability(), "coordinator.availability", kAvailabilityMax));
  if (!proto.phone_number().empty()) {
    SAS_RETURN_IF_ERROR(care::CheckPhoneNumber(proto.phone_number(), "coordinator.phone_number"));
  }
  if (proto.email_address().empty()) return absl::OkStatus();
  return care::CheckEmailAddress(proto.email_address(), "coordinator.email_address");
}

// The stored one that `etag` means to replace; nothing of it for a new one.
absl::Status CheckPredecessor(RegulationTransaction& transaction, const base::Call& call,
                              const v1::Coordinator& proto) {
  const auto stored = transaction.roster().GetCoordinator(proto.name());
  if (absl::IsNotFound(stored.status()) && proto.etag().empty()) return absl::OkStatus();
  SAS_RETURN_IF_ERROR(stored.status());
  SAS_RETURN_IF_ERROR(CheckTerritoryRight(call.actor, stored->territory()));
  return CheckRowEtag(proto.etag(), stored->etag());
}

Fact FactOf(const base::Call& call, const char* event, const v1::Coordinator& coordinator) {
  return {event, ActOf(call), "function=" + v1::Coordinator::Function_Name(coordinator.function())};
}

}  // namespace

absl::StatusOr<v1::Coordinator> PutCoordinator(Desk& desk, const base::Call& call,
                                               const v1::PutCoordinatorRequest& request) {
  const v1::Coordinator& proto = request.coordinator();
  SAS_RETURN_IF_ERROR(CheckName(call, kCoordinatorName, proto.name(), "coordinator.name"));
  SAS_RETURN_IF_ERROR(CheckCoordinator(proto));
  SAS_RETURN_IF_ERROR(CheckTerritoryRight(call.actor, proto.territory()));
  return ledger::WriteOnce<v1::Coordinator>(
      desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::Coordinator> {
        SAS_RETURN_IF_ERROR(CheckPredecessor(transaction, call, proto));
        v1::Coordinator row = proto;
        *row.mutable_written_by() = ToProto(call.actor);
        *row.mutable_write_time() = ToTimestamp(desk.clock.Now());
        row.set_etag(EtagOf(VersionOf(proto.etag()) + 1));
        SAS_RETURN_IF_ERROR(transaction.roster().PutCoordinator(row));
        SAS_RETURN_IF_ERROR(RecordPlain(transaction, row.name(), row.territory(),
                                        FactOf(call, "coordinator.updated", row)));
        return ShowTo(std::move(row), call.actor.role);
      });
}

absl::StatusOr<v1::Coordinator> RemoveCoordinator(Desk& desk, const base::Call& call,
                                                  const v1::RemoveCoordinatorRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kCoordinatorName, request.name(), "name"));
  return ledger::WriteOnce<v1::Coordinator>(
      desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::Coordinator> {
        SAS_ASSIGN_OR_RETURN(v1::Coordinator row,
                             transaction.roster().GetCoordinator(request.name()));
        SAS_RETURN_IF_ERROR(CheckTerritoryRight(call.actor, row.territory()));
        SAS_RETURN_IF_ERROR(CheckRowEtag(request.etag(), row.etag()));
        SAS_RETURN_IF_ERROR(transaction.roster().DropCoordinator(row.name()));
        SAS_RETURN_IF_ERROR(RecordPlain(transaction, row.name(), row.territory(),
                                        FactOf(call, "coordinator.removed", row)));
        row.clear_phone_number();  // Gone for good: the stored answer must not keep them.
        row.clear_email_address();
        return row;
      });
}

absl::StatusOr<v1::Coordinator> GetCoordinator(Desk& desk, const base::Call& call,
                                               const v1::GetCoordinatorRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, kCoordinatorName, request.name(), "name"));
  v1::Coordinator shown;
  SAS_RETURN_IF_ERROR(
      desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        SAS_ASSIGN_OR_RETURN(v1::Coordinator row,
                             transaction.roster().GetCoordinator(request.name()));
        shown = ShowTo(std::move(row), call.actor.role);
        return absl::OkStatus();
      }));
  return shown;
}

absl::StatusOr<v1::ListCoordinatorsResponse> ListCoordinators(
    Desk& desk, const base::Call& call, const v1::ListCoordinatorsRequest& request) {
  SAS_RETURN_IF_ERROR(CheckName(call, "regions/*", request.parent(), "parent"));
  SAS_ASSIGN_OR_RETURN(const PageRequest page, PageOf(call, request));
  CoordinatorQuery query;
  query.region = std::string(base::RegionOf(request.parent()));
  // Whom to call next door is what a directory is for: territories of others are shown, too.
  if (!request.territory().empty()) query.territories = {request.territory()};
  if (page.position) query.after = page.position->key.name;
  query.limit = page.size + 1;
  v1::ListCoordinatorsResponse response;
  SAS_RETURN_IF_ERROR(
      desk.store.Read(call, [&](RegulationTransaction& transaction) -> absl::Status {
        response.Clear();
        SAS_ASSIGN_OR_RETURN(auto rows, transaction.roster().ListCoordinators(query));
        if (static_cast<int>(rows.size()) > page.size) {
          rows.pop_back();
          ListPosition next;
          next.key.name = rows.back().name();
          response.set_next_page_token(WritePage(page, next));
        }
        for (v1::Coordinator& row : rows) {
          *response.add_coordinators() = ShowTo(std::move(row), call.actor.role);
        }
        return absl::OkStatus();
      }));
  return response;
}

}  // namespace sas::regulation::acts
