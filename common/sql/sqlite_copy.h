#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace sas::sql {

/// A copy of an open SQLite database into a new file, page by page. The source may change between
/// steps, through its own connection. Used on the thread of the source's connection.
class SqliteCopy {
 public:
  /// `connection`: the source's sqlite3*. Faults come with the first step.
  SqliteCopy(void* connection, const std::string& file);
  ~SqliteCopy();  ///< Closes; the file of an unfinished copy is the caller's to remove.
  SqliteCopy(const SqliteCopy&) = delete;
  SqliteCopy& operator=(const SqliteCopy&) = delete;

  /// Some pages more, about a millisecond's work; true when the copy is whole and on the disk.
  /// UNAVAILABLE `BACKUP_FAILED`.
  absl::StatusOr<bool> Step();

  static absl::Status Failed(std::string_view why);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sas::sql
