#pragma once

#include <functional>
#include <string_view>

namespace sas::slots {

/// Finds names in a map without making strings of them.
struct NameHash {
  using is_transparent = void;

  std::size_t operator()(std::string_view name) const {
    return std::hash<std::string_view>()(name);
  }
};

}  // namespace sas::slots
