#include "services/regulation/paging.h"

#include <charconv>
#include <string_view>

namespace sas::regulation {
namespace {

absl::Status NotOurs() {
  return base::InvalidField("page_token", "INVALID_PAGE_TOKEN", "start again without a token");
}

// Takes the number before the next '|' off `rest`.
template <typename Number>
bool TakeNumber(std::string_view& rest, Number& number) {
  const std::size_t bar = rest.find('|');
  if (bar == std::string_view::npos) return false;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + bar, number);
  if (error != std::errc() || end != rest.data() + bar) return false;
  rest.remove_prefix(bar + 1);
  return true;
}

}  // namespace

absl::StatusOr<PageRequest> ReadPage(std::string identity, int page_size,
                                     const std::string& page_token) {
  PageRequest page;
  page.identity = std::move(identity);
  SAS_ASSIGN_OR_RETURN(page.size, base::PageSize(page_size, kPageStandard, kPageMax));
  SAS_ASSIGN_OR_RETURN(const std::string text, base::ParsePageToken(page.identity, page_token));
  if (text.empty()) return page;
  ListPosition position;
  std::int64_t now = 0;
  std::string_view rest = text;
  QueueKey& key = position.key;
  if (!TakeNumber(rest, now) || !TakeNumber(rest, key.band) || !TakeNumber(rest, key.not_due) ||
      !TakeNumber(rest, key.rank) || !TakeNumber(rest, key.wait_start_us)) {
    return NotOurs();
  }
  key.name = std::string(rest);
  position.now = base::Instant(std::chrono::microseconds(now));
  page.position = std::move(position);
  return page;
}

std::string WritePage(const PageRequest& page, const ListPosition& next) {
  const QueueKey& key = next.key;
  const std::string text = std::to_string(next.now.time_since_epoch().count()) + "|" +
                           std::to_string(key.band) + "|" + std::to_string(key.not_due) + "|" +
                           std::to_string(key.rank) + "|" + std::to_string(key.wait_start_us) +
                           "|" + key.name;
  return base::MakePageToken(page.identity, text);
}

}  // namespace sas::regulation
