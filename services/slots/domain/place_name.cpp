#include "services/slots/domain/place_name.h"

#include <array>
#include <cstddef>
#include <utility>

namespace sas::slots {
namespace {

/// Second bytes 0xa0…0xbf of U+00E0…U+00FF (à…ÿ); capitals are 0x20 lower. Empty: no letter.
constexpr std::array<std::string_view, 32> kLatin{
    "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i",
    "d", "n", "o", "o", "o", "o", "o",  "",  "o", "u", "u", "u", "u", "y", "",  "y"};

/// Letters of the character at `at` (lower case), and its length in bytes. Empty: a separator.
std::pair<std::string_view, std::size_t> Letter(std::string_view text, std::size_t at,
                                                std::string& ascii) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x80) {
    const char lower = static_cast<char>(byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte);
    const bool kept = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
    ascii.assign(kept ? 1 : 0, lower);
    return {ascii, 1};
  }
  const std::size_t length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
  const unsigned char next = at + 1 < text.size() ? static_cast<unsigned char>(text[at + 1]) : 0;
  if (byte == 0xc3 && next >= 0x80 && next < 0xc0) return {kLatin[(next | 0x20U) & 0x1fU], length};
  if (byte == 0xc5 && (next == 0x92 || next == 0x93)) return {"oe", length};
  if (byte == 0xc5 && next == 0xb8) return {"y", length};  // Ÿ, as in L’Haÿ-les-Roses in capitals.
  return {"", length};
}

void Unabbreviate(std::string& folded, std::string_view shortened, std::string_view full) {
  std::string needle(shortened);
  needle += ' ';
  for (std::size_t at = folded.find(needle); at != std::string::npos;
       at = folded.find(needle, at + full.size())) {
    if (at == 0 || folded[at - 1] == ' ') folded.replace(at, shortened.size(), full);
  }
}

}  // namespace

std::string FoldPlaceName(std::string_view name) {
  std::string folded;
  std::string ascii;
  bool gap = false;
  for (std::size_t at = 0; at < name.size();) {
    const auto [letters, length] = Letter(name, at, ascii);
    if (letters.empty()) {
      gap = !folded.empty();
    } else {
      if (gap) folded += ' ';
      gap = false;
      folded.append(letters);
    }
    at += length;
  }
  // Somebody who types goes on: "st " is no more the beginning of Strasbourg.
  const bool word_ended = gap;
  if (word_ended) folded += ' ';
  Unabbreviate(folded, "st", "saint");
  Unabbreviate(folded, "ste", "sainte");
  if (word_ended) folded.pop_back();
  return folded;
}

std::string_view WithoutArticle(std::string_view folded) {
  for (const std::string_view article : {"le ", "la ", "les ", "l "}) {
    if (folded.substr(0, article.size()) == article) return folded.substr(article.size());
  }
  return folded;
}

}  // namespace sas::slots
