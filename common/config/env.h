#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"

/// Settings come from the environment. Every fault is collected, so that one start shows them all,
/// and a `SAS_*` variable that nobody asked for stops the start: a typing error must not silently
/// leave a default in place.
namespace sas::config {

class Env {
 public:
  /// Reads this process' environment.
  Env();
  /// For tests.
  explicit Env(std::map<std::string, std::string> variables);

  std::string Text(const std::string& name, std::string_view standard);
  std::string RequiredText(const std::string& name);
  long long Number(const std::string& name, long long standard, long long minimum,
                   long long maximum);
  bool Flag(const std::string& name, bool standard);  ///< true/false, 1/0, on/off.
  /// Comma-separated, trimmed, empty parts dropped.
  std::vector<std::string> List(const std::string& name, std::string_view standard);
  /// `1500ms`, `30s`, `10m`, `48h`.
  std::chrono::milliseconds Duration(const std::string& name, std::chrono::milliseconds standard,
                                     std::chrono::milliseconds minimum,
                                     std::chrono::milliseconds maximum);
  /// Content of the file named by `name` (trailing newline removed): secrets never stand in the
  /// environment itself. Refuses a file that others may read.
  std::string SecretFile(const std::string& name);

  /// A fault that only the reader of the setting can see.
  void Fault(const std::string& name, const std::string& what);

  /// INVALID_ARGUMENT `INVALID_SETTINGS` with one violation per fault, unknown SAS_* included.
  absl::Status Check() const;

  /// Every setting that was read with its value, for the start-up log. Secrets, and texts that hold
  /// a password as a ledger's url may, are "(secret)".
  std::vector<std::pair<std::string, std::string>> Shown() const;

 private:
  const std::string* Find(const std::string& name);
  std::map<std::string, std::string> variables_;
  std::set<std::string> known_;
  std::map<std::string, std::string> shown_;
  std::vector<std::pair<std::string, std::string>> faults_;
};

}  // namespace sas::config
