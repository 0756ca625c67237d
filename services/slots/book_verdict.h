#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "common/base/clock.h"
#include "services/slots/seat_values.h"
#include "services/slots/store_rows.h"

namespace sas::slots {

/// What the rebuilder knows of a region when it decides.
struct Standing {
  RegionState ledger;
  BookState book;
  std::string horizon;          ///< That today asks for.
  std::int64_t seen_fence = 0;  ///< Highest that this process has seen in the book.
  std::int64_t lagging_sequence =
      0;  ///< Ledger's sequence that the book has not reached for kCommitInFlight.
  /// The log tells which sites changed between the book's directory and the ledger's.
  bool sites_known = false;
  std::size_t changed_sites = 0;  ///< How many these are.
  bool taken_over = false;        ///< Another took a new epoch within the last kTakeover.
  bool own_load_failed = false;   ///< The load that the book tells of was ours, and is dead.
  base::Instant now{};
};

enum class BookVerdict {
  kGood,     ///< The book is the ledger's.
  kWait,     ///< Another replica loads, or a commit is on its way: look again.
  kRebuild,  ///< The book is not to be believed.
  kExtend,   ///< The book is to be believed; everything in the directory or the day has changed.
  kRefresh,  ///< The book is to be believed; some sites have changed.
};

struct Decision {
  BookVerdict verdict = BookVerdict::kGood;
  const char* cause = "";  ///< start, flush, epoch, rewind, directory, horizon.
};

/// Pure: is the book the ledger's, and if not, why.
Decision Decide(const Standing& standing);

}  // namespace sas::slots
