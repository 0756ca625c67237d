#pragma once

#include <string>
#include <utility>
#include <vector>

namespace sas::sql {

/// BEGIN, SAVEPOINT, COMMIT and the like of one SQLite connection, each parsed once: a unit of work
/// takes three of them. Used on the thread of the connection.
class ControlStatements {
 public:
  /// `connection`: a sqlite3*, which stays open longer.
  explicit ControlStatements(void* connection) : connection_(connection) {}

  ~ControlStatements();
  ControlStatements(const ControlStatements&) = delete;
  ControlStatements& operator=(const ControlStatements&) = delete;

  /// Runs a statement without rows. SQLITE_OK, or SQLite's code.
  int Run(const char* text);

 private:
  void* connection_;
  std::vector<std::pair<std::string, void*>> prepared_;  ///< sqlite3_stmt* by text; few.
};

}  // namespace sas::sql
