#include "services/slots/wire_writer.h"

#include <algorithm>
#include <utility>

namespace sas::slots {

void WireWriter::End(Nested nested) {
  const std::size_t size = size_ - nested.start;
  std::array<char, kVarintMax> length{};
  const auto used = static_cast<std::size_t>(Varint(length.data(), size) - length.data());
  if (used != nested.length_bytes) {
    Room(used);
    char* const content = bytes_.data() + nested.start;
    std::memmove(content - nested.length_bytes + used, content, size);
    size_ += used - nested.length_bytes;
  }
  std::memcpy(bytes_.data() + nested.start - nested.length_bytes, length.data(), used);
}

std::string WireWriter::Take() {
  bytes_.resize(size_);
  return std::move(bytes_);
}

void WireWriter::Grow(std::size_t bytes) {
  bytes_.resize(std::max(2 * bytes_.size(), size_ + bytes));
}

}  // namespace sas::slots
