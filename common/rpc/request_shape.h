#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace google::protobuf {
class Message;
}

/// What can be said of a request without knowing what it asks.
namespace sas::rpc {

/// INVALID_ARGUMENT `UNKNOWN_ENUM_VALUE` naming the first field that holds a number outside of its
/// list: proto3 lets them through, and taking an unknown word for a known one is how a newer client
/// would be misunderstood.
absl::Status CheckKnownEnums(const google::protobuf::Message& request);

/// INVALID_ARGUMENT `OUTPUT_ONLY_FIELD` when one of `fields` is set; `path` is where `message`
/// stands in the request.
absl::Status CheckUnset(const google::protobuf::Message& message,
                        std::initializer_list<std::string_view> fields, std::string_view path);

/// Characters (not bytes) of a text in UTF-8.
std::size_t CountCharacters(std::string_view text);

/// INVALID_ARGUMENT `TEXT_TOO_LONG`: refused, never cut. `TEXT_REQUIRED` when shorter than `min`.
absl::Status CheckText(std::string_view text, std::string_view field, std::size_t max,
                       std::size_t min = 0);

}  // namespace sas::rpc
