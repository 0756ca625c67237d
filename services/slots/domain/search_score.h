#pragma once

#include <string>
#include <vector>

#include "services/slots/domain/search.h"
#include "services/slots/domain/search_kernel.h"

namespace sas::slots {

/// Why a match has its place, for those that are shown.
struct Explanation {
  const EntryRule* rule = nullptr;  ///< That lets the caller in; lives as long as the index.
  std::vector<ScoreTerm> terms;     ///< Their points add up to the score.
  std::vector<std::string> unknown_criteria;  ///< To be asked by telephone.
};

Explanation Explain(const Match& match, const Query& query);

}  // namespace sas::slots
