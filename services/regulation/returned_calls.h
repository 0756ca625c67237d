#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "services/regulation/case_work.h"
#include "services/regulation/desk.h"
#include "services/regulation/domain/call_return.h"
#include "services/regulation/facts.h"
#include "services/regulation/store.h"

namespace sas::regulation {

using Calls = google::protobuf::RepeatedPtrField<v1::CallReturn>;

/// Has no call since the last one that reached somebody found the number to be another's?
bool NumberKnown(const Calls& calls);

/// Keeps a call that the caller has made now, the oldest of too many is forgotten, and tells what
/// follows from it; who was reached changes nothing.
ReturnState AddCall(const ReturnRules& rules, const ReturnState& before,
                    v1::CallReturn::Result result, const base::Call& call, base::Instant now,
                    Calls& calls);

/// INVALID_ARGUMENT `OUTCOME_REQUIRED` for a call of which nobody says what came of it.
absl::Status CheckCallResult(v1::CallReturn::Result result);

/// A call to return that is not kept yet.
v1::LostCall NewLost(const Desk& desk, const std::string& parent, base::Instant arrival);

/// He called, and nobody speaks with him: he is called back from now on, however often that was
/// tried for an earlier call. Who calls from a number has shown that it is his.
void BeginReturn(const ReturnRules& rules, base::Instant called, v1::LostCall& lost);

/// A call that nobody answered, or that was cut, is to be returned: number, territory, arrival and
/// seconds are those of `asked`. One entry for a number until it is returned, however long that
/// takes (hazard H-08), and each call begins it anew; a hidden number has an entry for each call.
/// Figures know the event.
absl::StatusOr<v1::LostCall> AddLost(const Desk& desk, RegulationTransaction& transaction,
                                     const base::Call& call, const std::string& parent,
                                     const v1::LostCall& asked, const std::string& event);

/// Writes the next version of a call to return with its trace.
absl::Status SaveLost(RegulationTransaction& transaction, v1::LostCall& lost, const Fact& fact);

/// Nobody calls back any more; `by` is a code.
absl::Status EndLost(RegulationTransaction& transaction, const base::Call& call, v1::LostCall& lost,
                     v1::LostCall::State state, const std::string& by);

/// Somebody has called from this number again: a call from it that nobody had answered needs no
/// return any more. `parent` is the region; nothing happens without a number. What stands on a
/// dossier stays: a number is a family's or a home's, and says nothing of who calls (hazard H-31).
absl::Status MarkReturned(RegulationTransaction& transaction, const base::Call& call,
                          const std::string& parent, const std::string& number);

/// `call` was attached to this dossier. If it is of the caller who had hung up, nobody needs to
/// call him back; another caller says nothing of him, nor does a call that was cut itself. Neither
/// the dossier is saved nor the call on it yet.
absl::Status EndReturn(CaseWork& work, const v1::CallOrigin& call);

/// The call that had ended this return was none of this dossier's: he who hung up is called back
/// after all, now. Nothing if the dossier has another call to return, or the return has ended
/// otherwise. The dossier is not saved.
absl::Status ReopenReturn(CaseWork& work, const ReturnRules& rules, const std::string& name);

/// The caller who hung up was the one of `call`, which has a dossier of its own now: he is called
/// back about that. Neither dossier is saved.
absl::Status HandReturn(CaseWork& work, CaseWork& own, const v1::CallOrigin& call);

/// Somebody will be called in the window that was asked for; the first call is due in it.
v1::CallbackPromise Promised(const ReturnRules& rules, v1::CallbackPromise::Kind kind,
                             const v1::CallbackPromise& asked);
CallbackWindow WindowAsked(const v1::CallbackPromise& asked);

/// Where a return stands, and back.
ReturnState ReturnStateOf(const v1::LostCall& lost);
void KeepReturn(const ReturnRules& rules, const ReturnState& state, v1::LostCall& lost);

/// The region of a dossier, as a name.
std::string RegionNameOf(const std::string& case_name);

/// At which number the caller is called back; empty when none is known.
std::string CallBackNumber(const v1::CallOrigin& call);

/// The dossier has gone to another territory, which calls back from now on.
absl::Status MoveReturn(CaseWork& work);

}  // namespace sas::regulation
