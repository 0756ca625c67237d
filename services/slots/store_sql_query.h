#pragma once

#include <string>
#include <utility>
#include <vector>

namespace sas::slots {

/// A query put together from parts, with what it binds; and how it is run.
struct SqlQuery {
  std::string text;
  std::vector<std::pair<std::string, std::string>> bound;
  long long limit = 0;  ///< Bound as :limit.
};

}  // namespace sas::slots
