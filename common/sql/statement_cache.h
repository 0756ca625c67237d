#pragma once

#include <soci/soci.h>

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>

namespace sas::sql {

/// Prepared statements of one SQLite connection by their text: parsing costs more than most of our
/// statements' work. Used by one thread. A statement that is taken is not here, so that a query
/// inside the loop over another of the same text gets one of its own.
class StatementCache {
 public:
  /// Nullptr when there is none.
  std::unique_ptr<soci::statement> Take(const std::string& text);

  /// `statement` has run and been read as far as anybody will.
  void Keep(std::string text, std::unique_ptr<soci::statement> statement);

  /// Until it is set to false a statement that would write throws, before it runs.
  void SetReadOnly(bool read_only) { read_only_ = read_only; }

  /// soci::sqlite3_soci_error for a statement that may not run now.
  void CheckMayRun(soci::statement& statement) const;

  std::size_t size() const { return statements_.size(); }

 private:
  std::unordered_map<std::string, std::unique_ptr<soci::statement>> statements_;
  bool read_only_ = false;
};

}  // namespace sas::sql
