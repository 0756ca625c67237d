#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace sas::slots {

/// Writes protobuf's wire format into one growing buffer: what a message would say, without the
/// message. Fields that have their default value are left out, as proto3 does. The caller knows the
/// numbers and the types of the fields; a test holds what is written against the generated classes.
class WireWriter {
 public:
  /// A nested message that is being written.
  struct Nested {
    std::size_t start = 0;
  };

  /// `expected` bytes are reserved.
  explicit WireWriter(std::size_t expected = 0) { bytes_.reserve(expected); }

  /// int32, int64, bool and enumerations.
  void Number(int field, std::int64_t value) {
    if (value != 0) Element(field, value);
  }

  /// A field that is written although it may be zero: an element of a list, a present field.
  void Element(int field, std::int64_t value) {
    Tag(field, kVarint);
    Varint(static_cast<std::uint64_t>(value));
  }

  void Double(int field, double value) {
    std::uint64_t bits = 0;
    static_assert(sizeof bits == sizeof value);
    std::memcpy(&bits, &value, sizeof bits);
    if (bits == 0) return;
    Tag(field, kFixed64);
    for (int shift = 0; shift < 64; shift += 8) bytes_ += static_cast<char>(bits >> shift & 0xff);
  }

  /// Valid UTF-8.
  void Text(int field, std::string_view value) {
    if (!value.empty()) Bytes(field, value);
  }

  /// Written although it may be empty: an element of a list, a serialised message.
  void Bytes(int field, std::string_view value) {
    Tag(field, kLength);
    Varint(value.size());
    bytes_ += value;
  }

  /// Fields that have been written before.
  void Fragment(std::string_view fields) { bytes_ += fields; }

  /// What is written until End is the content of a nested message.
  Nested Begin(int field) {
    Tag(field, kLength);
    bytes_.append(kLengthBytes, '\0');
    return {bytes_.size()};
  }

  void End(Nested nested);

  const std::string& bytes() const { return bytes_; }

  std::string Take() { return std::move(bytes_); }

 private:
  // Room for the length of a nested message: up to 16 383 bytes, which slots and matches are. A
  // shorter or longer one is moved.
  static constexpr std::size_t kLengthBytes = 2;
  static constexpr unsigned kVarint = 0;
  static constexpr unsigned kFixed64 = 1;
  static constexpr unsigned kLength = 2;

  void Tag(int field, unsigned type) { Varint(static_cast<unsigned>(field) << 3U | type); }

  void Varint(std::uint64_t value) {
    while (value >= 0x80) {
      bytes_ += static_cast<char>(value | 0x80);
      value >>= 7U;
    }
    bytes_ += static_cast<char>(value);
  }

  std::string bytes_;
};

}  // namespace sas::slots
