#pragma once

#include "absl/status/status.h"
#include "common/base/call.h"
#include "services/regulation/domain/board_alarms.h"
#include "services/regulation/task_acts.h"

namespace sas::regulation {

/// Who runs AskToListenAgain; the tasks are asked in this name.
inline constexpr char kListenAgain[] = "listen_again";

/// A wait that starves (BoardAlarm::kStarving) is a task of the territory's ARMs: listen to the
/// caller again, now (hazard H-09). One for each wait: its name follows from dossier and start of
/// the wait, so that neither a restart nor a second replica asks twice. It moves no line, because
/// only a person changes a priority (invariant I4). Nobody is left a list of calls that are over:
/// once the wait has ended, what nobody has taken is cancelled; what somebody has taken is his to
/// close. For a periodic work.
absl::Status AskToListenAgain(TaskDesk& desk, const AlarmRules& rules, const base::Call& call);

}  // namespace sas::regulation
