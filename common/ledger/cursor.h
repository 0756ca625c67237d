#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace sas::ledger {

/// The upper bits of an event's number are the ledger's epoch: 0 for a ledger that was never
/// restored, then the second of the last restore, counted from 2020. So numbers that were given out
/// after the backup was taken are never given again, and a cursor of another epoch is known as
/// such, however much has happened since (hazard H-45).
inline constexpr int kEpochShift = 34;

constexpr std::int64_t EpochOf(std::int64_t sequence) {
  return sequence >> kEpochShift;
}

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
