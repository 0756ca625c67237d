#include "services/booking/domain/gsm7.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace sas::booking {
namespace {

constexpr int kOneMax = 160;
constexpr int kPartMax = 153;

// Beyond ASCII, what the alphabet has.
constexpr std::array<std::string_view, 20> kAccented{"£", "¥", "è", "é", "ù", "ì", "ò",
                                                     "Ç", "Ø", "ø", "Å", "å", "É", "Ä",
                                                     "Ö", "Ñ", "Ü", "ä", "ö", "à"};
constexpr std::array<std::string_view, 3> kAccentedToo{"ñ", "ü", "§"};
// Two places each; the backquote is in neither part.
constexpr std::string_view kExtended = "^{}\\[~]|";

// French letters and marks, as the alphabet has them or as they are looked for.
constexpr std::array<std::pair<std::string_view, std::string_view>, 32> kLikeness{{
    {"â", "a"},      {"ê", "e"},  {"ë", "e"}, {"î", "i"},  {"ï", "i"},   {"ô", "o"},
    {"û", "u"},      {"ÿ", "y"},  {"ç", "c"}, {"œ", "oe"}, {"æ", "ae"},  {"À", "A"},
    {"Â", "A"},      {"È", "E"},  {"Ê", "E"}, {"Ë", "E"},  {"Î", "I"},   {"Ï", "I"},
    {"Ô", "O"},      {"Ù", "U"},  {"Û", "U"}, {"Œ", "OE"}, {"’", "'"},   {"‘", "'"},
    {"«", "\""},     {"»", "\""}, {"–", "-"}, {"—", "-"},  {"…", "..."}, {"\u00a0", " "},
    {"\u202f", " "}, {"°", "o"},
}};
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kPlain{{
    {"è", "e"},
    {"é", "e"},
    {"É", "e"},
    {"à", "a"},
    {"ù", "u"},
    {"ì", "i"},
    {"ò", "o"},
    {"Ç", "c"},
    {"ä", "a"},
    {"ö", "o"},
    {"ü", "u"},
    {"ñ", "n"},
}};

// The UTF-8 character that begins at `at`.
std::string_view CharacterAt(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) ++end;
  return text.substr(at, end - at);
}

bool Known(std::string_view character) {
  const auto in = [&](const auto& list) {
    return std::find(list.begin(), list.end(), character) != list.end();
  };
  return in(kAccented) || in(kAccentedToo);
}

template <typename Table>
std::string_view Lookup(const Table& table, std::string_view character) {
  for (const auto& [from, to] : table) {
    if (from == character) return to;
  }
  return {};
}

}  // namespace

std::string ToGsm7(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view character = CharacterAt(text, at);
    at += character.size();
    const char first = character.front();
    const bool printable = character.size() == 1 && first >= ' ' && first < 0x7F && first != '`';
    if (printable || first == '\n' || Known(character)) {
      out.append(character);
      continue;
    }
    const std::string_view like = Lookup(kLikeness, character);
    out.append(like.empty() ? "." : like);
  }
  return out;
}

int SmsCount(std::string_view text) {
  int places = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view character = CharacterAt(text, at);
    at += character.size();
    places += kExtended.find(character) == std::string_view::npos ? 1 : 2;
  }
  return places <= kOneMax ? 1 : (places + kPartMax - 1) / kPartMax;
}

std::string PlainLower(std::string_view text) {
  std::string out;
  const std::string letters = ToGsm7(text);
  for (std::size_t at = 0; at < letters.size();) {
    const std::string_view character = CharacterAt(letters, at);
    at += character.size();
    const std::string_view plain = Lookup(kPlain, character);
    out.append(plain.empty() ? character : plain);
  }
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

}  // namespace sas::booking
