#include "common/base/etag.h"

#include <charconv>

namespace sas::base {

std::string EtagOf(std::int64_t version) {
  return "\"" + std::to_string(version) + "\"";
}

std::int64_t VersionOf(std::string_view etag) {
  if (etag.size() < 3 || etag.front() != '"' || etag.back() != '"') return 0;
  const std::string_view digits = etag.substr(1, etag.size() - 2);
  std::int64_t version = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), version);
  return error == std::errc() && end == digits.data() + digits.size() ? version : 0;
}

}  // namespace sas::base
