#include "services/slots/domain/csv.h"

#include <algorithm>
#include <charconv>

#include "common/base/status.h"

namespace sas::slots {
namespace {

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

std::string_view Trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

/// Bytes of the UTF-8 sequence at the beginning of `text`; 0 when there is none.
std::size_t SequenceLength(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return 1;
  const std::size_t length = byte(0) >= 0xC2 && byte(0) < 0xE0   ? 2
                             : byte(0) >= 0xE0 && byte(0) < 0xF0 ? 3
                             : byte(0) >= 0xF0 && byte(0) < 0xF5 ? 4
                                                                 : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return 0;
  }
  const bool overlong = (byte(0) == 0xE0 && byte(1) < 0xA0) || (byte(0) == 0xF0 && byte(1) < 0x90);
  const bool outside = (byte(0) == 0xED && byte(1) >= 0xA0) || (byte(0) == 0xF4 && byte(1) >= 0x90);
  return overlong || outside ? 0 : length;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = SequenceLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

/// Where ISO-8859-15 is not the first 256 characters of Unicode.
std::uint32_t Latin9(unsigned char c) {
  switch (c) {
    case 0xA4:
      return 0x20AC;  // €
    case 0xA6:
      return 0x160;  // Š
    case 0xA8:
      return 0x161;  // š
    case 0xB4:
      return 0x17D;  // Ž
    case 0xB8:
      return 0x17E;  // ž
    case 0xBC:
      return 0x152;  // Œ
    case 0xBD:
      return 0x153;  // œ
    case 0xBE:
      return 0x178;  // Ÿ
    default:
      return c;
  }
}

void Append(std::uint32_t code, std::string& out) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0U | (code >> 6U));
    out += static_cast<char>(0x80U | (code & 0x3FU));
  } else {
    out += static_cast<char>(0xE0U | (code >> 12U));
    out += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
    out += static_cast<char>(0x80U | (code & 0x3FU));
  }
}

absl::Status WrongEncoding() {
  return base::Fail(absl::StatusCode::kInvalidArgument, "INVALID_ENCODING",
                    "this is neither UTF-8 nor ISO-8859-15: save the file as UTF-8");
}

/// A field in quotes at the beginning of `line`; the rest stays in `line`.
absl::StatusOr<std::string> TakeQuoted(std::string_view& line, char separator) {
  std::string field;
  line.remove_prefix(1);
  while (!line.empty()) {
    const char c = line.front();
    line.remove_prefix(1);
    if (c != '"') {
      field += c;
    } else if (!line.empty() && line.front() == '"') {
      field += '"';
      line.remove_prefix(1);
    } else {
      const std::size_t next = std::min(line.find(separator), line.size());
      if (Trim(line.substr(0, next)).empty()) {
        line.remove_prefix(next);
        return field;
      }
      break;
    }
  }
  return base::Fail(absl::StatusCode::kInvalidArgument, "UNTERMINATED_QUOTE",
                    "a field that begins with a quote ends with one, on the same line; write a "
                    "quote inside twice");
}

template <typename Number>
absl::StatusOr<Number> ParseNumber(std::string_view text, std::string_view field) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size()) return value;
  return base::InvalidField(field, "INVALID_NUMBER", "use a number without blanks or units");
}

}  // namespace

FileLine LineReader::Take() {
  FileLine line;
  offset_ += pending_;
  line.number = ++lines_;
  line.end = offset_;
  line.too_long = kept_.size() > kLineBytesMax;
  if (!line.too_long) line.text = std::move(kept_);
  kept_.clear();
  if (line.number == 1 && line.text.substr(0, kUtf8Mark.size()) == kUtf8Mark) {
    line.text.erase(0, kUtf8Mark.size());
  }
  if (!line.text.empty() && line.text.back() == '\r') line.text.pop_back();
  pending_ = 0;
  return line;
}

std::optional<FileLine> LineReader::Next() {
  const std::size_t newline = fresh_.find('\n');
  const std::string_view part = fresh_.substr(0, newline);
  // One byte more than is allowed is kept as the sign of a line that is too long.
  const std::size_t room = kLineBytesMax + 1 - std::min(kept_.size(), kLineBytesMax + 1);
  kept_ += part.substr(0, room);
  const bool whole = newline != std::string_view::npos;
  pending_ += static_cast<std::int64_t>(part.size()) + (whole ? 1 : 0);
  fresh_.remove_prefix(part.size() + (whole ? 1 : 0));
  return whole ? std::optional<FileLine>(Take()) : std::nullopt;
}

std::optional<FileLine> LineReader::Rest() {
  return pending_ > 0 ? std::optional<FileLine>(Take()) : std::nullopt;
}

absl::StatusOr<std::string> LineToUtf8(std::string_view line) {
  const auto control = [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7F; };
  if (std::any_of(line.begin(), line.end(), control)) return WrongEncoding();
  if (IsUtf8(line)) return std::string(line);
  std::string text;
  text.reserve(line.size() * 2);
  for (const char c : line) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 && byte < 0xA0) return WrongEncoding();
    Append(Latin9(byte), text);
  }
  return text;
}

absl::Status CheckFirstBytes(std::string_view bytes) {
  const std::string_view two = bytes.substr(0, 2);
  return two == "\xFF\xFE" || two == "\xFE\xFF" ? WrongEncoding() : absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> SplitFields(std::string_view line, char separator,
                                                     Quotes quotes) {
  std::vector<std::string> fields;
  while (true) {
    const std::string_view ahead =
        Trim(line.substr(0, std::min(line.find(separator), line.size())));
    if (quotes == Quotes::kDouble && !ahead.empty() && ahead.front() == '"') {
      line.remove_prefix(line.find('"'));
      SAS_ASSIGN_OR_RETURN(std::string field, TakeQuoted(line, separator));
      fields.push_back(std::move(field));
    } else {
      fields.emplace_back(ahead);
      line.remove_prefix(std::min(line.find(separator), line.size()));
    }
    if (line.empty()) return fields;
    line.remove_prefix(1);
  }
}

absl::StatusOr<Columns> Columns::Parse(std::string_view line,
                                       const std::vector<std::string_view>& known,
                                       const std::vector<std::string_view>& required) {
  Columns columns;
  const auto semicolons = std::count(line.begin(), line.end(), ';');
  columns.separator_ = std::count(line.begin(), line.end(), ',') > semicolons ? ',' : ';';
  SAS_ASSIGN_OR_RETURN(const auto names, SplitFields(line, columns.separator_, Quotes::kDouble));
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string name = Lower(names[i]);
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return base::InvalidField(name.substr(0, 40), "UNKNOWN_COLUMN",
                                "no such column is known; the first line names the columns");
    }
    if (!columns.index_.emplace(name, i).second) {
      return base::InvalidField(name, "DUPLICATE_ENTRY", "stands here for the second time");
    }
  }
  for (const std::string_view name : required) {
    if (columns.Has(name)) continue;
    return base::InvalidField(name, "MISSING_COLUMN",
                              "the first line must name this column of the format");
  }
  return columns;
}

absl::StatusOr<std::vector<std::string>> Columns::Split(std::string_view line) const {
  SAS_ASSIGN_OR_RETURN(auto fields, SplitFields(line, separator_, Quotes::kDouble));
  if (fields.size() == index_.size()) return fields;
  return base::Fail(absl::StatusCode::kInvalidArgument, "WRONG_COLUMN_COUNT",
                    "a line has as many fields as its file has columns; put a field with the "
                    "separator in it in quotes");
}

std::string_view Columns::Get(const std::vector<std::string>& fields,
                              std::string_view column) const {
  const auto found = index_.find(column);
  return found == index_.end() ? std::string_view() : std::string_view(fields[found->second]);
}

absl::StatusOr<std::int32_t> ParseWhole(std::string_view text, std::string_view field) {
  return ParseNumber<std::int32_t>(text, field);
}

absl::StatusOr<double> ParseDecimal(std::string_view text, std::string_view field) {
  std::string point(text);
  std::replace(point.begin(), point.end(), ',', '.');
  return ParseNumber<double>(point, field);
}

absl::StatusOr<bool> ParseYesNo(std::string_view text, std::string_view field) {
  const std::string word = Lower(text);
  if (word == "oui" || word == "1" || word == "true") return true;
  if (word == "non" || word == "0" || word == "false" || word.empty()) return false;
  return base::InvalidField(field, "INVALID_WORD", "use oui or non");
}

std::vector<std::string> ParseList(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t bar = std::min(text.find('|'), text.size());
    const std::string_view part = Trim(text.substr(0, bar));
    if (!part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(bar + 1, text.size()));
  }
  return parts;
}

}  // namespace sas::slots
