#include "common/base/bound_etag.h"

#include <array>
#include <cstdio>

#include "common/base/etag.h"

namespace sas::base {
namespace {

// FNV-1a of 32 bits: the same in every process and release. Two entries that are open at once agree
// by chance once in four thousand million, and then only when their versions agree, too.
std::uint32_t Hash(std::string_view name) {
  std::uint32_t hash = 2166136261U;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

std::string Mark(std::string_view name) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "-%08x\"", Hash(name));
  return text.data();
}

}  // namespace

std::string BoundEtag(std::string_view name, std::int64_t version) {
  return "\"" + std::to_string(version) + Mark(name);
}

bool BelongsTo(std::string_view etag, std::string_view name) {
  if (VersionOf(etag) == 0 || etag.find('-') == std::string_view::npos) return true;
  const std::string mark = Mark(name);
  return etag.size() > mark.size() && etag.substr(etag.size() - mark.size()) == mark;
}

}  // namespace sas::base
