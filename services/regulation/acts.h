#pragma once

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/regulation/v1/regulation_service.pb.h"
#include "services/regulation/desk.h"

/// What each RPC does, one function of its name: shape of the request, right on region and
/// territory, then one transaction. Callable without a server. Unknown enum values were refused
/// before.
namespace sas::regulation::acts {

// act_cases.cpp: the dossier and what is written on it.
absl::StatusOr<v1::RegulationCase> CreateRegulationCase(
    Desk& desk, const base::Call& call, const v1::CreateRegulationCaseRequest& request);
absl::StatusOr<v1::ListRegulationCasesResponse> ListRegulationCases(
    Desk& desk, const base::Call& call, const v1::ListRegulationCasesRequest& request);

// act_history.cpp: reading, of which something stays.
absl::StatusOr<v1::RegulationCase> GetRegulationCase(Desk& desk, const base::Call& call,
                                                     const v1::GetRegulationCaseRequest& request);
absl::StatusOr<v1::ListCaseHistoryResponse> ListCaseHistory(
    Desk& desk, const base::Call& call, const v1::ListCaseHistoryRequest& request);

// act_edits.cpp
absl::StatusOr<v1::RegulationCase> UpdateRegulationCase(
    Desk& desk, const base::Call& call, const v1::UpdateRegulationCaseRequest& request);
absl::StatusOr<v1::RegulationCase> PrioritizeRegulationCase(
    Desk& desk, const base::Call& call, const v1::PrioritizeRegulationCaseRequest& request);
absl::StatusOr<v1::RegulationCase> AddCaseNote(Desk& desk, const base::Call& call,
                                               const v1::AddCaseNoteRequest& request);

// act_repeat_calls.cpp, act_repeat_candidates.cpp: calls that belong to a dossier that is there.
absl::StatusOr<v1::RegulationCase> AttachCall(Desk& desk, const base::Call& call,
                                              const v1::AttachCallRequest& request);
absl::StatusOr<v1::DetachCallResponse> DetachCall(Desk& desk, const base::Call& call,
                                                  const v1::DetachCallRequest& request);
absl::StatusOr<v1::SearchRepeatCandidatesResponse> SearchRepeatCandidates(
    Desk& desk, const base::Call& call, const v1::SearchRepeatCandidatesRequest& request);

// act_callbacks.cpp
absl::StatusOr<v1::RegulationCase> RecordCallbackAttempt(
    Desk& desk, const base::Call& call, const v1::RecordCallbackAttemptRequest& request);

// act_claims.cpp: who has it, and which chain.
absl::StatusOr<v1::RegulationCase> ClaimRegulationCase(
    Desk& desk, const base::Call& call, const v1::ClaimRegulationCaseRequest& request);
absl::StatusOr<v1::RegulationCase> ClaimNextRegulationCase(
    Desk& desk, const base::Call& call, const v1::ClaimNextRegulationCaseRequest& request);
absl::StatusOr<v1::RegulationCase> ReleaseRegulationCase(
    Desk& desk, const base::Call& call, const v1::ReleaseRegulationCaseRequest& request);
absl::StatusOr<v1::RegulationCase> TransferRegulationCase(
    Desk& desk, const base::Call& call, const v1::TransferRegulationCaseRequest& request);

// act_missions.cpp: means on the road and what they report.
absl::StatusOr<v1::RegulationCase> LaunchReflexDeparture(
    Desk& desk, const base::Call& call, const v1::LaunchReflexDepartureRequest& request);
absl::StatusOr<v1::RegulationCase> AcknowledgeReflexDeparture(
    Desk& desk, const base::Call& call, const v1::AcknowledgeReflexDepartureRequest& request);
absl::StatusOr<v1::RegulationCase> CancelReflexDeparture(
    Desk& desk, const base::Call& call, const v1::CancelReflexDepartureRequest& request);
absl::StatusOr<v1::RegulationCase> LinkRegulationCases(
    Desk& desk, const base::Call& call, const v1::LinkRegulationCasesRequest& request);
absl::StatusOr<v1::RegulationCase> UnlinkRegulationCase(
    Desk& desk, const base::Call& call, const v1::UnlinkRegulationCaseRequest& request);
absl::StatusOr<v1::RegulationCase> ActivateRegulationCase(
    Desk& desk, const base::Call& call, const v1::ActivateRegulationCaseRequest& request);
absl::StatusOr<v1::RegulationCase> RecordMissionStatus(
    Desk& desk, const base::Call& call, const v1::RecordMissionStatusRequest& request);
absl::StatusOr<v1::RegulationCase> RecordBilan(Desk& desk, const base::Call& call,
                                               const v1::RecordBilanRequest& request);

// act_decisions.cpp: what regulators decide, and the end of a dossier.
absl::StatusOr<v1::Decision> CreateDecision(Desk& desk, const base::Call& call,
                                            const v1::CreateDecisionRequest& request);
absl::StatusOr<v1::ListDecisionsResponse> ListDecisions(Desk& desk, const base::Call& call,
                                                        const v1::ListDecisionsRequest& request);
absl::StatusOr<v1::RegulationCase> CompleteRegulationCase(
    Desk& desk, const base::Call& call, const v1::CompleteRegulationCaseRequest& request);
absl::StatusOr<v1::RegulationCase> CloseRegulationCase(
    Desk& desk, const base::Call& call, const v1::CloseRegulationCaseRequest& request);

// act_new_order.cpp, act_orders.cpp: the work of the OSNP.
absl::StatusOr<v1::CareOrder> CreateCareOrder(Desk& desk, const base::Call& call,
                                              const v1::CreateCareOrderRequest& request);
absl::StatusOr<v1::PatientContact> GetPatientContact(Desk& desk, const base::Call& call,
                                                     const v1::GetPatientContactRequest& request);
absl::StatusOr<v1::CareOrder> GetCareOrder(Desk& desk, const base::Call& call,
                                           const v1::GetCareOrderRequest& request);
absl::StatusOr<v1::ListCareOrdersResponse> ListCareOrders(Desk& desk, const base::Call& call,
                                                          const v1::ListCareOrdersRequest& request);
absl::StatusOr<v1::CareOrder> ClaimCareOrder(Desk& desk, const base::Call& call,
                                             const v1::ClaimCareOrderRequest& request);
absl::StatusOr<v1::CareOrder> RecordTreatingDoctorContact(
    Desk& desk, const base::Call& call, const v1::RecordTreatingDoctorContactRequest& request);
absl::StatusOr<v1::CareOrder> RecordRefusedProposal(
    Desk& desk, const base::Call& call, const v1::RecordRefusedProposalRequest& request);
absl::StatusOr<v1::CareOrder> ConfirmPatientInformed(
    Desk& desk, const base::Call& call, const v1::ConfirmPatientInformedRequest& request);
absl::StatusOr<v1::CareOrder> ReturnCareOrder(Desk& desk, const base::Call& call,
                                              const v1::ReturnCareOrderRequest& request);
absl::StatusOr<v1::CareOrder> RecordContactAttempt(Desk& desk, const base::Call& call,
                                                   const v1::RecordContactAttemptRequest& request);
absl::StatusOr<v1::CareOrder> AgreeLateAppointment(Desk& desk, const base::Call& call,
                                                   const v1::AgreeLateAppointmentRequest& request);

// act_room.cpp: calls to return and the wall.
absl::StatusOr<v1::LostCall> RecordLostCall(Desk& desk, const base::Call& call,
                                            const v1::RecordLostCallRequest& request);
absl::StatusOr<v1::LostCall> RecordHangUp(Desk& desk, const base::Call& call,
                                          const v1::RecordHangUpRequest& request);
absl::StatusOr<v1::LostCall> ClaimLostCall(Desk& desk, const base::Call& call,
                                           const v1::ClaimLostCallRequest& request);
absl::StatusOr<v1::LostCall> RecordCallReturn(Desk& desk, const base::Call& call,
                                              const v1::RecordCallReturnRequest& request);
absl::StatusOr<v1::ListLostCallsResponse> ListLostCalls(Desk& desk, const base::Call& call,
                                                        const v1::ListLostCallsRequest& request);
absl::StatusOr<v1::LostCall> ResolveLostCall(Desk& desk, const base::Call& call,
                                             const v1::ResolveLostCallRequest& request);
absl::StatusOr<v1::Board> GetBoard(Desk& desk, const base::Call& call,
                                   const v1::GetBoardRequest& request);

}  // namespace sas::regulation::acts
