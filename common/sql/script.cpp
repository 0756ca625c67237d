#include "common/sql/script.h"

namespace sas::sql {
namespace {

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

}  // namespace

std::vector<std::string> SplitScript(std::string_view script, Dialect dialect) {
  std::vector<std::string> statements;
  std::string statement;
  bool skip = false;
  while (!script.empty()) {
    const std::size_t end = script.find('\n');
    const std::string_view line = Trim(script.substr(0, end));
    script.remove_prefix(end == std::string_view::npos ? script.size() : end + 1);
    if (line == "-- sqlite:") {
      skip = dialect != Dialect::kSqlite;
    } else if (line == "-- postgres:") {
      skip = dialect != Dialect::kPostgres;
    } else if (line == "-- end") {
      skip = false;
    } else if (!skip && !line.empty() && line.substr(0, 2) != "--") {
      statement += line;
      statement += '\n';
      if (line.back() == ';') {
        statements.push_back(std::move(statement));
        statement.clear();
      }
    }
  }
  if (!statement.empty()) statements.push_back(std::move(statement));
  return statements;
}

}  // namespace sas::sql
