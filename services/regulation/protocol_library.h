#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "services/regulation/desk.h"
#include "services/regulation/domain/protocol_life.h"
#include "services/regulation/protocol_file.h"
#include "services/regulation/store.h"

/// What several acts on protocols share. Which version applies is computed from the ledger at each
/// question, so that no two replicas can disagree for longer than a transaction.
namespace sas::regulation {

inline constexpr int kVersionsMax = 200;  ///< Of one protocol.

/// All versions of a protocol, by name.
absl::StatusOr<std::vector<v1::Protocol>> VersionsOf(RegulationTransaction& transaction,
                                                     const std::string& protocol);
std::vector<VersionTimes> TimesOf(const std::vector<v1::Protocol>& versions);

/// A version by its name, or the one in force by the name of its protocol: NOT_FOUND
/// `PROTOCOL_NOT_FOUND`, FAILED_PRECONDITION `NO_PROTOCOL_IN_FORCE`. With its state at `now`.
absl::StatusOr<v1::Protocol> FindVersion(RegulationTransaction& transaction,
                                         const std::string& name, base::Instant now);

/// Sets what depends on the hour.
void ShowState(v1::Protocol& protocol, const std::vector<VersionTimes>& versions,
               base::Instant now);

/// Parses the name of a version or, where `whole` says so, of a protocol; then asks for the rights
/// of its region and territory.
absl::Status CheckProtocolRight(const base::Call& call, const std::string& name, bool whole);

/// FAILED_PRECONDITION `PROTOCOL_NOT_IN_FORCE`.
absl::Status NotInForce(const std::string& version);

/// Keeps a sound file as a draft; the same file again changes nothing. What the ledger refuses is
/// added to the faults of the file and leaves no trace: `VERSION_CHANGED` (a signed version never
/// changes), `SEVERITY_SIGN_REMOVED`, `TOO_MANY_ITEMS`. The status is about the ledger itself.
absl::Status ShelveProtocol(Desk& desk, const base::Call& call, ProtocolFile& file);

/// The next etag, the row, its audit record and its event.
absl::Status SaveProtocol(RegulationTransaction& transaction, v1::Protocol& protocol,
                          const std::string& event, const std::string& act,
                          const std::string& detail, base::Instant now);

}  // namespace sas::regulation
