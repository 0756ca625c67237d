#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "services/regulation/desk.h"
#include "services/regulation/pickup_ledger.h"
#include "services/regulation/store.h"

/// What the acts on calls before their dossier share with those that open and attach.
namespace sas::regulation {

inline constexpr char kWaitingName[] = "regions/*/waitingCalls/*";

/// Who runs EndOldRings; the audit record names it.
inline constexpr char kRingEnd[] = "ring_end";

/// Writes the next version with its trace: codes, never the number.
absl::Status SaveWaiting(RegulationTransaction& transaction, const base::Call& call,
                         WaitingRow& row, const std::string& event, const std::string& detail);

/// The caller of the RPC speaks with whoever rings, from now on.
void MarkAnswered(const base::Call& call, base::Instant now, v1::WaitingCall& waiting);

/// The call as a dossier tells it, without its way in.
v1::CallOrigin OriginOf(const v1::WaitingCall& waiting);

/// `origin`, of the dossier `row`, names a ringing call: what it leaves open is taken from there,
/// and the call becomes that dossier's. Whoever has hung up after the pick-up is called back about
/// the dossier (hazard H-08). Nothing when it names none. NOT_FOUND `WAITING_CALL_NOT_FOUND`, also
/// for who answers no calls; FAILED_PRECONDITION `WAITING_CALL_USED`.
absl::Status TakeWaiting(const Desk& desk, RegulationTransaction& transaction,
                         const base::Call& call, v1::RegulationCase& row, v1::CallOrigin& origin);

/// The call was detached and has a dossier of its own now.
absl::Status MoveWaiting(RegulationTransaction& transaction, const base::Call& call,
                         const v1::CallOrigin& origin, const std::string& own_case);

/// Nobody speaks with the caller any more, and there is no dossier: he is called back.
absl::Status LoseWaiting(const Desk& desk, RegulationTransaction& transaction,
                         const base::Call& call, WaitingRow& row, base::Instant end);

/// The telephone system tells when whoever was answered hung up (tf, K05); told once, and nothing
/// else changes.
absl::Status EndTalk(RegulationTransaction& transaction, const base::Call& call, WaitingRow& row,
                     base::Instant end);

/// What rings, or was picked up and has no dossier, for longer than kRingingMax was not ended
/// because the telephone's link is dead: each becomes a call to return, in a transaction of its
/// own. For a periodic work.
absl::Status EndOldRings(Desk& desk, const base::Call& call);

/// What was settled kSettledKept ago is forgotten. For a periodic work.
absl::Status ForgetSettled(Desk& desk, const base::Call& call);

}  // namespace sas::regulation
