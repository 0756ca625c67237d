#include "services/regulation/acts.h"
#include "services/regulation/serve.h"
#include "services/regulation/service.h"

namespace sas::regulation {

grpc::ServerUnaryReactor* RegulationService::CreateRegulationCase(
    grpc::CallbackServerContext* context, const v1::CreateRegulationCaseRequest* request,
    v1::RegulationCase* response) {
  return Serve(runtime_, desk_, runtime_.vital, context, request, response,
               "/sas.regulation.v1.RegulationService/CreateRegulationCase",
               acts::CreateRegulationCase);
}

grpc::ServerUnaryReactor* RegulationService::GetRegulationCase(
    grpc::CallbackServerContext* context, const v1::GetRegulationCaseRequest* request,
    v1::RegulationCase* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RegulationService/GetRegulationCase", acts::GetRegulationCase);
}

grpc::ServerUnaryReactor* RegulationService::ListCaseHistory(
    grpc::CallbackServerContext* context, const v1::ListCaseHistoryRequest* request,
    v1::ListCaseHistoryResponse* response) {
  return Serve(runtime_, desk_, runtime_.background, context, request, response,
               "/sas.regulation.v1.RegulationService/ListCaseHistory", acts::ListCaseHistory);
}

grpc::ServerUnaryReactor* RegulationService::ListRegulationCases(
    grpc::CallbackServerContext* context, const v1::ListRegulationCasesRequest* request,
    v1::ListRegulationCasesResponse* response) {
  return Serve(runtime_, desk_, runtime_.background, context, request, response,
               "/sas.regulation.v1.RegulationService/ListRegulationCases",
               acts::ListRegulationCases);
}

grpc::ServerUnaryReactor* RegulationService::UpdateRegulationCase(
    grpc::CallbackServerContext* context, const v1::UpdateRegulationCaseRequest* request,
    v1::RegulationCase* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RegulationService/UpdateRegulationCase",
               acts::UpdateRegulationCase);
}

grpc::ServerUnaryReactor* RegulationService::PrioritizeRegulationCase(
    grpc::CallbackServerContext* context, const v1::PrioritizeRegulationCaseRequest* request,
    v1::RegulationCase* response) {
  return Serve(runtime_, desk_, runtime_.vital, context, request, response,
               "/sas.regulation.v1.RegulationService/PrioritizeRegulationCase",
               acts::PrioritizeRegulationCase);
}

grpc::ServerUnaryReactor* RegulationService::ClaimRegulationCase(
    grpc::CallbackServerContext* context, const v1::ClaimRegulationCaseRequest* request,
    v1::RegulationCase* response) {
  return Serve(runtime_, desk_, runtime_.vital, context, request, response,
               "/sas.regulation.v1.RegulationService/ClaimRegulationCase",
               acts::ClaimRegulationCase);
}

grpc::ServerUnaryReactor* RegulationService::ClaimNextRegulationCase(
    grpc::CallbackServerContext* context, const v1::ClaimNextRegulationCaseRequest* request,
    v1::RegulationCase* response) {
  return Serve(runtime_, desk_, runtime_.vital, context, request, response,
               "/sas.regulation.v1.RegulationService/ClaimNextRegulationCase",
               acts::ClaimNextRegulationCase);
}

grpc::ServerUnaryReactor* RegulationService::ReleaseRegulationCase(
    grpc::CallbackServerContext* context, const v1::ReleaseRegulationCaseRequest* request,
    v1::RegulationCase* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RegulationService/ReleaseRegulationCase",
               acts::ReleaseRegulationCase);
}

grpc::ServerUnaryReactor* RegulationService::TransferRegulationCase(
    grpc::CallbackServerContext* context, const v1::TransferRegulationCaseRequest* request,
    v1::RegulationCase* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RegulationService/TransferRegulationCase",
               acts::TransferRegulationCase);
}

grpc::ServerUnaryReactor* RegulationService::AddCaseNote(grpc::CallbackServerContext* context,
                                                         const v1::AddCaseNoteRequest* request,
                                                         v1::RegulationCase* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RegulationService/AddCaseNote", acts::AddCaseNote);
}

grpc::ServerUnaryReactor* RegulationService::AttachCall(grpc::CallbackServerContext* context,
                                                        const v1::AttachCallRequest* request,
                                                        v1::RegulationCase* response) {
  return Serve(runtime_, desk_, runtime_.vital, context, request, response,
               "/sas.regulation.v1.RegulationService/AttachCall", acts::AttachCall);
}

grpc::ServerUnaryReactor* RegulationService::RecordCallbackAttempt(
    grpc::CallbackServerContext* context, const v1::RecordCallbackAttemptRequest* request,
    v1::RegulationCase* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RegulationService/RecordCallbackAttempt",
               acts::RecordCallbackAttempt);
}

grpc::ServerUnaryReactor* RegulationService::DetachCall(grpc::CallbackServerContext* context,
                                                        const v1::DetachCallRequest* request,
                                                        v1::DetachCallResponse* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RegulationService/DetachCall", acts::DetachCall);
}

// Somebody is on the line while it is asked: it does not wait behind lists.
grpc::ServerUnaryReactor* RegulationService::SearchRepeatCandidates(
    grpc::CallbackServerContext* context, const v1::SearchRepeatCandidatesRequest* request,
    v1::SearchRepeatCandidatesResponse* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RegulationService/SearchRepeatCandidates",
               acts::SearchRepeatCandidates);
}

grpc::ServerUnaryReactor* RegulationService::LaunchReflexDeparture(
    grpc::CallbackServerContext* context, const v1::LaunchReflexDepartureRequest* request,
    v1::RegulationCase* response) {
  return Serve(runtime_, desk_, runtime_.vital, context, request, response,
               "/sas.regulation.v1.RegulationService/LaunchReflexDeparture",
               acts::LaunchReflexDeparture);
}

grpc::ServerUnaryReactor* RegulationService::AcknowledgeReflexDeparture(
    grpc::CallbackServerContext* context, const v1::AcknowledgeReflexDepartureRequest* request,
    v1::RegulationCase* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RegulationService/AcknowledgeReflexDeparture",
               acts::AcknowledgeReflexDeparture);
}

grpc::ServerUnaryReactor* RegulationService::CancelReflexDeparture(
    grpc::CallbackServerContext* context, const v1::CancelReflexDepartureRequest* request,
    v1::RegulationCase* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RegulationService/CancelReflexDeparture",
               acts::CancelReflexDeparture);
}

grpc::ServerUnaryReactor* RegulationService::LinkRegulationCases(
    grpc::CallbackServerContext* context, const v1::LinkRegulationCasesRequest* request,
    v1::RegulationCase* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RegulationService/LinkRegulationCases",
               acts::LinkRegulationCases);
}

grpc::ServerUnaryReactor* RegulationService::UnlinkRegulationCase(
    grpc::CallbackServerContext* context, const v1::UnlinkRegulationCaseRequest* request,
    v1::RegulationCase* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RegulationService/UnlinkRegulationCase",
               acts::UnlinkRegulationCase);
}

grpc::ServerUnaryReactor* RegulationService::ActivateRegulationCase(
    grpc::CallbackServerContext* context, const v1::ActivateRegulationCaseRequest* request,
    v1::RegulationCase* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RegulationService/ActivateRegulationCase",
               acts::ActivateRegulationCase);
}

grpc::ServerUnaryReactor* RegulationService::RecordMissionStatus(
    grpc::CallbackServerContext* context, const v1::RecordMissionStatusRequest* request,
    v1::RegulationCase* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RegulationService/RecordMissionStatus",
               acts::RecordMissionStatus);
}

grpc::ServerUnaryReactor* RegulationService::RecordBilan(grpc::CallbackServerContext* context,
                                                         const v1::RecordBilanRequest* request,
                                                         v1::RegulationCase* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RegulationService/RecordBilan", acts::RecordBilan);
}

grpc::ServerUnaryReactor* RegulationService::CreateDecision(
    grpc::CallbackServerContext* context, const v1::CreateDecisionRequest* request,
    v1::Decision* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RegulationService/CreateDecision", acts::CreateDecision);
}

grpc::ServerUnaryReactor* RegulationService::ListDecisions(grpc::CallbackServerContext* context,
                                                           const v1::ListDecisionsRequest* request,
                                                           v1::ListDecisionsResponse* response) {
  return Serve(runtime_, desk_, runtime_.background, context, request, response,
               "/sas.regulation.v1.RegulationService/ListDecisions", acts::ListDecisions);
}

grpc::ServerUnaryReactor* RegulationService::CompleteRegulationCase(
    grpc::CallbackServerContext* context, const v1::CompleteRegulationCaseRequest* request,
    v1::RegulationCase* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RegulationService/CompleteRegulationCase",
               acts::CompleteRegulationCase);
}

grpc::ServerUnaryReactor* RegulationService::CloseRegulationCase(
    grpc::CallbackServerContext* context, const v1::CloseRegulationCaseRequest* request,
    v1::RegulationCase* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RegulationService/CloseRegulationCase",
               acts::CloseRegulationCase);
}

grpc::ServerUnaryReactor* RegulationService::GetPatientContact(
    grpc::CallbackServerContext* context, const v1::GetPatientContactRequest* request,
    v1::PatientContact* response) {
  return Serve(runtime_, desk_, runtime_.background, context, request, response,
               "/sas.regulation.v1.RegulationService/GetPatientContact", acts::GetPatientContact);
}

}  // namespace sas::regulation
