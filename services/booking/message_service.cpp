#include "services/booking/message_service.h"

#include "common/rpc/serve_unary.h"
#include "services/booking/message_acts.h"

namespace sas::booking {

grpc::ServerUnaryReactor* MessageService::GetMessage(grpc::CallbackServerContext* context,
                                                     const v1::GetMessageRequest* request,
                                                     v1::Message* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.booking.v1.MessageService/GetMessage",
                         [this](const base::Call& call, const auto& proto) {
                           return booking::GetMessage(parts_, call, proto);
                         });
}

grpc::ServerUnaryReactor* MessageService::ListMessages(grpc::CallbackServerContext* context,
                                                       const v1::ListMessagesRequest* request,
                                                       v1::ListMessagesResponse* response) {
  return rpc::ServeUnary(runtime_, runtime_.background, context, request, response,
                         "/sas.booking.v1.MessageService/ListMessages",
                         [this](const base::Call& call, const auto& proto) {
                           return booking::ListMessages(parts_, call, proto);
                         });
}

grpc::ServerUnaryReactor* MessageService::RetryMessage(grpc::CallbackServerContext* context,
                                                       const v1::RetryMessageRequest* request,
                                                       v1::Message* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.booking.v1.MessageService/RetryMessage",
                         [this](const base::Call& call, const auto& proto) {
                           return booking::RetryMessage(parts_, call, proto);
                         });
}

grpc::ServerUnaryReactor* MessageService::ResolveMessageTask(
    grpc::CallbackServerContext* context, const v1::ResolveMessageTaskRequest* request,
    v1::Message* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.booking.v1.MessageService/ResolveMessageTask",
                         [this](const base::Call& call, const auto& proto) {
                           return booking::ResolveMessageTask(parts_, call, proto);
                         });
}

grpc::ServerUnaryReactor* MessageService::ApproveMessage(grpc::CallbackServerContext* context,
                                                         const v1::ApproveMessageRequest* request,
                                                         v1::Message* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.booking.v1.MessageService/ApproveMessage",
                         [this](const base::Call& call, const auto& proto) {
                           return booking::ApproveMessage(parts_, call, proto);
                         });
}

grpc::ServerUnaryReactor* MessageService::RecordMessageReceipt(
    grpc::CallbackServerContext* context, const v1::RecordMessageReceiptRequest* request,
    v1::Message* response) {
  return rpc::ServeUnary(runtime_, runtime_.interactive, context, request, response,
                         "/sas.booking.v1.MessageService/RecordMessageReceipt",
                         [this](const base::Call& call, const auto& proto) {
                           return booking::RecordMessageReceipt(parts_, call, proto);
                         });
}

}  // namespace sas::booking
