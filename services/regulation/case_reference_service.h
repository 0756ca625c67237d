#pragma once

#include "common/rpc/runtime.h"
#include "sas/regulation/v1/case_reference_service.grpc.pb.h"
#include "services/regulation/desk.h"

namespace sas::regulation {

/// sas.regulation.v1.CaseReferenceService on the interactive lane: somebody waits with a patient
/// before him. Thread-safe.
class CaseReferenceService final : public v1::CaseReferenceService::CallbackService {
 public:
  /// Both outlive the server.
  CaseReferenceService(const rpc::Runtime& runtime, Desk& desk) : runtime_(runtime), desk_(desk) {}

  grpc::ServerUnaryReactor* GetCaseReference(grpc::CallbackServerContext* context,
                                             const v1::GetCaseReferenceRequest* request,
                                             v1::CaseReference* response) override;
  grpc::ServerUnaryReactor* CheckBookings(grpc::CallbackServerContext* context,
                                          const v1::CheckBookingsRequest* request,
                                          v1::CheckBookingsResponse* response) override;

 private:
  const rpc::Runtime& runtime_;
  Desk& desk_;
};

}  // namespace sas::regulation
