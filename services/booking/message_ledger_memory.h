#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/booking/message_ledger.h"

namespace sas::booking {

/// What MemoryBookingStore keeps of messages; copied with it.
struct MemoryMessages {
  std::map<std::int64_t, std::shared_ptr<const v1::Message>> rows;  ///< By sequence.
  std::map<v1::Message::Kind, std::pair<std::string, base::Instant>> leases;
};

class MemoryMessageLedger final : public MessageLedger {
 public:
  explicit MemoryMessageLedger(MemoryMessages& messages) : messages_(messages) {}

  absl::Status Add(const v1::Message& message) override;
  absl::StatusOr<v1::Message> Get(const std::string& name) override;
  absl::Status Update(const v1::Message& message) override;
  absl::StatusOr<std::vector<v1::Message>> OfAppointment(const std::string& appointment) override;
  absl::StatusOr<std::vector<MessageRow>> List(const MessageQuery& query) override;
  absl::StatusOr<std::vector<std::string>> Due(v1::Message::Kind kind, base::Instant now,
                                               int limit) override;
  absl::StatusOr<MessageBacklog> Backlog(base::Instant now) override;
  absl::StatusOr<bool> Lease(v1::Message::Kind kind, const std::string& holder, base::Instant now,
                             base::Instant until) override;

 private:
  MemoryMessages& messages_;
};

}  // namespace sas::booking
