#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

/// What happens to bytes on their way, by chance and yet the same in every run.
namespace sas::slots::testing {

class Chance {
 public:
  explicit Chance(std::uint32_t seed) : state_(seed * 2654435761U + 1) {}

  std::size_t Below(std::size_t n) {
    state_ = state_ * 1664525U + 1013904223U;
    return n == 0 ? 0 : (state_ >> 8) % n;
  }

 private:
  std::uint32_t state_;
};

/// One byte, a piece or an order of pieces is not what it was.
inline void DamageBytes(Chance& chance, std::string& bytes) {
  const std::size_t at = chance.Below(bytes.size() + 1);
  const std::size_t length = std::min(bytes.size() - at, 1 + chance.Below(12));
  switch (chance.Below(6)) {
    case 0:
      if (at < bytes.size()) bytes[at] = static_cast<char>(chance.Below(256));
      break;
    case 1:
      if (at < bytes.size()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << chance.Below(8)));
      break;
    case 2:
      bytes.erase(at, length);
      break;
    case 3:
      bytes.insert(at, bytes.substr(at, length));
      break;
    case 4:
      bytes.resize(at);
      break;
    default:
      bytes.insert(at, 1 + chance.Below(9), static_cast<char>(chance.Below(256)));
      break;
  }
}

/// As DamageBytes, or what somebody types, exports or converts wrongly.
inline void DamageText(Chance& chance, std::string& text) {
  using namespace std::string_view_literals;
  constexpr std::array kSlips{"\""sv,
                              "\"\""sv,
                              ";"sv,
                              ","sv,
                              "|||||"sv,
                              "\r\n"sv,
                              "\n"sv,
                              "\0"sv,
                              "\xff\xfe"sv,
                              "\xc3"sv,
                              "\xef\xbb\xbf"sv,
                              "\x80"sv,
                              "-1"sv,
                              "99999999999999999999"sv,
                              "1e308"sv,
                              "nan"sv,
                              "-0"sv,
                              "0x10"sv,
                              "25:61"sv,
                              "2026-02-30"sv,
                              "0000-00-00"sv,
                              "=cmd"sv,
                              "../.."sv,
                              "85 047"sv,
                              "regions/x"sv,
                              "🜁"sv,
                              "\t"sv,
                              "oui|non"sv,
                              "=REGULATED"sv};
  const std::size_t at = chance.Below(text.size() + 1);
  switch (chance.Below(8)) {
    case 0:
      text.insert(at, 20'000, 'A');  // Longer than a line may be.
      break;
    case 1:
    case 2:
    case 3:
      text.insert(at, kSlips[chance.Below(kSlips.size())]);
      break;
    case 4: {  // A field is another's.
      const std::size_t from = text.find(';', at);
      const std::size_t to = text.find(';', std::min(text.size(), from + 1));
      if (from != std::string::npos && to != std::string::npos) {
        text.replace(from, to - from, kSlips[chance.Below(kSlips.size())]);
      }
      break;
    }
    default:
      DamageBytes(chance, text);
  }
}

}  // namespace sas::slots::testing
