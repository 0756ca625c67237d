#include "services/regulation/protocol_library.h"

#include <algorithm>
#include <utility>

#include "common/base/resource_name.h"
#include "common/base/status.h"
#include "services/regulation/convert.h"
#include "services/regulation/convert_protocol.h"
#include "services/regulation/facts.h"

namespace sas::regulation {
namespace {

// A refusal of the file that the ledger shows; the transaction is given up with it.
absl::Status GivenUp() {
  return base::Fail(absl::StatusCode::kFailedPrecondition, "FILE_REFUSED",
                    "the file does not fit what is in the ledger; see its faults");
}

absl::Status GiveUp(ProtocolFile& file, ProtocolFault fault) {
  file.Add(fault);
  return GivenUp();
}

bool SameContent(const v1::Protocol& a, const v1::Protocol& b) {
  return WrittenPart(a).SerializeAsString() == WrittenPart(b).SerializeAsString();
}

absl::Status Shelve(RegulationTransaction& transaction, ProtocolFile& file, base::Instant now) {
  const std::string name = file.protocol().name();
  SAS_ASSIGN_OR_RETURN(const auto versions, VersionsOf(transaction, ProtocolOfVersion(name)));
  const auto known = std::find_if(versions.begin(), versions.end(),
                                  [&](const v1::Protocol& each) { return each.name() == name; });
  if (known != versions.end() && SameContent(*known, file.protocol())) return absl::OkStatus();
  if (known != versions.end() && known->has_sign_time()) {
    return GiveUp(file, {"name", "VERSION_CHANGED",
                         "this version was signed with another content: give the change a "
                         "version of its own"});
  }
  if (known == versions.end() && static_cast<int>(versions.size()) >= kVersionsMax) {
    return GiveUp(file, {"name", "TOO_MANY_ITEMS", "the protocol has too many versions"});
  }
  const std::string in_force = InForce(TimesOf(versions), now);
  for (const v1::Protocol& version : versions) {
    if (version.name() != in_force || in_force == name) continue;
    const auto faults = CheckRemovedSigns(ToValue(file.protocol()), ToValue(version));
    for (const ProtocolFault& fault : faults) file.Add(fault);
    if (!faults.empty()) return GivenUp();
  }
  v1::Protocol draft = file.protocol();
  if (known != versions.end()) draft.set_etag(known->etag());
  *draft.mutable_load_time() = ToTimestamp(now);
  return SaveProtocol(transaction, draft, "protocol.loaded", "LoadProtocol", "state=DRAFT", now);
}

}  // namespace

absl::StatusOr<std::vector<v1::Protocol>> VersionsOf(RegulationTransaction& transaction,
                                                     const std::string& protocol) {
  ProtocolQuery query;
  query.region = std::string(base::RegionOf(protocol));
  query.protocol = protocol;
  query.limit = kVersionsMax;
  return transaction.protocols().ListProtocols(query);
}

std::vector<VersionTimes> TimesOf(const std::vector<v1::Protocol>& versions) {
  std::vector<VersionTimes> times;
  for (const v1::Protocol& version : versions) times.push_back(TimesOf(version));
  return times;
}

void ShowState(v1::Protocol& protocol, const std::vector<VersionTimes>& versions,
               base::Instant now) {
  const ProtocolState state = StateOf(TimesOf(protocol), versions, now);
  protocol.set_state(static_cast<v1::Protocol::State>(state));
  protocol.set_review_overdue(state == ProtocolState::kInForce &&
                              ToInstant(protocol.review_time()) <= now);
}

absl::StatusOr<v1::Protocol> FindVersion(RegulationTransaction& transaction,
                                         const std::string& name, base::Instant now) {
  const std::string protocol = ProtocolOfVersion(name);
  SAS_ASSIGN_OR_RETURN(auto versions, VersionsOf(transaction, protocol));
  if (versions.empty()) return ProtocolNotFound(name);
  const std::vector<VersionTimes> times = TimesOf(versions);
  const std::string wanted = protocol == name ? InForce(times, now) : name;
  if (wanted.empty()) {
    return base::Fail(absl::StatusCode::kFailedPrecondition, "NO_PROTOCOL_IN_FORCE",
                      "no version of this protocol is signed and in force; a doctor signs one",
                      {{"protocol", protocol}});
  }
  for (v1::Protocol& version : versions) {
    if (version.name() != wanted) continue;
    ShowState(version, times, now);
    return std::move(version);
  }
  return ProtocolNotFound(name);
}

absl::Status CheckProtocolRight(const base::Call& call, const std::string& name, bool whole) {
  const bool is_version = name.find("/versions/") != std::string::npos;
  SAS_RETURN_IF_ERROR(
      CheckName(call, whole && !is_version ? kProtocolName : kVersionName, name, "name"));
  return CheckTerritoryRight(call.actor, TerritoryOfScope(ScopeOf(name)));
}

absl::Status NotInForce(const std::string& version) {
  return base::Fail(absl::StatusCode::kFailedPrecondition, "PROTOCOL_NOT_IN_FORCE",
                    "this version is not signed, or its date of effect lies ahead; take the one "
                    "in force",
                    {{"protocol", version}});
}

absl::Status ShelveProtocol(Desk& desk, const base::Call& call, ProtocolFile& file) {
  const std::size_t before = file.faults().size();
  const absl::Status status = desk.store.Write(call, [&](RegulationTransaction& transaction) {
    return Shelve(transaction, file, desk.clock.Now());
  });
  return file.faults().size() > before ? absl::OkStatus() : status;
}

absl::Status SaveProtocol(RegulationTransaction& transaction, v1::Protocol& protocol,
                          const std::string& event, const std::string& act,
                          const std::string& detail, base::Instant now) {
  protocol.clear_state();  // Computed when it is read, like all that depends on hour and caller.
  protocol.clear_review_overdue();
  protocol.clear_acknowledged();
  protocol.set_etag(EtagOf(VersionOf(protocol.etag()) + 1));
  SAS_RETURN_IF_ERROR(transaction.protocols().PutProtocol(protocol));
  SAS_ASSIGN_OR_RETURN(const auto versions,
                       VersionsOf(transaction, ProtocolOfVersion(protocol.name())));
  ShowState(protocol, TimesOf(versions), now);
  return RecordProtocol(transaction, protocol, {event, act, detail});
}

}  // namespace sas::regulation
