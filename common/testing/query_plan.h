#pragma once

#include <string>

#include "common/base/clock.h"
#include "common/sql/database.h"

namespace sas::testing {

/// How SQLite finds the rows of the kept statement that has `part` in its text ("SEARCH t USING
/// INDEX …", a line for each step): a query that looks at all rows answers right, and slower with
/// each day. Empty when no such statement was prepared on this connection, or several were.
std::string PlanOf(sql::Database& database, const base::Clock& clock, const std::string& part);

}  // namespace sas::testing
