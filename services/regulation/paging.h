#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/base/page_token.h"
#include "common/base/status.h"
#include "services/regulation/store.h"

namespace sas::regulation {

inline constexpr int kPageStandard = 50;
inline constexpr int kPageMax = 200;

/// Where a page begins and how long it is. `identity` is the query without its page: a token of
/// another query is refused.
struct PageRequest {
  std::string identity;
  int size = kPageStandard;
  std::optional<ListPosition> position;
};

/// `INVALID_PAGE_SIZE`, `INVALID_PAGE_TOKEN`.
absl::StatusOr<PageRequest> ReadPage(std::string identity, int page_size,
                                     const std::string& page_token);

std::string WritePage(const PageRequest& page, const ListPosition& next);

template <typename Request>
absl::StatusOr<PageRequest> PageOf(const base::Call& call, Request request) {
  const int size = request.page_size();
  const std::string token = request.page_token();
  request.clear_page_size();
  request.clear_page_token();
  // Whose territories are listed is part of the query.
  std::string identity = call.method + "\n" + request.SerializeAsString();
  for (const std::string& territory : call.actor.territories) identity += "\n" + territory;
  return ReadPage(std::move(identity), size, token);
}

}  // namespace sas::regulation
