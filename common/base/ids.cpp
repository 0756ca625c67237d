#include "common/base/ids.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <utility>

#include "common/base/status.h"

namespace sas::base {
namespace {

constexpr std::string_view kCrockford = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::size_t kIdLength = 26;
constexpr std::size_t kTimeLength = 10;  // 50 bits, of which 48 are used.
constexpr std::size_t kRequestIdMax = 64;
constexpr std::size_t kUuidLength = 36;
constexpr std::size_t kDrawn = 32;  // Values that a thread keeps: 256 bytes.

void AppendHex(std::string& out, std::uint64_t value) {
  for (int shift = 60; shift >= 0; shift -= 4) out += kHex[(value >> shift) & 0xf];
}

bool IsAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

std::uint64_t SystemRandom::Next() {
  // The kernel's generator, because hold tokens are secrets; a page of it at a time, because each
  // call of a service draws several. What is drawn is wiped.
  thread_local std::array<std::uint64_t, kDrawn> drawn;
  thread_local std::size_t left = 0;
  if (left == 0) {
    // Up to 256 bytes are never cut short.
    const ssize_t got = getrandom(drawn.data(), sizeof drawn, 0);
    SAS_CHECK(got == static_cast<ssize_t>(sizeof drawn), "the kernel gave no randomness");
    left = drawn.size();
  }
  return std::exchange(drawn[--left], 0);
}

std::string MakeId(const Clock& clock, Random& random) {
  const auto since = std::chrono::floor<std::chrono::milliseconds>(clock.Now()).time_since_epoch();
  auto millis = static_cast<std::uint64_t>(since.count());
  std::string id(kIdLength, '0');
  for (std::size_t i = kTimeLength; i-- > 0; millis >>= 5) id[i] = kCrockford[millis & 31];
  // 80 bits of chance, 40 from each of two draws.
  std::size_t at = kTimeLength;
  for (int draw = 0; draw < 2; ++draw) {
    std::uint64_t chance = random.Next();
    for (int i = 0; i < 8; ++i, chance >>= 5) id[at++] = kCrockford[chance & 31];
  }
  return id;
}

std::string MakeToken(Random& random) {
  std::string token;
  token.reserve(32);
  AppendHex(token, random.Next());
  AppendHex(token, random.Next());
  return token;
}

std::string MakeRequestId(Random& random) {
  constexpr std::size_t kVersionAt = 14;
  constexpr std::size_t kVariantAt = 19;
  const std::string digits = MakeToken(random);
  std::string id;
  id.reserve(kUuidLength);
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) id += '-';
    id += digits[i];
  }
  id[kVersionAt] = '4';
  id[kVariantAt] = kHex[8 | (kHex.find(id[kVariantAt]) & 3)];
  return id;
}

bool IsRequestId(std::string_view text) {
  // A UUID consists of the same characters as a paper-form number: one rule covers both.
  if (text.empty() || text.size() > kRequestIdMax) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return IsAlphanumeric(c) || c == '.' || c == '_' || c == '-'; });
}

}  // namespace sas::base
