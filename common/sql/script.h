#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/sql/database.h"

namespace sas::sql {

/// Statements of a migration file for one dialect. A statement ends with ';' at the end of a line.
/// Lines between `-- sqlite:` or `-- postgres:` and `-- end` count for that dialect only; other
/// lines that start with `--` are comments.
std::vector<std::string> SplitScript(std::string_view script, Dialect dialect);

}  // namespace sas::sql
