#pragma once

#include "common/rpc/runtime.h"
#include "sas/booking/v1/message_service.grpc.pb.h"
#include "services/booking/confirmation.h"

namespace sas::booking {

/// sas.booking.v1.MessageService: parses, calls, converts.
class MessageService final : public v1::MessageService::CallbackService {
 public:
  MessageService(const rpc::Runtime& runtime, const BookingParts& parts)
      : runtime_(runtime), parts_(parts) {}

  grpc::ServerUnaryReactor* GetMessage(grpc::CallbackServerContext* context,
                                       const v1::GetMessageRequest* request,
                                       v1::Message* response) override;
  grpc::ServerUnaryReactor* ListMessages(grpc::CallbackServerContext* context,
                                         const v1::ListMessagesRequest* request,
                                         v1::ListMessagesResponse* response) override;
  grpc::ServerUnaryReactor* RetryMessage(grpc::CallbackServerContext* context,
                                         const v1::RetryMessageRequest* request,
                                         v1::Message* response) override;
  grpc::ServerUnaryReactor* ResolveMessageTask(grpc::CallbackServerContext* context,
                                               const v1::ResolveMessageTaskRequest* request,
                                               v1::Message* response) override;
  grpc::ServerUnaryReactor* ApproveMessage(grpc::CallbackServerContext* context,
                                           const v1::ApproveMessageRequest* request,
                                           v1::Message* response) override;
  grpc::ServerUnaryReactor* RecordMessageReceipt(grpc::CallbackServerContext* context,
                                                 const v1::RecordMessageReceiptRequest* request,
                                                 v1::Message* response) override;

 private:
  const rpc::Runtime& runtime_;
  const BookingParts parts_;
};

}  // namespace sas::booking
