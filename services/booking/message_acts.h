#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "sas/booking/v1/message_service.pb.h"
#include "services/booking/confirmation.h"

/// What people see of messages and do about them; each change once for a request_id.
namespace sas::booking {

/// Adds the latest messages of an appointment, and whether anybody is told by any.
absl::Status ShowMessages(BookingTransaction& transaction, const MessagePolicy& policy,
                          v1::Appointment& appointment);

absl::StatusOr<v1::Message> GetMessage(const BookingParts& parts, const base::Call& call,
                                       const v1::GetMessageRequest& request);
absl::StatusOr<v1::ListMessagesResponse> ListMessages(const BookingParts& parts,
                                                      const base::Call& call,
                                                      const v1::ListMessagesRequest& request);
absl::StatusOr<v1::Message> RetryMessage(const BookingParts& parts, const base::Call& call,
                                         const v1::RetryMessageRequest& request);
absl::StatusOr<v1::Message> ResolveMessageTask(const BookingParts& parts, const base::Call& call,
                                               const v1::ResolveMessageTaskRequest& request);
absl::StatusOr<v1::Message> ApproveMessage(const BookingParts& parts, const base::Call& call,
                                           const v1::ApproveMessageRequest& request);
absl::StatusOr<v1::Message> RecordMessageReceipt(const BookingParts& parts, const base::Call& call,
                                                 const v1::RecordMessageReceiptRequest& request);

}  // namespace sas::booking
