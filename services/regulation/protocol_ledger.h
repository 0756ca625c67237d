#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "sas/regulation/v1/protocol.pb.h"
#include "sas/regulation/v1/triage.pb.h"

namespace sas::regulation {

struct ProtocolQuery {
  std::string region;    ///< Empty: all.
  std::string protocol;  ///< Name of one protocol, all of its versions; empty: all of the region.
  std::vector<std::string> territories;  ///< Empty: all.
  std::string scope;                     ///< Empty: all.
  std::string after;                     ///< Name of the last version of the page before.
  int limit = 0;
};

struct TriageQuery {
  std::string protocol;   ///< Name of a protocol: any of its versions.
  base::Instant since{};  ///< Recorded from here on.
  int limit = 0;
};

/// Protocols, who has read them, and the answers that dossiers gave to them; part of a
/// RegulationTransaction and of its rules.
class ProtocolLedger {
 public:
  virtual ~ProtocolLedger() = default;

  /// A version. NOT_FOUND `PROTOCOL_NOT_FOUND`.
  virtual absl::StatusOr<v1::Protocol> GetProtocol(const std::string& name) = 0;
  /// ABORTED `CONCURRENT_CHANGE` unless the etag is the successor of the stored one.
  virtual absl::Status PutProtocol(const v1::Protocol& protocol) = 0;
  /// By name.
  virtual absl::StatusOr<std::vector<v1::Protocol>> ListProtocols(const ProtocolQuery& query) = 0;

  /// Keeps the first of each person.
  virtual absl::Status PutAcknowledgement(const std::string& version,
                                          const v1::ProtocolAcknowledgement& row) = 0;
  /// Oldest first.
  virtual absl::StatusOr<std::vector<v1::ProtocolAcknowledgement>> ListAcknowledgements(
      const std::string& version, int limit) = 0;

  virtual absl::Status AddTriage(const v1::TriageRecord& record) = 0;
  /// Newest first.
  virtual absl::StatusOr<std::vector<v1::TriageRecord>> ListTriages(const TriageQuery& query) = 0;
};

absl::Status ProtocolNotFound(const std::string& name);

}  // namespace sas::regulation
