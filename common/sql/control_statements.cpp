#include "common/sql/control_statements.h"

#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>

namespace sas::sql {

using sqlite_api::sqlite3;
using sqlite_api::sqlite3_stmt;

ControlStatements::~ControlStatements() {
  for (const auto& [text, statement] : prepared_) {
    sqlite3_finalize(static_cast<sqlite3_stmt*>(statement));
  }
}

int ControlStatements::Run(const char* text) {
  auto found = std::find_if(prepared_.begin(), prepared_.end(),
                            [text](const auto& each) { return each.first == text; });
  if (found == prepared_.end()) {
    sqlite3_stmt* made = nullptr;
    const int result =
        sqlite3_prepare_v2(static_cast<sqlite3*>(connection_), text, -1, &made, nullptr);
    if (result != SQLITE_OK) return result;
    found = prepared_.insert(prepared_.end(), {text, made});
  }
  auto* statement = static_cast<sqlite3_stmt*>(found->second);
  sqlite3_step(statement);
  return sqlite3_reset(statement);  // The code of the step.
}

}  // namespace sas::sql
