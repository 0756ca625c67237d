#pragma once

#include <string>

#include "services/regulation/domain/repeat_call.h"

namespace sas::regulation {

/// What the ledger keeps beside a dossier, so that it is proposed for a call that may belong to it.
struct RepeatColumns {
  std::string numbers;  ///< ",+33…,+33…,"; empty without one.
  std::string insee_code;
  long long latitude = 0;  ///< Millionths of a degree, far from the earth when no point is known.
  long long longitude = 0;
  long long last_call = 0;  ///< Microseconds.

  bool operator==(const RepeatColumns&) const = default;
};

RepeatColumns ColumnsOf(const RepeatFacts& facts);

}  // namespace sas::regulation
