#pragma once

#include <string>
#include <string_view>
#include <tuple>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace sas::ledger {

/// Position in a feed: the writing transaction (0 where commits are in order anyway), then the
/// sequence number of the event. {0, 0} is before the first event.
struct Cursor {
  long long tx = 0;
  long long sequence = 0;

  friend bool operator<(const Cursor& a, const Cursor& b) {
    return std::tie(a.tx, a.sequence) < std::tie(b.tx, b.sequence);
  }
};

/// Opaque and versioned: "1.<tx>.<sequence>".
std::string FormatCursor(const Cursor& cursor);

/// {0, 0} for empty text; INVALID_ARGUMENT `INVALID_CURSOR` for what FormatCursor does not make.
absl::StatusOr<Cursor> ParseCursor(std::string_view text);

/// OUT_OF_RANGE `CURSOR_TRIMMED`.
absl::Status CursorTrimmed();

}  // namespace sas::ledger
