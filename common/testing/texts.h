#pragma once

#include <google/protobuf/message.h>

#include <array>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>

namespace sas::testing {

/// Texts that come out wrong wherever somebody counts bytes, guesses an encoding, or escapes by
/// halves (hazard H-16): accents, alphabets from right to left, characters of four bytes, and what
/// JSON, SQL and log lines give a meaning to.
class HardTexts {
 public:
  explicit HardTexts(unsigned seed) : random_(seed) {}

  /// Exactly so many characters.
  std::string Of(std::size_t characters) {
    constexpr std::array<std::string_view, 32> kCharacters{
        "a",  "é",  "œ", "Ÿ",  "ß",      "\u0301",     "ع",      "\u200f", "ש",      "漢",  "€",
        "’",  "😀",  "𝄞", "👩",  "\u200d", "\U0010FFFD", "\ufeff", "\u2028", "\u00a0", " ",   "\n",
        "\t", "\"", "'", "\\", "<",      "&",          "%",      ":",      "{",      "\x01"};
    std::string text;
    for (std::size_t i = 0; i < characters; ++i) {
      text += kCharacters[std::uniform_int_distribution<std::size_t>(
          0, kCharacters.size() - 1)(random_)];
    }
    return text;
  }

  /// Writes a text into every string of `message` that is empty, in the messages of its fields too.
  void Fill(google::protobuf::Message& message, std::size_t characters, int depth = 4) {
    using google::protobuf::FieldDescriptor;
    const auto& reflection = *message.GetReflection();
    for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
      const FieldDescriptor* field = message.GetDescriptor()->field(i);
      if (field->is_map()) continue;
      if (field->type() == FieldDescriptor::TYPE_STRING) {
        if (field->is_repeated()) {
          reflection.AddString(&message, field, Of(characters));
        } else if (reflection.GetString(message, field).empty()) {
          reflection.SetString(&message, field, Of(characters));
        }
      } else if (field->type() == FieldDescriptor::TYPE_MESSAGE && depth > 0 &&
                 field->message_type()->file()->package() != "google.protobuf") {
        Fill(field->is_repeated() ? *reflection.AddMessage(&message, field)
                                  : *reflection.MutableMessage(&message, field),
             characters, depth - 1);
      }
    }
  }

 private:
  std::mt19937 random_;
};

}  // namespace sas::testing
