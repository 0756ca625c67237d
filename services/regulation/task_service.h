#pragma once

#include "common/rpc/runtime.h"
#include "sas/regulation/v1/task_service.grpc.pb.h"
#include "services/regulation/task_acts.h"

namespace sas::regulation {

/// sas.regulation.v1.TaskService on the lanes of the process: asking for a regulator is vital. What
/// each RPC does stands in task_acts.h.
class TaskService final : public v1::TaskService::CallbackService {
 public:
  /// Both outlive the server.
  TaskService(const rpc::Runtime& runtime, TaskDesk& desk) : runtime_(runtime), desk_(desk) {}

  grpc::ServerUnaryReactor* CreateTask(grpc::CallbackServerContext* context,
                                       const v1::CreateTaskRequest* request,
                                       v1::CareTask* response) override;
  grpc::ServerUnaryReactor* GetTask(grpc::CallbackServerContext* context,
                                    const v1::GetTaskRequest* request,
                                    v1::CareTask* response) override;
  grpc::ServerUnaryReactor* ListTasks(grpc::CallbackServerContext* context,
                                      const v1::ListTasksRequest* request,
                                      v1::ListTasksResponse* response) override;
  grpc::ServerUnaryReactor* TakeTask(grpc::CallbackServerContext* context,
                                     const v1::TakeTaskRequest* request,
                                     v1::CareTask* response) override;
  grpc::ServerUnaryReactor* DelegateTask(grpc::CallbackServerContext* context,
                                         const v1::DelegateTaskRequest* request,
                                         v1::CareTask* response) override;
  grpc::ServerUnaryReactor* CloseTask(grpc::CallbackServerContext* context,
                                      const v1::CloseTaskRequest* request,
                                      v1::CareTask* response) override;
  grpc::ServerUnaryReactor* CancelTask(grpc::CallbackServerContext* context,
                                       const v1::CancelTaskRequest* request,
                                       v1::CareTask* response) override;
  grpc::ServerUnaryReactor* EscalateTask(grpc::CallbackServerContext* context,
                                         const v1::EscalateTaskRequest* request,
                                         v1::CareTask* response) override;
  grpc::ServerUnaryReactor* EvaluateChecklist(grpc::CallbackServerContext* context,
                                              const v1::EvaluateChecklistRequest* request,
                                              v1::ChecklistOutcome* response) override;
  grpc::ServerUnaryReactor* EscalateChecklist(grpc::CallbackServerContext* context,
                                              const v1::EscalateChecklistRequest* request,
                                              v1::CareTask* response) override;

 private:
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Serve(base::Executor& lane, grpc::CallbackServerContext* context,
                                  const Request* request, Response* response, const char* method,
                                  absl::StatusOr<Response> (*act)(TaskDesk&, const base::Call&,
                                                                  const Request&));

  const rpc::Runtime& runtime_;
  TaskDesk& desk_;
};

}  // namespace sas::regulation
