#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "services/regulation/domain/reorientation.h"
#include "services/regulation/store.h"

namespace sas::regulation::v1 {
class Shift;
}

/// What every change leaves behind in its transaction: an audit record and an event. Both carry
/// states and codes only; a text or a number of a person has no way in.
namespace sas::regulation {

/// `act` is the RPC's short name or that of an internal act; `detail` is `key=value` codes.
struct Fact {
  std::string event;
  std::string act;
  std::string detail;
};

absl::Status RecordCase(RegulationTransaction& transaction, const v1::RegulationCase& row,
                        const Fact& fact, base::Instant now);
absl::Status RecordOrder(RegulationTransaction& transaction, const v1::CareOrder& order,
                         const Fact& fact, base::Instant now);
/// The same event for the feed of another territory that it concerns: both sides of a hand-over.
absl::Status TellTerritory(RegulationTransaction& transaction, const v1::RegulationCase& row,
                           const Fact& fact, base::Instant now, const std::string& territory);
absl::Status TellTerritory(RegulationTransaction& transaction, const v1::CareOrder& order,
                           const Fact& fact, base::Instant now, const std::string& territory);
absl::Status RecordShift(RegulationTransaction& transaction, const v1::Shift& shift,
                         const Fact& fact);
/// A change of which the feed says that it happened, and no more.
absl::Status RecordPlain(RegulationTransaction& transaction, const std::string& subject,
                         const std::string& territory, const Fact& fact);
/// `protocol` with its state at the hour.
absl::Status RecordProtocol(RegulationTransaction& transaction, const v1::Protocol& protocol,
                            const Fact& fact);
/// `fact.detail` holds kind and state, never a text or a reference.
absl::Status RecordExchange(RegulationTransaction& transaction, const v1::CaseExchange& exchange,
                            const Fact& fact);
/// The message to where the patient was sent: destination, dossier and order, no word more.
absl::Status RecordReorientation(RegulationTransaction& transaction, const v1::RegulationCase& row,
                                 const std::string& order, Destination destination,
                                 const std::string& act);
/// `task` as it is kept: without instruction, result and reasons.
absl::Status RecordTask(RegulationTransaction& transaction, const v1::CareTask& task,
                        const Fact& fact);
absl::Status RecordLostCall(RegulationTransaction& transaction, const v1::LostCall& lost_call,
                            const Fact& fact);

/// "ClaimRegulationCase" of "/sas.regulation.v1.RegulationService/ClaimRegulationCase".
std::string ActOf(const base::Call& call);

}  // namespace sas::regulation
