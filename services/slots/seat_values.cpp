#include "services/slots/seat_values.h"

#include <charconv>

namespace sas::slots {

std::int64_t BookState::DirectoryVersion() const {
  std::int64_t version = 0;
  const char* end = directory.data() + directory.size();
  const auto parsed = std::from_chars(directory.data(), end, version);
  return parsed.ptr == end ? version : 0;
}

}  // namespace sas::slots
