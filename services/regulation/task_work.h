#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/base/call.h"
#include "common/base/clock.h"
#include "services/regulation/case_work.h"
#include "services/regulation/domain/task.h"
#include "services/regulation/store.h"

namespace sas::regulation {

inline constexpr char kTaskName[] = "regions/*/tasks/*";

/// One task inside one transaction: read, changed by an act, written back with its audit record and
/// its event.
class TaskWork {
 public:
  /// Reads it. PERMISSION_DENIED `TERRITORY_FORBIDDEN`, `OTHER_STRUCTURE`.
  static absl::StatusOr<TaskWork> Open(RegulationTransaction& transaction, const base::Call& call,
                                       base::Instant now, const std::string& name);
  /// A new one; `row` has no version yet.
  static TaskWork New(RegulationTransaction& transaction, const base::Call& call, base::Instant now,
                      v1::CareTask row);

  v1::CareTask& row() { return row_; }

  TaskValue value() const;

  RegulationTransaction& transaction() { return transaction_; }

  const base::Call& call() const { return call_; }

  base::Instant now() const { return now_; }

  /// The act is meant for this version. INVALID_ARGUMENT `ETAG_REQUIRED`, ABORTED `ETAG_MISMATCH`
  /// with both versions.
  absl::Status CheckEtag(const std::string& etag) const;

  /// Ends it in the caller's name.
  v1::TaskEnd& End(v1::CareTask::State state);

  /// Hands it to the regulator of `dossier`.
  void Escalate(const v1::RegulationCase& dossier, bool opened, const std::string& reason);

  /// Writes the next version with its trace.
  absl::Status Save(const std::string& event, const std::string& detail);

 private:
  TaskWork(RegulationTransaction& transaction, const base::Call& call, base::Instant now,
           v1::CareTask row)
      : transaction_(transaction), call_(call), now_(now), row_(std::move(row)) {}

  RegulationTransaction& transaction_;
  const base::Call& call_;
  const base::Instant now_;
  v1::CareTask row_;
};

/// With what depends on the hour: overdue, and how far its escalation is.
absl::StatusOr<v1::CareTask> ShowTask(RegulationTransaction& transaction, v1::CareTask task,
                                      base::Instant now);

/// A regulator is asked about the dossier: it waits, and its priority is unset unless it is P0 or
/// P1. The caller saves it.
absl::Status AskRegulator(CaseWork& work, const std::string& reason);

}  // namespace sas::regulation
