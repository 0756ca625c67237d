#include "services/slots/planning_service.h"

#include <utility>

#include "common/base/ids.h"
#include "common/base/page_token.h"
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/base/timestamp.h"
#include "common/ledger/write_once.h"
#include "common/rpc/auth.h"
#include "common/rpc/serve_unary.h"
#include "services/slots/planning_rights.h"

namespace sas::slots {
namespace {

constexpr int kPageStandard = 50;
constexpr int kPageMax = 500;

constexpr std::string_view kSitePattern = "regions/*/sites/*";
constexpr std::string_view kPlanPattern = "regions/*/sites/*/plans/*";
constexpr std::string_view kExceptionPattern = "regions/*/sites/*/exceptions/*";

}  // namespace

PlanningService::PlanningService(const rpc::Runtime& runtime, SlotsStore& store,
                                 PlanningOptions options)
    : runtime_(runtime), store_(store), options_(std::move(options)) {}

template <typename Response, typename Request>
absl::StatusOr<Response> PlanningService::Change(
    const base::Call& call, const Request& request, std::string_view pattern,
    const std::string& name, std::string_view field,
    absl::StatusOr<Response> (PlanningWork::*work)(const Request&)) {
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName(pattern, name, field));
  const std::string& region = ids[0];
  SAS_RETURN_IF_ERROR(ledger::CheckRequestId(request.request_id()));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, region));
  const PlanningFrame frame{call, region, options_.import, runtime_.clock.Now(),
                            base::MakeId(runtime_.clock, runtime_.random)};
  auto answer =
      ledger::WriteOnce<Response>(store_, call, request, [&](SlotsTransaction& transaction) {
        PlanningWork planning(frame, transaction);
        return (planning.*work)(request);
      });
  if (answer.ok() && options_.on_change) options_.on_change(call, region);
  return answer;
}

absl::StatusOr<v1::ListAgendaExceptionsResponse> PlanningService::List(
    const base::Call& call, const v1::ListAgendaExceptionsRequest& request) {
  SAS_ASSIGN_OR_RETURN(const auto ids, base::ParseName(kSitePattern, request.parent(), "parent"));
  SAS_ASSIGN_OR_RETURN(const int size,
                       base::PageSize(request.page_size(), kPageStandard, kPageMax));
  const std::string identity = "exceptions|" + request.parent();
  SAS_ASSIGN_OR_RETURN(const std::string after,
                       base::ParsePageToken(identity, request.page_token()));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
  std::vector<v1::AgendaException> rows;
  SAS_RETURN_IF_ERROR(store_.Read(call, [&](SlotsTransaction& transaction) -> absl::Status {
    SAS_ASSIGN_OR_RETURN(const auto site, transaction.GetSite(request.parent()));
    if (!site) {
      return base::Fail(absl::StatusCode::kNotFound, "SITE_NOT_FOUND",
                        "no such site in this region", {{"site", request.parent()}});
    }
    SAS_RETURN_IF_ERROR(CheckSiteRight(call.actor, *site, "", Right::kRead));
    SAS_ASSIGN_OR_RETURN(rows, transaction.agendas().ListExceptions(
                                   request.parent(), runtime_.clock.Now(), Page{after, size + 1}));
    return absl::OkStatus();
  }));
  v1::ListAgendaExceptionsResponse response;
  for (v1::AgendaException& row : rows) {
    if (response.agenda_exceptions_size() == size) {
      const auto& last = response.agenda_exceptions(size - 1);
      response.set_next_page_token(base::MakePageToken(identity, last.name()));
      break;
    }
    *response.add_agenda_exceptions() = std::move(row);
  }
  return response;
}

absl::Status PlanningService::CheckOpenSlots(const v1::OpenSlotsRequest& request) const {
  SAS_RETURN_IF_ERROR(
      base::ParseName("regions/*/practitioners/*", request.practitioner(), "practitioner")
          .status());
  if (request.slot_count() < 1 || request.slot_count() > kOpenSlotsMax) {
    return base::InvalidField("slot_count", "INVALID_OPENING", "open 1 to 20 slots at once");
  }
  const int minutes = request.slot_minutes();
  if (minutes != 0 && (minutes < kSlotMinutesMin || minutes > kSlotMinutesMax)) {
    return base::InvalidField("slot_minutes", "INVALID_OPENING", "a slot takes 5 to 120 minutes");
  }
  const base::Instant now = runtime_.clock.Now();
  const base::Instant start = base::ToInstant(request.start_time());
  if (start < std::chrono::floor<std::chrono::minutes>(now)) {
    return base::InvalidField("start_time", "START_IN_PAST", "slots of the past cannot be had");
  }
  if (start > now + kOpenAheadMax) {
    return base::InvalidField("start_time", "INVALID_TIME_RANGE",
                              "at most 14 days ahead; make a plan for more");
  }
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* PlanningService::UpdateStructure(
    grpc::CallbackServerContext* context, const v1::UpdateStructureRequest* request,
    v1::Structure* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.slots.v1.PlanningService/UpdateStructure",
                         [this](const base::Call& call, const auto& proto) {
                           return Change(call, proto, "regions/*/structures/*",
                                         proto.structure().name(), "structure.name",
                                         &PlanningWork::UpdateStructure);
                         });
}

grpc::ServerUnaryReactor* PlanningService::UpdateSite(grpc::CallbackServerContext* context,
                                                      const v1::UpdateSiteRequest* request,
                                                      v1::Site* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.slots.v1.PlanningService/UpdateSite",
                         [this](const base::Call& call, const auto& proto) {
                           return Change(call, proto, kSitePattern, proto.site().name(),
                                         "site.name", &PlanningWork::UpdateSite);
                         });
}

grpc::ServerUnaryReactor* PlanningService::UpdatePractitioner(
    grpc::CallbackServerContext* context, const v1::UpdatePractitionerRequest* request,
    v1::Practitioner* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.slots.v1.PlanningService/UpdatePractitioner",
                         [this](const base::Call& call, const auto& proto) {
                           return Change(call, proto, "regions/*/practitioners/*",
                                         proto.practitioner().name(), "practitioner.name",
                                         &PlanningWork::UpdatePractitioner);
                         });
}

grpc::ServerUnaryReactor* PlanningService::UpdateSessionPlan(
    grpc::CallbackServerContext* context, const v1::UpdateSessionPlanRequest* request,
    v1::SessionPlan* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.slots.v1.PlanningService/UpdateSessionPlan",
                         [this](const base::Call& call, const auto& proto) {
                           return Change(call, proto, kPlanPattern, proto.session_plan().name(),
                                         "session_plan.name", &PlanningWork::UpdateSessionPlan);
                         });
}

grpc::ServerUnaryReactor* PlanningService::DeleteSessionPlan(
    grpc::CallbackServerContext* context, const v1::DeleteSessionPlanRequest* request,
    v1::DeleteSessionPlanResponse* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.slots.v1.PlanningService/DeleteSessionPlan",
                         [this](const base::Call& call, const auto& proto) {
                           return Change(call, proto, kPlanPattern, proto.name(), "name",
                                         &PlanningWork::DeleteSessionPlan);
                         });
}

grpc::ServerUnaryReactor* PlanningService::CreateAgendaException(
    grpc::CallbackServerContext* context, const v1::CreateAgendaExceptionRequest* request,
    v1::AgendaException* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.slots.v1.PlanningService/CreateAgendaException",
                         [this](const base::Call& call, const auto& proto) {
                           return Change(call, proto, kSitePattern, proto.parent(), "parent",
                                         &PlanningWork::CreateException);
                         });
}

grpc::ServerUnaryReactor* PlanningService::DeleteAgendaException(
    grpc::CallbackServerContext* context, const v1::DeleteAgendaExceptionRequest* request,
    v1::DeleteAgendaExceptionResponse* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.slots.v1.PlanningService/DeleteAgendaException",
                         [this](const base::Call& call, const auto& proto) {
                           return Change(call, proto, kExceptionPattern, proto.name(), "name",
                                         &PlanningWork::DeleteException);
                         });
}

grpc::ServerUnaryReactor* PlanningService::ListAgendaExceptions(
    grpc::CallbackServerContext* context, const v1::ListAgendaExceptionsRequest* request,
    v1::ListAgendaExceptionsResponse* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.interactive, context, request, response,
      "/sas.slots.v1.PlanningService/ListAgendaExceptions",
      [this](const base::Call& call, const auto& proto) { return List(call, proto); });
}

grpc::ServerUnaryReactor* PlanningService::OpenSlots(grpc::CallbackServerContext* context,
                                                     const v1::OpenSlotsRequest* request,
                                                     v1::OpenSlotsResponse* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.interactive, context, request, response,
      "/sas.slots.v1.PlanningService/OpenSlots",
      [this](const base::Call& call,
             const v1::OpenSlotsRequest& proto) -> absl::StatusOr<v1::OpenSlotsResponse> {
        SAS_RETURN_IF_ERROR(CheckOpenSlots(proto));
        return Change(call, proto, kSitePattern, proto.parent(), "parent",
                      &PlanningWork::OpenSlots);
      });
}

grpc::ServerUnaryReactor* PlanningService::WithdrawSlot(grpc::CallbackServerContext* context,
                                                        const v1::WithdrawSlotRequest* request,
                                                        v1::Slot* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.slots.v1.PlanningService/WithdrawSlot",
                         [this](const base::Call& call, const auto& proto) {
                           return Change(call, proto, "regions/*/sites/*/slots/*", proto.name(),
                                         "name", &PlanningWork::WithdrawSlot);
                         });
}

grpc::ServerUnaryReactor* PlanningService::SignCarePolicy(grpc::CallbackServerContext* context,
                                                          const v1::SignCarePolicyRequest* request,
                                                          v1::Site* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.slots.v1.PlanningService/SignCarePolicy",
                         [this](const base::Call& call, const auto& proto) {
                           return Change(call, proto, kSitePattern, proto.name(), "name",
                                         &PlanningWork::SignCarePolicy);
                         });
}

}  // namespace sas::slots
