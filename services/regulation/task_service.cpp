#include "services/regulation/task_service.h"

#include "common/base/status.h"
#include "common/rpc/request_shape.h"
#include "common/rpc/serve_unary.h"

namespace sas::regulation {

template <typename Request, typename Response>
grpc::ServerUnaryReactor* TaskService::Serve(
    base::Executor& lane, grpc::CallbackServerContext* context, const Request* request,
    Response* response, const char* method,
    absl::StatusOr<Response> (*act)(TaskDesk&, const base::Call&, const Request&)) {
  return rpc::ServeUnary(runtime_, lane, context, request, response, method,
                         [&desk = desk_, act](const base::Call& call,
                                              const Request& proto) -> absl::StatusOr<Response> {
                           SAS_RETURN_IF_ERROR(rpc::CheckKnownEnums(proto));
                           return act(desk, call, proto);
                         });
}

grpc::ServerUnaryReactor* TaskService::CreateTask(grpc::CallbackServerContext* context,
                                                  const v1::CreateTaskRequest* request,
                                                  v1::CareTask* response) {
  return Serve(runtime_.interactive, context, request, response,
               "/sas.regulation.v1.TaskService/CreateTask", acts::CreateTask);
}

grpc::ServerUnaryReactor* TaskService::GetTask(grpc::CallbackServerContext* context,
                                               const v1::GetTaskRequest* request,
                                               v1::CareTask* response) {
  return Serve(runtime_.interactive, context, request, response,
               "/sas.regulation.v1.TaskService/GetTask", acts::GetTask);
}

grpc::ServerUnaryReactor* TaskService::ListTasks(grpc::CallbackServerContext* context,
                                                 const v1::ListTasksRequest* request,
                                                 v1::ListTasksResponse* response) {
  return Serve(runtime_.background, context, request, response,
               "/sas.regulation.v1.TaskService/ListTasks", acts::ListTasks);
}

grpc::ServerUnaryReactor* TaskService::TakeTask(grpc::CallbackServerContext* context,
                                                const v1::TakeTaskRequest* request,
                                                v1::CareTask* response) {
  return Serve(runtime_.interactive, context, request, response,
               "/sas.regulation.v1.TaskService/TakeTask", acts::TakeTask);
}

grpc::ServerUnaryReactor* TaskService::DelegateTask(grpc::CallbackServerContext* context,
                                                    const v1::DelegateTaskRequest* request,
                                                    v1::CareTask* response) {
  return Serve(runtime_.interactive, context, request, response,
               "/sas.regulation.v1.TaskService/DelegateTask", acts::DelegateTask);
}

grpc::ServerUnaryReactor* TaskService::CloseTask(grpc::CallbackServerContext* context,
                                                 const v1::CloseTaskRequest* request,
                                                 v1::CareTask* response) {
  return Serve(runtime_.interactive, context, request, response,
               "/sas.regulation.v1.TaskService/CloseTask", acts::CloseTask);
}

grpc::ServerUnaryReactor* TaskService::CancelTask(grpc::CallbackServerContext* context,
                                                  const v1::CancelTaskRequest* request,
                                                  v1::CareTask* response) {
  return Serve(runtime_.interactive, context, request, response,
               "/sas.regulation.v1.TaskService/CancelTask", acts::CancelTask);
}

grpc::ServerUnaryReactor* TaskService::EscalateTask(grpc::CallbackServerContext* context,
                                                    const v1::EscalateTaskRequest* request,
                                                    v1::CareTask* response) {
  return Serve(runtime_.vital, context, request, response,
               "/sas.regulation.v1.TaskService/EscalateTask", acts::EscalateTask);
}

grpc::ServerUnaryReactor* TaskService::EvaluateChecklist(
    grpc::CallbackServerContext* context, const v1::EvaluateChecklistRequest* request,
    v1::ChecklistOutcome* response) {
  return Serve(runtime_.interactive, context, request, response,
               "/sas.regulation.v1.TaskService/EvaluateChecklist", acts::EvaluateChecklist);
}

grpc::ServerUnaryReactor* TaskService::EscalateChecklist(
    grpc::CallbackServerContext* context, const v1::EscalateChecklistRequest* request,
    v1::CareTask* response) {
  return Serve(runtime_.vital, context, request, response,
               "/sas.regulation.v1.TaskService/EscalateChecklist", acts::EscalateChecklist);
}

}  // namespace sas::regulation
