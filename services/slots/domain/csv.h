#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

/// Files of lines and fields, as offices and registers hand them out, read piece by piece: what is
/// kept is one line at most, however long the file is.
namespace sas::slots {

inline constexpr std::size_t kLineBytesMax = 16'384;

/// One line without its end.
struct FileLine {
  std::int64_t number = 0;  ///< From 1.
  std::int64_t end = 0;     ///< Bytes of the file up to and with the line's end.
  std::string text;         ///< As it stands in the file; empty when too long.
  bool too_long = false;    ///< More than kLineBytesMax; its bytes are not kept.
};

/// Cuts bytes into lines (LF or CRLF). A byte order mark before the first byte is no part of it.
class LineReader {
 public:
  /// Goes on behind `offset` bytes and `lines` lines of the file.
  explicit LineReader(std::int64_t offset = 0, std::int64_t lines = 0)
      : offset_(offset), lines_(lines) {}

  /// The bytes that follow. All lines of the bytes before have been taken by Next.
  void Feed(std::string_view bytes) { fresh_ = bytes; }

  /// The next whole line of what was fed, which must still live; nothing when the rest waits for
  /// more.
  std::optional<FileLine> Next();

  /// The last line, when it has no end of its own.
  std::optional<FileLine> Rest();

  /// Bytes that are kept until their line is whole.
  std::size_t kept() const { return kept_.size(); }

 private:
  FileLine Take();

  std::int64_t offset_;
  std::int64_t lines_;
  std::int64_t pending_ = 0;  ///< Bytes of the line at work.
  std::string kept_;
  std::string_view fresh_;
};

/// A line as UTF-8: what is valid UTF-8 stays, everything else is taken for ISO-8859-15. Letters
/// are told apart line by line, so that a file goes on after a break without a memory.
/// INVALID_ARGUMENT `INVALID_ENCODING` for control characters, as UTF-16 and Windows-1252 have
/// them: a guess would make a wrong name out of a place.
absl::StatusOr<std::string> LineToUtf8(std::string_view line);

/// `INVALID_ENCODING` when the first bytes of a file say UTF-16 or UTF-32.
absl::Status CheckFirstBytes(std::string_view bytes);

enum class Quotes { kNone, kDouble };

/// Fields of a line, without blanks around them. With kDouble a field may stand in "…", a quote in
/// it twice. INVALID_ARGUMENT `UNTERMINATED_QUOTE`: a field never goes over the end of a line.
absl::StatusOr<std::vector<std::string>> SplitFields(std::string_view line, char separator,
                                                     Quotes quotes);

/// The names of a file's columns, from its first line, and one line's values by them.
class Columns {
 public:
  /// INVALID_ARGUMENT `MISSING_COLUMN`, `UNKNOWN_COLUMN`, `DUPLICATE_ENTRY`. Separator is whichever
  /// of ; and , the line has more of. Names are compared in lower case.
  static absl::StatusOr<Columns> Parse(std::string_view line,
                                       const std::vector<std::string_view>& known,
                                       const std::vector<std::string_view>& required);

  /// INVALID_ARGUMENT `WRONG_COLUMN_COUNT`, `UNTERMINATED_QUOTE`.
  absl::StatusOr<std::vector<std::string>> Split(std::string_view line) const;

  bool Has(std::string_view column) const { return index_.find(column) != index_.end(); }

  /// Empty when the file has no such column.
  std::string_view Get(const std::vector<std::string>& fields, std::string_view column) const;

 private:
  char separator_ = ';';
  std::map<std::string, std::size_t, std::less<>> index_;
};

// Values. Each gives INVALID_ARGUMENT about `field`.

/// `INVALID_NUMBER`: a whole number.
absl::StatusOr<std::int32_t> ParseWhole(std::string_view text, std::string_view field);
/// `INVALID_NUMBER`: with a point or a comma.
absl::StatusOr<double> ParseDecimal(std::string_view text, std::string_view field);
/// `INVALID_WORD`: oui or non, 1 or 0, true or false.
absl::StatusOr<bool> ParseYesNo(std::string_view text, std::string_view field);
/// The parts between `|`; blanks around them and empty ones are dropped.
std::vector<std::string> ParseList(std::string_view text);

}  // namespace sas::slots
