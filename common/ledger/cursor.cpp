#include "common/ledger/cursor.h"

#include <charconv>

#include "common/base/status.h"

namespace sas::ledger {
namespace {

constexpr std::string_view kVersion = "1.";

/// Takes a number of digits only, without leading zeros: one position has one spelling.
bool TakeNumber(std::string_view& text, long long& value) {
  if (text.empty() || text[0] < '0' || text[0] > '9') return false;
  if (text[0] == '0' && text.size() > 1 && text[1] >= '0' && text[1] <= '9') return false;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool Parse(std::string_view text, Cursor& cursor) {
  if (text.substr(0, kVersion.size()) != kVersion) return false;
  text.remove_prefix(kVersion.size());
  if (!TakeNumber(text, cursor.tx) || text.empty() || text[0] != '.') return false;
  text.remove_prefix(1);
  return TakeNumber(text, cursor.sequence) && text.empty();
}

}  // namespace

std::string FormatCursor(const Cursor& cursor) {
  return std::string(kVersion) + std::to_string(cursor.tx) + "." + std::to_string(cursor.sequence);
}

absl::StatusOr<Cursor> ParseCursor(std::string_view text) {
  Cursor cursor;
  if (text.empty() || Parse(text, cursor)) return cursor;
  return base::Fail(absl::StatusCode::kInvalidArgument, "INVALID_CURSOR",
                    "the cursor is none that this feed gave; use one as received, or none to start "
                    "from the oldest event");
}

absl::Status CursorTrimmed() {
  return base::Fail(absl::StatusCode::kOutOfRange, "CURSOR_TRIMMED",
                    "events after this cursor are gone; read the current state anew, then follow "
                    "from the newest cursor");
}

}  // namespace sas::ledger
