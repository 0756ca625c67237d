#include "common/base/etag.h"

#include <algorithm>
#include <charconv>

namespace sas::base {
namespace {

constexpr std::size_t kMarkSize = 9;  // "-" and eight digits: bound_etag.h.

bool IsMark(std::string_view text) {
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.empty() || (text.size() == kMarkSize && text.front() == '-' &&
                          std::all_of(text.begin() + 1, text.end(), is_digit));
}

}  // namespace

std::string EtagOf(std::int64_t version) {
  return "\"" + std::to_string(version) + "\"";
}

std::int64_t VersionOf(std::string_view etag) {
  if (etag.size() < 3 || etag.front() != '"' || etag.back() != '"') return 0;
  const std::string_view text = etag.substr(1, etag.size() - 2);
  const char* const last = text.data() + text.size();
  std::int64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), last, version);
  if (error != std::errc() || version < 0) return 0;
  return IsMark(text.substr(static_cast<std::size_t>(end - text.data()))) ? version : 0;
}

}  // namespace sas::base
