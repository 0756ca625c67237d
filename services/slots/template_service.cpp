#include "services/slots/template_service.h"

#include <cstdint>
#include <string_view>
#include <utility>

#include "common/base/ids.h"
#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "common/ledger/write_once.h"
#include "common/observe/log.h"
#include "common/rpc/auth.h"
#include "common/rpc/serve_unary.h"
#include "services/slots/planning_work.h"
#include "services/slots/template_reads.h"

namespace sas::slots {

TemplateService::TemplateService(const rpc::Runtime& runtime, SlotsStore& store,
                                 const Projection& projection, observe::Metrics& metrics,
                                 PlanningOptions options)
    : runtime_(runtime),
      store_(store),
      projection_(projection),
      metrics_(metrics),
      options_(std::move(options)) {}

absl::StatusOr<v1::ApplyTemplateResponse> TemplateService::Apply(
    const base::Call& call, const v1::ApplyTemplateRequest& request) {
  SAS_ASSIGN_OR_RETURN(const auto ids,
                       base::ParseName("regions/*/sites/*", request.parent(), "parent"));
  SAS_RETURN_IF_ERROR(ledger::CheckRequestId(request.request_id()));
  SAS_RETURN_IF_ERROR(rpc::CheckRegion(call, ids[0]));
  const PlanningFrame frame{call, ids[0], options_.import, runtime_.clock.Now(),
                            base::MakeId(runtime_.clock, runtime_.random)};
  bool made = false;  // Not by a repeat.
  auto answer = ledger::WriteOnce<v1::ApplyTemplateResponse>(
      store_, call, request, [&](SlotsTransaction& transaction) {
        PlanningWork planning(frame, transaction);
        auto response = planning.ApplyTemplate(request);
        made = response.ok();
        return response;
      });
  if (!answer.ok()) {
    metrics_.Refused();
    return answer;
  }
  if (made) {
    metrics_.Applied();
    observe::Log(observe::Level::kInfo, "template_applied",
                 {{"agenda", std::string_view(answer->agenda().name())},
                  {"template", std::string_view(answer->agenda().template_id())},
                  {"version", std::int64_t{answer->agenda().template_version()}},
                  {"plans", std::int64_t{answer->session_plans_size()}},
                  {"bookable", std::int64_t{answer->bookable_slot_count()}}});
  }
  if (options_.on_change) options_.on_change(call, ids[0]);
  return answer;
}

grpc::ServerUnaryReactor* TemplateService::ApplyTemplate(grpc::CallbackServerContext* context,
                                                         const v1::ApplyTemplateRequest* request,
                                                         v1::ApplyTemplateResponse* response) {
  return rpc::ServeUnary(
      runtime_, runtime_.interactive, context, request, response,
      "/sas.slots.v1.TemplateService/ApplyTemplate",
      [this](const base::Call& call, const auto& proto) { return Apply(call, proto); });
}

grpc::ServerUnaryReactor* TemplateService::GetAgenda(grpc::CallbackServerContext* context,
                                                     const v1::GetAgendaRequest* request,
                                                     v1::Agenda* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.slots.v1.TemplateService/GetAgenda",
                         [this](const base::Call& call, const auto& proto) {
                           return ReadAgenda(store_, call, proto);
                         });
}

grpc::ServerUnaryReactor* TemplateService::ListAgendas(grpc::CallbackServerContext* context,
                                                       const v1::ListAgendasRequest* request,
                                                       v1::ListAgendasResponse* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.slots.v1.TemplateService/ListAgendas",
                         [this](const base::Call& call, const auto& proto) {
                           return ReadAgendas(store_, call, proto);
                         });
}

grpc::ServerUnaryReactor* TemplateService::GetWorklist(grpc::CallbackServerContext* context,
                                                       const v1::GetWorklistRequest* request,
                                                       v1::Worklist* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.slots.v1.TemplateService/GetWorklist",
                         [this](const base::Call& call, const auto& proto) {
                           return ReadWorklist(store_, call, proto);
                         });
}

grpc::ServerUnaryReactor* TemplateService::ListWorklists(grpc::CallbackServerContext* context,
                                                         const v1::ListWorklistsRequest* request,
                                                         v1::ListWorklistsResponse* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.slots.v1.TemplateService/ListWorklists",
                         [this](const base::Call& call, const auto& proto) {
                           return ReadWorklists(store_, call, proto);
                         });
}

grpc::ServerUnaryReactor* TemplateService::GetWorklistVerdicts(
    grpc::CallbackServerContext* context, const v1::GetWorklistVerdictsRequest* request,
    v1::GetWorklistVerdictsResponse* response) {
  return rpc::ServeUnary(runtime_, runtime_.background, context, request, response,
                         "/sas.slots.v1.TemplateService/GetWorklistVerdicts",
                         [this](const base::Call& call, const auto& proto) {
                           return JudgeWorklist(store_, projection_, call, proto,
                                                runtime_.clock.Now());
                         });
}

}  // namespace sas::slots
