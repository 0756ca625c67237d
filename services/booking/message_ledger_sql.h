#pragma once

#include <string>
#include <vector>

#include "common/sql/database.h"
#include "services/booking/message_ledger.h"

namespace sas::booking {

class SqlMessageLedger final : public MessageLedger {
 public:
  explicit SqlMessageLedger(sql::Session& session) : session_(session) {}

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
  sql::Session& session_;
};

}  // namespace sas::booking
