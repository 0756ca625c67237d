#pragma once

#include "absl/status/status.h"
#include "common/base/call.h"
#include "services/regulation/desk.h"

namespace sas::regulation {

/// Who runs AgeCases; the audit record names it.
inline constexpr char kCaseAgeing[] = "case_ageing";
/// Its act on what is prepared: a patient waits for it, so it is vital (IsVitalAct).
inline constexpr char kCaseBeginning[] = "case_beginning";

/// Moves every dossier whose hour has come on in its life cycle (AgeingOf): what is prepared
/// begins, what is validated is closed for good, what is closed is filed, what is filed archived.
/// Each in a transaction of its own, so that neither a restart nor a second replica moves one
/// twice. For a periodic work.
absl::Status AgeCases(Desk& desk, const base::Call& call);

}  // namespace sas::regulation
