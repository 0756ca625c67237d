#include <algorithm>
#include <chrono>
#include <set>

#include "common/base/status.h"
#include "common/ledger/write_once.h"
#include "services/regulation/convert.h"
#include "services/regulation/convert_protocol.h"
#include "services/regulation/domain/priority.h"
#include "services/regulation/protocol_acts.h"
#include "services/regulation/protocol_library.h"

namespace sas::regulation::acts {
namespace {

constexpr int kSimulatedDays = 7;  ///< Hazard H-49: preview on the last seven days.
constexpr int kSimulatedDaysMax = 30;
constexpr int kSimulatedMax = 5000;
constexpr int kLoweredShown = 50;

// One dossier under the new version against what it got.
void Compare(const Protocol& next, const v1::TriageRecord& record,
             v1::ProtocolSimulation& simulation) {
  const Facts facts = ToValue(record.facts());
  const TriageResult now = Evaluate(next, facts, Acceptable(next, ToValues(record.answers())));
  const Priority before = ToValue(record.result().minimum_priority());
  const bool blocked_before = record.result().booking_blocked();
  const bool raised = now.minimum != before && MoreUrgent(now.minimum, before) == now.minimum;
  const bool lowered = now.minimum != before && !raised;
  const bool unblocked = blocked_before && !now.booking_blocked;
  simulation.set_case_count(simulation.case_count() + 1);
  if (raised) simulation.set_raised_count(simulation.raised_count() + 1);
  if (lowered) simulation.set_lowered_count(simulation.lowered_count() + 1);
  if (unblocked) simulation.set_unblocked_count(simulation.unblocked_count() + 1);
  if (now.booking_blocked && !blocked_before) {
    simulation.set_blocked_count(simulation.blocked_count() + 1);
  }
  if (!now.missing.empty()) simulation.set_incomplete_count(simulation.incomplete_count() + 1);
  const bool changed = now.minimum != before || now.booking_blocked != blocked_before ||
                       now.excluded != record.result().excluded();
  if (changed) simulation.set_changed_count(simulation.changed_count() + 1);
  if ((lowered || unblocked) && simulation.lowered_cases_size() < kLoweredShown) {
    simulation.add_lowered_cases(CaseOf(record.name()));
  }
}

absl::StatusOr<v1::ProtocolSimulation> Simulate(RegulationTransaction& transaction,
                                                const v1::Protocol& protocol, int days,
                                                base::Instant now) {
  TriageQuery query;
  query.protocol = ProtocolOfVersion(protocol.name());
  query.since = now - std::chrono::hours(24 * days);
  query.limit = kSimulatedMax + 1;
  SAS_ASSIGN_OR_RETURN(auto records, transaction.protocols().ListTriages(query));
  v1::ProtocolSimulation simulation;
  *simulation.mutable_simulate_time() = ToTimestamp(now);
  simulation.set_days(days);
  simulation.set_truncated(static_cast<int>(records.size()) > kSimulatedMax);
  if (simulation.truncated()) records.pop_back();
  const Protocol next = ToValue(protocol);
  std::set<std::string> seen;  // Newest first: the latest answers of each patient count.
  for (const v1::TriageRecord& record : records) {
    if (seen.insert(record.patient()).second) Compare(next, record, simulation);
  }
  return simulation;
}

// Between its loading and its signature others may have been signed: no sign is lost where it takes
// over at its effect, nor where one that is signed already takes over from it.
absl::Status CheckSignsKept(const v1::Protocol& protocol, const std::vector<v1::Protocol>& versions,
                            base::Instant effect) {
  if (protocol.has_sign_time()) return absl::OkStatus();  // Going back needs nobody's leave.
  const auto times = TimesOf(versions);
  const std::string before = InForce(times, effect);
  const std::string after = NextInForce(times, effect);
  const Protocol fresh = ToValue(protocol);
  for (const v1::Protocol& version : versions) {
    if (version.name() != before && version.name() != after) continue;
    const Protocol other = ToValue(version);
    const auto faults = version.name() == before ? CheckRemovedSigns(fresh, other)
                                                 : CheckRemovedSigns(other, fresh);
    if (faults.empty()) continue;
    return base::Fail(absl::StatusCode::kFailedPrecondition, "SEVERITY_SIGN_REMOVED",
                      "of this version and the one named here the later has not every severity "
                      "sign of the earlier: it keeps them or names them in removed_signs, or this "
                      "one takes effect last",
                      {{"protocol", version.name()}});
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Protocol> Sign(RegulationTransaction& transaction, const base::Call& call,
                                  const v1::SignProtocolRequest& request, base::Instant now) {
  SAS_ASSIGN_OR_RETURN(v1::Protocol protocol, transaction.protocols().GetProtocol(request.name()));
  if (request.etag().empty()) {
    return base::InvalidField("etag", "ETAG_REQUIRED",
                              "give the version of the protocol on the screen");
  }
  if (request.etag() != protocol.etag()) {
    return base::Fail(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                      "it has changed since it was read; look at it again",
                      {{"etag", protocol.etag()}});
  }
  SAS_ASSIGN_OR_RETURN(const auto versions,
                       VersionsOf(transaction, ProtocolOfVersion(request.name())));
  Signing signing;
  signing.signatory_rpps = protocol.signatory().rpps();
  signing.actor_rpps = call.actor.rpps;
  // A délégation asks nothing, so there are no past answers to run it on.
  signing.simulated = protocol.has_simulation() || protocol.kind() == v1::Protocol::KIND_DELEGATION;
  signing.version = TimesOf(protocol);
  signing.now = now;
  SAS_ASSIGN_OR_RETURN(const base::Instant effect, EffectOf(signing, TimesOf(versions)));
  SAS_RETURN_IF_ERROR(CheckSignsKept(protocol, versions, effect));
  *protocol.mutable_sign_time() = ToTimestamp(now);
  *protocol.mutable_signed_by() = ToProto(call.actor);
  *protocol.mutable_in_force_time() = ToTimestamp(effect);
  SAS_RETURN_IF_ERROR(SaveProtocol(transaction, protocol, "protocol.signed", "SignProtocol",
                                   "rpps=" + call.actor.rpps, now));
  return protocol;
}

}  // namespace

absl::StatusOr<v1::Protocol> SimulateProtocol(ProtocolDesk& desk, const base::Call& call,
                                              const v1::SimulateProtocolRequest& request) {
  SAS_RETURN_IF_ERROR(CheckProtocolRight(call, request.name(), false));
  SAS_RETURN_IF_ERROR(CheckNotShed(desk.desk, request.name()));
  const int days = request.days() == 0 ? kSimulatedDays : request.days();
  if (days < 1 || days > kSimulatedDaysMax) {
    return base::InvalidField("days", "OUT_OF_RANGE", "1 to 30 days, 0 for 7");
  }
  return ledger::WriteOnce<v1::Protocol>(
      desk.desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::Protocol> {
        const base::Instant now = desk.desk.clock.Now();
        SAS_ASSIGN_OR_RETURN(v1::Protocol protocol,
                             transaction.protocols().GetProtocol(request.name()));
        SAS_ASSIGN_OR_RETURN(*protocol.mutable_simulation(),
                             Simulate(transaction, protocol, days, now));
        const std::string detail =
            "cases=" + std::to_string(protocol.simulation().case_count()) +
            " changed=" + std::to_string(protocol.simulation().changed_count());
        SAS_RETURN_IF_ERROR(SaveProtocol(transaction, protocol, "protocol.simulated",
                                         "SimulateProtocol", detail, now));
        return protocol;
      });
}

absl::StatusOr<v1::Protocol> SignProtocol(ProtocolDesk& desk, const base::Call& call,
                                          const v1::SignProtocolRequest& request) {
  SAS_RETURN_IF_ERROR(CheckProtocolRight(call, request.name(), false));
  return ledger::WriteOnce<v1::Protocol>(
      desk.desk.store, call, request, [&](RegulationTransaction& transaction) {
        return Sign(transaction, call, request, desk.desk.clock.Now());
      });
}

}  // namespace sas::regulation::acts
