#include "services/slots/wire_writer.h"

#include <array>

namespace sas::slots {

void WireWriter::End(Nested nested) {
  std::size_t size = bytes_.size() - nested.start;
  std::array<char, 10> length{};
  std::size_t used = 0;
  while (size >= 0x80) {
    length[used++] = static_cast<char>(size | 0x80);
    size >>= 7U;
  }
  length[used++] = static_cast<char>(size);
  bytes_.replace(nested.start - kLengthBytes, kLengthBytes, length.data(), used);
}

}  // namespace sas::slots
