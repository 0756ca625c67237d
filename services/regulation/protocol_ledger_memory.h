#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "services/regulation/protocol_ledger.h"

namespace sas::regulation {

/// Rows of the store in memory, shared between copies and never changed in place.
struct MemoryProtocolRows {
  std::map<std::string, std::shared_ptr<const v1::Protocol>> protocols;
  /// By version, then subject.
  std::map<std::pair<std::string, std::string>, v1::ProtocolAcknowledgement> acknowledgements;
  std::map<std::string, std::shared_ptr<const v1::TriageRecord>> triages;
};

class MemoryProtocolLedger final : public ProtocolLedger {
 public:
  explicit MemoryProtocolLedger(MemoryProtocolRows& rows) : rows_(rows) {}

  absl::StatusOr<v1::Protocol> GetProtocol(const std::string& name) override;
  absl::Status PutProtocol(const v1::Protocol& protocol) override;
  absl::StatusOr<std::vector<v1::Protocol>> ListProtocols(const ProtocolQuery& query) override;
  absl::Status PutAcknowledgement(const std::string& version,
                                  const v1::ProtocolAcknowledgement& row) override;
  absl::StatusOr<std::vector<v1::ProtocolAcknowledgement>> ListAcknowledgements(
      const std::string& version, int limit) override;
  absl::Status AddTriage(const v1::TriageRecord& record) override;
  absl::StatusOr<std::vector<v1::TriageRecord>> ListTriages(const TriageQuery& query) override;

 private:
  MemoryProtocolRows& rows_;
};

}  // namespace sas::regulation
