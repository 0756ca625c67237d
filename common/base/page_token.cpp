#include "common/base/page_token.h"

#include <cstdint>

#include "absl/strings/escaping.h"
#include "common/base/status.h"

namespace sas::base {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kHashBytes = 8;
constexpr std::size_t kTokenMax = 4096;  // Characters.

// FNV-1a: the same in every process and build, which absl's hashes are not. No secret is needed: a
// forged token shows nothing that the query itself would not.
std::uint64_t Fingerprint(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211ULL;
  }
  return hash;
}

std::string Header(std::string_view query) {
  std::string out(1, kVersion);
  std::uint64_t hash = Fingerprint(query);
  for (std::size_t i = 0; i < kHashBytes; ++i, hash >>= 8) {
    out += static_cast<char>(hash & 0xff);
  }
  return out;
}

}  // namespace

std::string MakePageToken(std::string_view query, std::string_view position) {
  std::string token;
  absl::WebSafeBase64Escape(Header(query) + std::string(position), &token);
  return token;
}

absl::StatusOr<std::string> ParsePageToken(std::string_view query, std::string_view token) {
  if (token.empty()) return std::string();
  std::string raw;
  const std::string header = Header(query);
  if (token.size() > kTokenMax || !absl::WebSafeBase64Unescape(ToAbsl(token), &raw) ||
      raw.compare(0, header.size(), header) != 0) {
    return InvalidField("page_token", "INVALID_PAGE_TOKEN",
                        "belongs to another query or version; repeat the request that gave it with "
                        "the same parent, filter and order, or start again without a token");
  }
  return raw.substr(header.size());
}

absl::StatusOr<int> PageSize(int asked, int standard, int maximum) {
  if (asked < 0) {
    return InvalidField("page_size", "INVALID_PAGE_SIZE",
                        "must not be negative; 0 gives " + std::to_string(standard));
  }
  if (asked == 0) return standard;
  return asked < maximum ? asked : maximum;
}

}  // namespace sas::base
