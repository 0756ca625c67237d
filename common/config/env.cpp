#include "common/config/env.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <iterator>
#include <utility>

#include "common/base/status.h"

namespace sas::config {
namespace {

constexpr std::string_view kPrefix = "SAS_";
constexpr char kSecret[] = "(secret)";
constexpr std::size_t kSecretBytesMax = std::size_t{64} * 1024;

std::map<std::string, std::string> ProcessVariables() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

std::string Trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(kBlank) - first + 1));
}

// The whole text as a number; false when it is anything else or does not fit.
bool ParseNumber(std::string_view text, long long& number) {
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && rest == end;
}

bool ParseDuration(std::string_view text, std::chrono::milliseconds& duration) {
  constexpr std::array<std::pair<std::string_view, long long>, 4> kUnits{
      {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}};
  constexpr long long kAmountMax = 1'000'000'000;  // Keeps the product far from overflow.
  const std::size_t unit_at = text.find_first_not_of("0123456789");
  if (unit_at == std::string_view::npos) return false;
  long long amount = 0;
  if (!ParseNumber(text.substr(0, unit_at), amount) || amount > kAmountMax) return false;
  for (const auto& [unit, factor] : kUnits) {
    if (text.substr(unit_at) != unit) continue;
    duration = std::chrono::milliseconds(amount * factor);
    return true;
  }
  return false;
}

// A ledger's url may carry a password, as `password=…` or before the @. Such a value is hidden as a
// whole: cutting the password out would need the driver's own rules of quoting.
bool HoldsPassword(std::string_view text) {
  constexpr std::string_view kKeyword = "password";
  const auto same = [](char a, char b) { return (a | 0x20) == b; };
  for (auto at = text.begin();; ++at) {
    at = std::search(at, text.end(), kKeyword.begin(), kKeyword.end(), same);
    if (at == text.end()) break;
    const std::size_t after = static_cast<std::size_t>(at - text.begin()) + kKeyword.size();
    const std::size_t sign = text.find_first_not_of(" \t", after);
    if (sign != std::string_view::npos && text[sign] == '=') return true;
  }
  const std::size_t scheme = text.find("://");
  const std::size_t host = text.rfind('@');
  if (scheme == std::string_view::npos || host == std::string_view::npos) return false;
  return text.find(':', scheme + 1) < host;
}

std::string Milliseconds(std::chrono::milliseconds duration) {
  return std::to_string(duration.count()) + "ms";
}

}  // namespace

Env::Env() : Env(ProcessVariables()) {}

Env::Env(std::map<std::string, std::string> variables) : variables_(std::move(variables)) {}

std::string Env::Text(const std::string& name, std::string_view standard) {
  const std::string* value = Find(name);
  std::string text = value != nullptr ? *value : std::string(standard);
  shown_[name] = HoldsPassword(text) ? kSecret : text;
  return text;
}

std::string Env::RequiredText(const std::string& name) {
  std::string text = Text(name, "");
  if (text.empty()) Fault(name, "is required");
  return text;
}

long long Env::Number(const std::string& name, long long standard, long long minimum,
                      long long maximum) {
  long long number = standard;
  const std::string* value = Find(name);
  if (value != nullptr && (!ParseNumber(*value, number) || number < minimum || number > maximum)) {
    Fault(name, "must be a whole number from " + std::to_string(minimum) + " to " +
                    std::to_string(maximum));
    number = standard;
  }
  shown_[name] = std::to_string(number);
  return number;
}

bool Env::Flag(const std::string& name, bool standard) {
  bool flag = standard;
  if (const std::string* value = Find(name); value != nullptr) {
    flag = *value == "true" || *value == "1" || *value == "on";
    if (!flag && *value != "false" && *value != "0" && *value != "off") {
      Fault(name, "must be true or false (also 1, 0, on, off)");
    }
  }
  shown_[name] = flag ? "true" : "false";
  return flag;
}

std::vector<std::string> Env::List(const std::string& name, std::string_view standard) {
  const std::string text = Text(name, standard);
  std::vector<std::string> parts;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    if (std::string part = Trimmed(rest.substr(0, comma)); !part.empty()) {
      parts.push_back(std::move(part));
    }
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return parts;
}

std::chrono::milliseconds Env::Duration(const std::string& name, std::chrono::milliseconds standard,
                                        std::chrono::milliseconds minimum,
                                        std::chrono::milliseconds maximum) {
  std::chrono::milliseconds duration = standard;
  const std::string* value = Find(name);
  if (value != nullptr &&
      (!ParseDuration(*value, duration) || duration < minimum || duration > maximum)) {
    Fault(name, "must be a duration such as 1500ms, 30s, 10m or 48h, from " +
                    Milliseconds(minimum) + " to " + Milliseconds(maximum));
    duration = standard;
  }
  shown_[name] = Milliseconds(duration);
  return duration;
}

std::string Env::SecretFile(const std::string& name) {
  shown_[name] = kSecret;
  const std::string* path = Find(name);
  if (path == nullptr || path->empty()) {
    Fault(name, "is required: the path of a file that holds the secret");
    return {};
  }

  struct stat about {};

  if (stat(path->c_str(), &about) != 0 || !S_ISREG(about.st_mode)) {
    Fault(name, "names no readable file");
    return {};
  }
  if ((about.st_mode & S_IROTH) != 0) {
    Fault(name, "names a file that others may read: chmod o-r");
    return {};
  }
  std::ifstream file(*path, std::ios::binary);
  std::string secret{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file.good() && !file.eof()) {
    Fault(name, "names a file that this process may not read");
    return {};
  }
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  if (secret.empty() || secret.size() > kSecretBytesMax) {
    Fault(name, "names a file that is empty or longer than " + std::to_string(kSecretBytesMax) +
                    " bytes");
    return {};
  }
  return secret;
}

absl::Status Env::Check() const {
  base::ErrorDetail detail;
  detail.reason = "INVALID_SETTINGS";
  for (const auto& [name, what] : faults_) detail.violations.push_back({name, what});
  for (const auto& [name, value] : variables_) {
    const bool ours = std::string_view(name).substr(0, kPrefix.size()) == kPrefix;
    if (ours && !known_.contains(name)) {
      detail.violations.push_back({name, "is no setting of this program: a typing error?"});
    }
  }
  if (detail.violations.empty()) return absl::OkStatus();
  std::string message = "the environment does not fit:";
  for (const base::FieldViolation& violation : detail.violations) {
    message += ' ' + violation.field + ' ' + violation.description + ';';
  }
  message.pop_back();
  return base::WithDetail(absl::InvalidArgumentError(message), detail);
}

std::vector<std::pair<std::string, std::string>> Env::Shown() const {
  return {shown_.begin(), shown_.end()};
}

const std::string* Env::Find(const std::string& name) {
  known_.insert(name);
  const auto found = variables_.find(name);
  return found != variables_.end() ? &found->second : nullptr;
}

void Env::Fault(const std::string& name, const std::string& what) {
  faults_.emplace_back(name, what);
}

}  // namespace sas::config
