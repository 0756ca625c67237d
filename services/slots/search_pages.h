#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "services/slots/domain/index/minute.h"

/// What a page token of a search carries from page to page.
///
/// A place in the order cannot be named: the rotation turns, platforms vouch again and soft caps
/// are reached between two pages, so that "behind the last one" would repeat what has fallen behind
/// it and skip what has come before it. Instead the token says what has been shown, and a page is
/// the best of the rest. It is ranked at the hour of the first page, so that no delay class changes
/// under the reader.
namespace sas::slots {

/// No further page once so many matches have been shown: the token marks each, and whoever has read
/// them asks for something else.
inline constexpr std::size_t kShownMax = 500;
/// From the first page on; the ranking's hour must not be one of another conversation.
inline constexpr std::chrono::minutes kPagesFor{15};

struct SearchPosition {
  base::Instant now{};               ///< Of the first page; zero when this is the first.
  std::vector<std::uint64_t> shown;  ///< Marks of the matches on the pages before.

  /// Of one that was read.
  bool Shows(std::uint64_t mark) const;
};

/// What a slot's name says, in 40 bits, without making the name; the same in every process. 500
/// that were shown hide one of ten thousand others with a chance of 1 to 200 000.
std::uint64_t ShownMark(std::string_view site, std::string_view agenda, Minute start);

/// The token for the page that begins here; `query` is what all pages have in common.
std::string MakeSearchToken(std::string_view query, const SearchPosition& position);

/// An empty token gives an empty position. INVALID_ARGUMENT `INVALID_PAGE_TOKEN`,
/// `PAGE_TOKEN_EXPIRED` kPagesFor after the first page, `TOO_MANY_PAGES` when kShownMax are shown.
absl::StatusOr<SearchPosition> ReadSearchToken(std::string_view query, std::string_view token,
                                               base::Instant now);

}  // namespace sas::slots
