#include "common/base/resource_name.h"

#include <algorithm>

#include "common/base/status.h"

namespace sas::base {
namespace {

constexpr std::size_t kIdMax = 63;  // Characters.
constexpr std::string_view kRegions = "regions/";

// Takes the part before the next '/' off `rest`; `more` tells whether a '/' followed.
std::string_view TakePart(std::string_view& rest, bool& more) {
  const std::size_t slash = rest.find('/');
  const std::string_view part = rest.substr(0, slash);
  more = slash != std::string_view::npos;
  rest.remove_prefix(more ? slash + 1 : rest.size());
  return part;
}

// "regions/*/cases/*" reads better as "regions/{id}/cases/{id}" in a message.
std::string Readable(std::string_view pattern) {
  std::string out;
  bool more = true;
  while (more) {
    const std::string_view part = TakePart(pattern, more);
    if (part == "*") {
      out += "{id}";
    } else if (part == "*-") {
      out += "{id or -}";
    } else {
      out += part;
    }
    if (more) out += '/';
  }
  return out;
}

bool Matches(std::string_view pattern_part, std::string_view part) {
  if (pattern_part == "*") return IsId(part);
  if (pattern_part == "*-") return part == "-" || IsId(part);
  return pattern_part == part;
}

}  // namespace

bool IsId(std::string_view text) {
  if (text.empty() || text.size() > kIdMax) return false;
  // "-" means "any" in AIP-159; "." and ".." would be walked through in a URL.
  if (text == "-" || text == "." || text == "..") return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
           c == '~';
  });
}

absl::StatusOr<std::vector<std::string>> ParseName(std::string_view pattern, std::string_view name,
                                                   std::string_view field) {
  std::vector<std::string> ids;
  std::string_view pattern_rest = pattern;
  std::string_view name_rest = name;
  bool pattern_more = true;
  bool name_more = true;
  bool good = true;
  while (good && pattern_more && name_more) {
    const std::string_view pattern_part = TakePart(pattern_rest, pattern_more);
    const std::string_view part = TakePart(name_rest, name_more);
    good = Matches(pattern_part, part);
    if (pattern_part.front() == '*') ids.emplace_back(part);
  }
  if (good && !pattern_more && !name_more) return ids;
  // The value itself is not repeated: a confused client may have sent anything.
  const std::string form = Readable(pattern);
  return InvalidField(field, "INVALID_RESOURCE_NAME",
                      "must have the form " + form + ", ids of 1 to 63 of [a-z0-9-._~]",
                      {{"pattern", form}});
}

std::string JoinName(std::initializer_list<std::pair<std::string_view, std::string_view>> parts) {
  std::string name;
  for (const auto& [collection, id] : parts) {
    if (!name.empty()) name += '/';
    name += collection;
    name += '/';
    name += id;
  }
  return name;
}

std::string_view RegionOf(std::string_view name) {
  if (name.substr(0, kRegions.size()) != kRegions) return {};
  name.remove_prefix(kRegions.size());
  return name.substr(0, name.find('/'));
}

std::string_view LastId(std::string_view name) {
  const std::size_t slash = name.rfind('/');
  return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

}  // namespace sas::base
