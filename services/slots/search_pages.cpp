#include "services/slots/search_pages.h"

#include <algorithm>

#include "common/base/page_token.h"
#include "common/base/status.h"

namespace sas::slots {
namespace {

constexpr std::size_t kHourBytes = 8;
constexpr std::size_t kMarkBytes = 5;
constexpr unsigned kMarkBits = 8 * kMarkBytes;
/// Of another replica's clock.
constexpr std::chrono::minutes kAheadMax{1};

void PutBytes(std::uint64_t value, std::size_t bytes, std::string& out) {
  for (; bytes > 0; --bytes, value >>= 8U) out += static_cast<char>(value & 0xffU);
}

std::uint64_t GetBytes(std::string_view bytes) {
  std::uint64_t value = 0;
  for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte) {
    value = value << 8U | static_cast<unsigned char>(*byte);
  }
  return value;
}

}  // namespace

std::uint64_t ShownMark(std::string_view site, std::string_view agenda, Minute start) {
  std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a, folded.
  const auto add = [&hash](unsigned char byte) { hash = (hash ^ byte) * 0x100000001b3U; };
  for (const char c : site) add(static_cast<unsigned char>(c));
  add('/');
  for (const char c : agenda) add(static_cast<unsigned char>(c));
  for (unsigned shift = 0; shift < 32; shift += 8) add(start >> shift & 0xffU);
  return (hash ^ hash >> kMarkBits) & ((std::uint64_t{1} << kMarkBits) - 1);
}

bool SearchPosition::Shows(std::uint64_t mark) const {
  return std::binary_search(shown.begin(), shown.end(), mark);
}

std::string MakeSearchToken(std::string_view query, const SearchPosition& position) {
  std::string text;
  PutBytes(static_cast<std::uint64_t>(position.now.time_since_epoch().count()), kHourBytes, text);
  for (const std::uint64_t mark : position.shown) PutBytes(mark, kMarkBytes, text);
  return base::MakePageToken(query, text);
}

absl::StatusOr<SearchPosition> ReadSearchToken(std::string_view query, std::string_view token,
                                               base::Instant now) {
  SAS_ASSIGN_OR_RETURN(const std::string text, base::ParsePageToken(query, token));
  SearchPosition position;
  if (token.empty()) return position;
  const bool whole = text.size() >= kHourBytes && (text.size() - kHourBytes) % kMarkBytes == 0;
  const std::string_view bytes(text);
  if (whole) {
    const auto micros = static_cast<std::int64_t>(GetBytes(bytes.substr(0, kHourBytes)));
    position.now = base::Instant(std::chrono::microseconds(micros));
  }
  if (!whole || position.now <= base::Instant() || position.now > now + kAheadMax) {
    return base::InvalidField("page_token", "INVALID_PAGE_TOKEN", "not a token of this service");
  }
  if (position.now < now - kPagesFor) {
    return base::InvalidField("page_token", "PAGE_TOKEN_EXPIRED",
                              "the first page is too old to be continued; search again",
                              {{"minutes_max", std::to_string(kPagesFor.count())}});
  }
  for (std::size_t at = kHourBytes; at < bytes.size(); at += kMarkBytes) {
    position.shown.push_back(GetBytes(bytes.substr(at, kMarkBytes)));
  }
  if (position.shown.size() >= kShownMax) {
    return base::InvalidField("page_token", "TOO_MANY_PAGES",
                              "so many matches were shown that nobody reads on; search for less: "
                              "nearer, earlier or in another mode",
                              {{"shown_max", std::to_string(kShownMax)}});
  }
  std::sort(position.shown.begin(), position.shown.end());
  return position;
}

}  // namespace sas::slots
