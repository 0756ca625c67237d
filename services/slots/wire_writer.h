#pragma once

#include <array>
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
    std::size_t length_bytes = 0;
  };

  /// There is room for `expected` bytes at first.
  explicit WireWriter(std::size_t expected = 0) : bytes_(expected, '\0') {}

  /// int32, int64, bool and enumerations.
  void Number(int field, std::int64_t value) {
    if (value != 0) Element(field, value);
  }

  /// A field that is written although it may be zero: an element of a list, a present field.
  void Element(int field, std::int64_t value) {
    char* at = Room(2 * kVarintMax);
    at = Varint(at, Tag(field, kVarint));
    Wrote(Varint(at, static_cast<std::uint64_t>(value)));
  }

  void Double(int field, double value) {
    std::uint64_t bits = 0;
    static_assert(sizeof bits == sizeof value);
    std::memcpy(&bits, &value, sizeof bits);
    if (bits == 0) return;
    char* at = Varint(Room(kVarintMax + sizeof bits), Tag(field, kFixed64));
    for (int shift = 0; shift < 64; shift += 8) *at++ = static_cast<char>(bits >> shift & 0xff);
    Wrote(at);
  }

  /// Valid UTF-8.
  void Text(int field, std::string_view value) {
    if (!value.empty()) Bytes(field, value);
  }

  /// Written although it may be empty: an element of a list, a serialised message.
  void Bytes(int field, std::string_view value) {
    char* at = Room(2 * kVarintMax + value.size());
    at = Varint(at, Tag(field, kLength));
    at = Varint(at, value.size());
    Wrote(Copy(at, value));
  }

  /// Fields that have been written before.
  void Fragment(std::string_view fields) { Wrote(Copy(Room(fields.size()), fields)); }

  /// What is written until End is the content of a nested message. There is room for the length of
  /// one that is large, 128 to 16 383 bytes, or of a smaller one; any other is moved.
  Nested Begin(int field) { return Begin(field, 2); }

  Nested BeginSmall(int field) { return Begin(field, 1); }

  void End(Nested nested);

  std::string_view bytes() const { return {bytes_.data(), size_}; }

  std::string Take();

  /// To write something else; the memory stays.
  void Clear() { size_ = 0; }

 private:
  static constexpr std::size_t kVarintMax = 10;
  static constexpr unsigned kVarint = 0;
  static constexpr unsigned kFixed64 = 1;
  static constexpr unsigned kLength = 2;

  static std::uint64_t Tag(int field, unsigned type) {
    return static_cast<unsigned>(field) << 3U | type;
  }

  static char* Varint(char* at, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) *at++ = static_cast<char>(value | 0x80);
    *at++ = static_cast<char>(value);
    return at;
  }

  static char* Copy(char* at, std::string_view bytes) {
    if (!bytes.empty()) std::memcpy(at, bytes.data(), bytes.size());
    return at + bytes.size();
  }

  Nested Begin(int field, std::size_t length_bytes) {
    Wrote(Varint(Room(kVarintMax + length_bytes), Tag(field, kLength)) + length_bytes);
    return {size_, length_bytes};
  }

  // Where `bytes` more may be written; the string's own growing would look at each byte.
  char* Room(std::size_t bytes) {
    if (bytes_.size() - size_ < bytes) Grow(bytes);
    return bytes_.data() + size_;
  }

  void Wrote(const char* end) { size_ = static_cast<std::size_t>(end - bytes_.data()); }

  void Grow(std::size_t bytes);

  std::string bytes_;
  std::size_t size_ = 0;  ///< Written so far.
};

}  // namespace sas::slots
