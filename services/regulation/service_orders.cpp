#include "services/regulation/acts.h"
#include "services/regulation/serve.h"
#include "services/regulation/service.h"

namespace sas::regulation {

grpc::ServerUnaryReactor* RegulationService::CreateCareOrder(
    grpc::CallbackServerContext* context, const v1::CreateCareOrderRequest* request,
    v1::CareOrder* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RegulationService/CreateCareOrder", acts::CreateCareOrder);
}

grpc::ServerUnaryReactor* RegulationService::GetCareOrder(grpc::CallbackServerContext* context,
                                                          const v1::GetCareOrderRequest* request,
                                                          v1::CareOrder* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RegulationService/GetCareOrder", acts::GetCareOrder);
}

grpc::ServerUnaryReactor* RegulationService::ListCareOrders(
    grpc::CallbackServerContext* context, const v1::ListCareOrdersRequest* request,
    v1::ListCareOrdersResponse* response) {
  return Serve(runtime_, desk_, runtime_.background, context, request, response,
               "/sas.regulation.v1.RegulationService/ListCareOrders", acts::ListCareOrders);
}

grpc::ServerUnaryReactor* RegulationService::ClaimCareOrder(
    grpc::CallbackServerContext* context, const v1::ClaimCareOrderRequest* request,
    v1::CareOrder* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RegulationService/ClaimCareOrder", acts::ClaimCareOrder);
}

grpc::ServerUnaryReactor* RegulationService::RecordTreatingDoctorContact(
    grpc::CallbackServerContext* context, const v1::RecordTreatingDoctorContactRequest* request,
    v1::CareOrder* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RegulationService/RecordTreatingDoctorContact",
               acts::RecordTreatingDoctorContact);
}

grpc::ServerUnaryReactor* RegulationService::RecordRefusedProposal(
    grpc::CallbackServerContext* context, const v1::RecordRefusedProposalRequest* request,
    v1::CareOrder* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RegulationService/RecordRefusedProposal",
               acts::RecordRefusedProposal);
}

grpc::ServerUnaryReactor* RegulationService::ConfirmPatientInformed(
    grpc::CallbackServerContext* context, const v1::ConfirmPatientInformedRequest* request,
    v1::CareOrder* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RegulationService/ConfirmPatientInformed",
               acts::ConfirmPatientInformed);
}

grpc::ServerUnaryReactor* RegulationService::ReturnCareOrder(
    grpc::CallbackServerContext* context, const v1::ReturnCareOrderRequest* request,
    v1::CareOrder* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RegulationService/ReturnCareOrder", acts::ReturnCareOrder);
}

grpc::ServerUnaryReactor* RegulationService::AgreeLateAppointment(
    grpc::CallbackServerContext* context, const v1::AgreeLateAppointmentRequest* request,
    v1::CareOrder* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RegulationService/AgreeLateAppointment",
               acts::AgreeLateAppointment);
}

grpc::ServerUnaryReactor* RegulationService::RecordContactAttempt(
    grpc::CallbackServerContext* context, const v1::RecordContactAttemptRequest* request,
    v1::CareOrder* response) {
  return Serve(runtime_, desk_, runtime_.interactive, context, request, response,
               "/sas.regulation.v1.RegulationService/RecordContactAttempt",
               acts::RecordContactAttempt);
}

}  // namespace sas::regulation
