#pragma once

#include "common/rpc/runtime.h"
#include "sas/regulation/v1/regulation_service.grpc.pb.h"
#include "services/regulation/desk.h"

namespace sas::regulation {

/// sas.regulation.v1.RegulationService on the lanes of the process: vital acts never wait behind a
/// list. What each RPC does stands in acts.h.
class RegulationService final : public v1::RegulationService::CallbackService {
 public:
  using Reactor = grpc::ServerUnaryReactor;
  using Context = grpc::CallbackServerContext;

  /// Both outlive the server.
  RegulationService(const rpc::Runtime& runtime, Desk& desk) : runtime_(runtime), desk_(desk) {}

  Reactor* CreateRegulationCase(Context* context, const v1::CreateRegulationCaseRequest* request,
                                v1::RegulationCase* response) override;
  Reactor* GetRegulationCase(Context* context, const v1::GetRegulationCaseRequest* request,
                             v1::RegulationCase* response) override;
  Reactor* ListRegulationCases(Context* context, const v1::ListRegulationCasesRequest* request,
                               v1::ListRegulationCasesResponse* response) override;
  Reactor* UpdateRegulationCase(Context* context, const v1::UpdateRegulationCaseRequest* request,
                                v1::RegulationCase* response) override;
  Reactor* PrioritizeRegulationCase(Context* context,
                                    const v1::PrioritizeRegulationCaseRequest* request,
                                    v1::RegulationCase* response) override;
  Reactor* ClaimRegulationCase(Context* context, const v1::ClaimRegulationCaseRequest* request,
                               v1::RegulationCase* response) override;
  Reactor* ClaimNextRegulationCase(Context* context,
                                   const v1::ClaimNextRegulationCaseRequest* request,
                                   v1::RegulationCase* response) override;
  Reactor* ReleaseRegulationCase(Context* context, const v1::ReleaseRegulationCaseRequest* request,
                                 v1::RegulationCase* response) override;
  Reactor* TransferRegulationCase(Context* context,
                                  const v1::TransferRegulationCaseRequest* request,
                                  v1::RegulationCase* response) override;
  Reactor* AddCaseNote(Context* context, const v1::AddCaseNoteRequest* request,
                       v1::RegulationCase* response) override;
  Reactor* AttachCall(Context* context, const v1::AttachCallRequest* request,
                      v1::RegulationCase* response) override;
  Reactor* RecordCallbackAttempt(Context* context, const v1::RecordCallbackAttemptRequest* request,
                                 v1::RegulationCase* response) override;
  Reactor* DetachCall(Context* context, const v1::DetachCallRequest* request,
                      v1::DetachCallResponse* response) override;
  Reactor* SearchRepeatCandidates(Context* context,
                                  const v1::SearchRepeatCandidatesRequest* request,
                                  v1::SearchRepeatCandidatesResponse* response) override;
  Reactor* LaunchReflexDeparture(Context* context, const v1::LaunchReflexDepartureRequest* request,
                                 v1::RegulationCase* response) override;
  Reactor* AcknowledgeReflexDeparture(Context* context,
                                      const v1::AcknowledgeReflexDepartureRequest* request,
                                      v1::RegulationCase* response) override;
  Reactor* CancelReflexDeparture(Context* context, const v1::CancelReflexDepartureRequest* request,
                                 v1::RegulationCase* response) override;
  Reactor* LinkRegulationCases(Context* context, const v1::LinkRegulationCasesRequest* request,
                               v1::RegulationCase* response) override;
  Reactor* UnlinkRegulationCase(Context* context, const v1::UnlinkRegulationCaseRequest* request,
                                v1::RegulationCase* response) override;
  Reactor* ActivateRegulationCase(Context* context,
                                  const v1::ActivateRegulationCaseRequest* request,
                                  v1::RegulationCase* response) override;
  Reactor* RecordMissionStatus(Context* context, const v1::RecordMissionStatusRequest* request,
                               v1::RegulationCase* response) override;
  Reactor* RecordBilan(Context* context, const v1::RecordBilanRequest* request,
                       v1::RegulationCase* response) override;
  Reactor* CreateDecision(Context* context, const v1::CreateDecisionRequest* request,
                          v1::Decision* response) override;
  Reactor* ListDecisions(Context* context, const v1::ListDecisionsRequest* request,
                         v1::ListDecisionsResponse* response) override;
  Reactor* CreateCareOrder(Context* context, const v1::CreateCareOrderRequest* request,
                           v1::CareOrder* response) override;
  Reactor* ListCaseHistory(Context* context, const v1::ListCaseHistoryRequest* request,
                           v1::ListCaseHistoryResponse* response) override;
  Reactor* GetPatientContact(Context* context, const v1::GetPatientContactRequest* request,
                             v1::PatientContact* response) override;
  Reactor* GetCareOrder(Context* context, const v1::GetCareOrderRequest* request,
                        v1::CareOrder* response) override;
  Reactor* ListCareOrders(Context* context, const v1::ListCareOrdersRequest* request,
                          v1::ListCareOrdersResponse* response) override;
  Reactor* ClaimCareOrder(Context* context, const v1::ClaimCareOrderRequest* request,
                          v1::CareOrder* response) override;
  Reactor* RecordTreatingDoctorContact(Context* context,
                                       const v1::RecordTreatingDoctorContactRequest* request,
                                       v1::CareOrder* response) override;
  Reactor* RecordRefusedProposal(Context* context, const v1::RecordRefusedProposalRequest* request,
                                 v1::CareOrder* response) override;
  Reactor* ConfirmPatientInformed(Context* context,
                                  const v1::ConfirmPatientInformedRequest* request,
                                  v1::CareOrder* response) override;
  Reactor* ReturnCareOrder(Context* context, const v1::ReturnCareOrderRequest* request,
                           v1::CareOrder* response) override;
  Reactor* RecordContactAttempt(Context* context, const v1::RecordContactAttemptRequest* request,
                                v1::CareOrder* response) override;
  Reactor* AgreeLateAppointment(Context* context, const v1::AgreeLateAppointmentRequest* request,
                                v1::CareOrder* response) override;
  Reactor* CompleteRegulationCase(Context* context,
                                  const v1::CompleteRegulationCaseRequest* request,
                                  v1::RegulationCase* response) override;
  Reactor* CloseRegulationCase(Context* context, const v1::CloseRegulationCaseRequest* request,
                               v1::RegulationCase* response) override;
  Reactor* RecordLostCall(Context* context, const v1::RecordLostCallRequest* request,
                          v1::LostCall* response) override;
  Reactor* RecordHangUp(Context* context, const v1::RecordHangUpRequest* request,
                        v1::LostCall* response) override;
  Reactor* RecordCallReturn(Context* context, const v1::RecordCallReturnRequest* request,
                            v1::LostCall* response) override;
  Reactor* ClaimLostCall(Context* context, const v1::ClaimLostCallRequest* request,
                         v1::LostCall* response) override;
  Reactor* ListLostCalls(Context* context, const v1::ListLostCallsRequest* request,
                         v1::ListLostCallsResponse* response) override;
  Reactor* ResolveLostCall(Context* context, const v1::ResolveLostCallRequest* request,
                           v1::LostCall* response) override;
  Reactor* GetBoard(Context* context, const v1::GetBoardRequest* request,
                    v1::Board* response) override;

 private:
  const rpc::Runtime& runtime_;
  Desk& desk_;
};

}  // namespace sas::regulation
