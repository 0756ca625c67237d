#pragma once

#include "common/rpc/runtime.h"
#include "sas/regulation/v1/regulation_service.grpc.pb.h"
#include "services/regulation/desk.h"

namespace sas::regulation {

/// sas.regulation.v1.RegulationService on the lanes of the process: vital acts never wait behind a
/// list. What each RPC does stands in acts.h.
class RegulationService final : public v1::RegulationService::CallbackService {
 public:
  /// Both outlive the server.
  RegulationService(const rpc::Runtime& runtime, Desk& desk) : runtime_(runtime), desk_(desk) {}

  grpc::ServerUnaryReactor* CreateRegulationCase(grpc::CallbackServerContext* context,
                                                 const v1::CreateRegulationCaseRequest* request,
                                                 v1::RegulationCase* response) override;
  grpc::ServerUnaryReactor* GetRegulationCase(grpc::CallbackServerContext* context,
                                              const v1::GetRegulationCaseRequest* request,
                                              v1::RegulationCase* response) override;
  grpc::ServerUnaryReactor* ListRegulationCases(grpc::CallbackServerContext* context,
                                                const v1::ListRegulationCasesRequest* request,
                                                v1::ListRegulationCasesResponse* response) override;
  grpc::ServerUnaryReactor* UpdateRegulationCase(grpc::CallbackServerContext* context,
                                                 const v1::UpdateRegulationCaseRequest* request,
                                                 v1::RegulationCase* response) override;
  grpc::ServerUnaryReactor* PrioritizeRegulationCase(
      grpc::CallbackServerContext* context, const v1::PrioritizeRegulationCaseRequest* request,
      v1::RegulationCase* response) override;
  grpc::ServerUnaryReactor* ClaimRegulationCase(grpc::CallbackServerContext* context,
                                                const v1::ClaimRegulationCaseRequest* request,
                                                v1::RegulationCase* response) override;
  grpc::ServerUnaryReactor* ClaimNextRegulationCase(
      grpc::CallbackServerContext* context, const v1::ClaimNextRegulationCaseRequest* request,
      v1::RegulationCase* response) override;
  grpc::ServerUnaryReactor* ReleaseRegulationCase(grpc::CallbackServerContext* context,
                                                  const v1::ReleaseRegulationCaseRequest* request,
                                                  v1::RegulationCase* response) override;
  grpc::ServerUnaryReactor* TransferRegulationCase(grpc::CallbackServerContext* context,
                                                   const v1::TransferRegulationCaseRequest* request,
                                                   v1::RegulationCase* response) override;
  grpc::ServerUnaryReactor* AddCaseNote(grpc::CallbackServerContext* context,
                                        const v1::AddCaseNoteRequest* request,
                                        v1::RegulationCase* response) override;
  grpc::ServerUnaryReactor* AttachCall(grpc::CallbackServerContext* context,
                                       const v1::AttachCallRequest* request,
                                       v1::RegulationCase* response) override;
  grpc::ServerUnaryReactor* RecordCallbackAttempt(grpc::CallbackServerContext* context,
                                                  const v1::RecordCallbackAttemptRequest* request,
                                                  v1::RegulationCase* response) override;
  grpc::ServerUnaryReactor* DetachCall(grpc::CallbackServerContext* context,
                                       const v1::DetachCallRequest* request,
                                       v1::DetachCallResponse* response) override;
  grpc::ServerUnaryReactor* SearchRepeatCandidates(
      grpc::CallbackServerContext* context, const v1::SearchRepeatCandidatesRequest* request,
      v1::SearchRepeatCandidatesResponse* response) override;
  grpc::ServerUnaryReactor* LaunchReflexDeparture(grpc::CallbackServerContext* context,
                                                  const v1::LaunchReflexDepartureRequest* request,
                                                  v1::RegulationCase* response) override;
  grpc::ServerUnaryReactor* AcknowledgeReflexDeparture(
      grpc::CallbackServerContext* context, const v1::AcknowledgeReflexDepartureRequest* request,
      v1::RegulationCase* response) override;
  grpc::ServerUnaryReactor* CancelReflexDeparture(grpc::CallbackServerContext* context,
                                                  const v1::CancelReflexDepartureRequest* request,
                                                  v1::RegulationCase* response) override;
  grpc::ServerUnaryReactor* LinkRegulationCases(grpc::CallbackServerContext* context,
                                                const v1::LinkRegulationCasesRequest* request,
                                                v1::RegulationCase* response) override;
  grpc::ServerUnaryReactor* UnlinkRegulationCase(grpc::CallbackServerContext* context,
                                                 const v1::UnlinkRegulationCaseRequest* request,
                                                 v1::RegulationCase* response) override;
  grpc::ServerUnaryReactor* ActivateRegulationCase(grpc::CallbackServerContext* context,
                                                   const v1::ActivateRegulationCaseRequest* request,
                                                   v1::RegulationCase* response) override;
  grpc::ServerUnaryReactor* RecordMissionStatus(grpc::CallbackServerContext* context,
                                                const v1::RecordMissionStatusRequest* request,
                                                v1::RegulationCase* response) override;
  grpc::ServerUnaryReactor* RecordBilan(grpc::CallbackServerContext* context,
                                        const v1::RecordBilanRequest* request,
                                        v1::RegulationCase* response) override;
  grpc::ServerUnaryReactor* CreateDecision(grpc::CallbackServerContext* context,
                                           const v1::CreateDecisionRequest* request,
                                           v1::Decision* response) override;
  grpc::ServerUnaryReactor* ListDecisions(grpc::CallbackServerContext* context,
                                          const v1::ListDecisionsRequest* request,
                                          v1::ListDecisionsResponse* response) override;
  grpc::ServerUnaryReactor* CreateCareOrder(grpc::CallbackServerContext* context,
                                            const v1::CreateCareOrderRequest* request,
                                            v1::CareOrder* response) override;
  grpc::ServerUnaryReactor* ListCaseHistory(grpc::CallbackServerContext* context,
                                            const v1::ListCaseHistoryRequest* request,
                                            v1::ListCaseHistoryResponse* response) override;
  grpc::ServerUnaryReactor* GetPatientContact(grpc::CallbackServerContext* context,
                                              const v1::GetPatientContactRequest* request,
                                              v1::PatientContact* response) override;
  grpc::ServerUnaryReactor* GetCareOrder(grpc::CallbackServerContext* context,
                                         const v1::GetCareOrderRequest* request,
                                         v1::CareOrder* response) override;
  grpc::ServerUnaryReactor* ListCareOrders(grpc::CallbackServerContext* context,
                                           const v1::ListCareOrdersRequest* request,
                                           v1::ListCareOrdersResponse* response) override;
  grpc::ServerUnaryReactor* ClaimCareOrder(grpc::CallbackServerContext* context,
                                           const v1::ClaimCareOrderRequest* request,
                                           v1::CareOrder* response) override;
  grpc::ServerUnaryReactor* RecordTreatingDoctorContact(
      grpc::CallbackServerContext* context, const v1::RecordTreatingDoctorContactRequest* request,
      v1::CareOrder* response) override;
  grpc::ServerUnaryReactor* RecordRefusedProposal(grpc::CallbackServerContext* context,
                                                  const v1::RecordRefusedProposalRequest* request,
                                                  v1::CareOrder* response) override;
  grpc::ServerUnaryReactor* ConfirmPatientInformed(grpc::CallbackServerContext* context,
                                                   const v1::ConfirmPatientInformedRequest* request,
                                                   v1::CareOrder* response) override;
  grpc::ServerUnaryReactor* ReturnCareOrder(grpc::CallbackServerContext* context,
                                            const v1::ReturnCareOrderRequest* request,
                                            v1::CareOrder* response) override;
  grpc::ServerUnaryReactor* RecordContactAttempt(grpc::CallbackServerContext* context,
                                                 const v1::RecordContactAttemptRequest* request,
                                                 v1::CareOrder* response) override;
  grpc::ServerUnaryReactor* AgreeLateAppointment(grpc::CallbackServerContext* context,
                                                 const v1::AgreeLateAppointmentRequest* request,
                                                 v1::CareOrder* response) override;
  grpc::ServerUnaryReactor* CompleteRegulationCase(grpc::CallbackServerContext* context,
                                                   const v1::CompleteRegulationCaseRequest* request,
                                                   v1::RegulationCase* response) override;
  grpc::ServerUnaryReactor* CloseRegulationCase(grpc::CallbackServerContext* context,
                                                const v1::CloseRegulationCaseRequest* request,
                                                v1::RegulationCase* response) override;
  grpc::ServerUnaryReactor* RecordLostCall(grpc::CallbackServerContext* context,
                                           const v1::RecordLostCallRequest* request,
                                           v1::LostCall* response) override;
  grpc::ServerUnaryReactor* RecordHangUp(grpc::CallbackServerContext* context,
                                         const v1::RecordHangUpRequest* request,
                                         v1::LostCall* response) override;
  grpc::ServerUnaryReactor* RecordCallReturn(grpc::CallbackServerContext* context,
                                             const v1::RecordCallReturnRequest* request,
                                             v1::LostCall* response) override;
  grpc::ServerUnaryReactor* ClaimLostCall(grpc::CallbackServerContext* context,
                                          const v1::ClaimLostCallRequest* request,
                                          v1::LostCall* response) override;
  grpc::ServerUnaryReactor* ListLostCalls(grpc::CallbackServerContext* context,
                                          const v1::ListLostCallsRequest* request,
                                          v1::ListLostCallsResponse* response) override;
  grpc::ServerUnaryReactor* ResolveLostCall(grpc::CallbackServerContext* context,
                                            const v1::ResolveLostCallRequest* request,
                                            v1::LostCall* response) override;
  grpc::ServerUnaryReactor* GetBoard(grpc::CallbackServerContext* context,
                                     const v1::GetBoardRequest* request,
                                     v1::Board* response) override;

 private:
  const rpc::Runtime& runtime_;
  Desk& desk_;
};

}  // namespace sas::regulation
