#pragma once

#include <exception>
#include <string_view>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"

/// What the engines throw, as statuses. Messages and metadata carry codes and names of the schema,
/// never a value of a row.
namespace sas::sql {

/// | reason                 | code                | when                                          |
/// |------------------------|---------------------|-----------------------------------------------|
/// | `UNIQUE_VIOLATION`     | ALREADY_EXISTS      | a row with this key is there; metadata        |
/// |                        |                     | `constraint` (PostgreSQL), `columns` (SQLite) |
/// | `CONSTRAINT_VIOLATION` | FAILED_PRECONDITION | foreign key, check, not null                  |
/// | `LEDGER_CONFLICT`      | ABORTED, retryable  | serialization failure, deadlock               |
/// | `LEDGER_TIMEOUT`       | DEADLINE_EXCEEDED   | the statement outlived the call               |
/// | `LEDGER_FULL`          | RESOURCE_EXHAUSTED  | no room on the disk                           |
/// | `LEDGER_UNAVAILABLE`   | UNAVAILABLE         | connection refused or lost, server stops      |
/// | `LEDGER_ERROR`         | INTERNAL            | anything else                                 |
absl::Status StatusFromException(const std::exception& error);

/// True for `UNIQUE_VIOLATION` of this constraint. PostgreSQL names the constraint or index
/// ("appointments_live_seat"), SQLite its columns ("appointments.slot, appointments.seat"). Domain
/// code turns it into a refusal of its own.
bool IsUniqueViolation(const absl::Status& status, std::string_view constraint,
                       std::string_view columns);

/// True for a status after which the same work may succeed in a new transaction.
bool IsConflict(const absl::Status& status);

/// Where causes go that no client may read (engine text without row data). Standard error unless
/// set; must be thread-safe and must not throw.
using CauseSink = void (*)(std::string_view reason, std::string_view cause);
void SetCauseSink(CauseSink sink);
void ReportCause(std::string_view reason, std::string_view cause);

/// Runs `work`, which returns nothing or absl::Status, and turns exceptions into statuses: nothing
/// of the engines is thrown across a module border.
template <typename Work>
absl::Status Guard(Work&& work) {
  try {
    if constexpr (std::is_void_v<decltype(std::forward<Work>(work)())>) {
      std::forward<Work>(work)();
      return absl::OkStatus();
    } else {
      return std::forward<Work>(work)();
    }
  } catch (const std::exception& error) {
    return StatusFromException(error);
  }
}

}  // namespace sas::sql
