#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/ledger/write_once.h"
#include "services/regulation/seen.h"
#include "services/regulation/task_acts.h"
#include "services/regulation/task_work.h"

namespace sas::regulation::acts {

/// An act on one task, once per request_id: `act` changes it and saves it. What ended by it is
/// counted.
template <typename Request, typename Act>
absl::StatusOr<v1::CareTask> OnTask(TaskDesk& desk, const base::Call& call, const Request& request,
                                    Act act) {
  SAS_RETURN_IF_ERROR(CheckName(call, kTaskName, request.name(), "name"));
  bool ended = false;
  auto answer = ledger::WriteOnce<v1::CareTask>(
      desk.desk.store, call, request,
      [&](RegulationTransaction& transaction) -> absl::StatusOr<v1::CareTask> {
        const base::Instant now = desk.desk.clock.Now();
        SAS_ASSIGN_OR_RETURN(TaskWork work, TaskWork::Open(transaction, call, now, request.name()));
        if constexpr (requires { request.etag(); }) {
          SAS_RETURN_IF_ERROR(
              CheckSeen(desk.desk, request.etag(), work.row().name(), work.row().etag()));
        }
        SAS_RETURN_IF_ERROR(act(work));
        ended = work.row().has_end();
        return ShowTask(transaction, work.row(), now);
      });
  if (answer.ok() && ended) desk.metrics.Ended(answer->state());
  return answer;
}

}  // namespace sas::regulation::acts
