#include "common/rpc/request_shape.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <vector>

#include "common/base/status.h"

namespace sas::rpc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::string Path(const std::string& prefix, const FieldDescriptor& field, int index) {
  std::string path = prefix.empty() ? field.name() : prefix + "." + field.name();
  if (index >= 0) path += "[" + std::to_string(index) + "]";
  return path;
}

absl::Status CheckNumber(const FieldDescriptor& field, int number, const std::string& path) {
  if (field.enum_type()->FindValueByNumber(number) != nullptr) return absl::OkStatus();
  return base::InvalidField(path, "UNKNOWN_ENUM_VALUE",
                            "is not a value of this version of the interface",
                            {{"value", std::to_string(number)}});
}

absl::Status CheckMessage(const Message& message, const std::string& prefix);

absl::Status CheckField(const Message& message, const FieldDescriptor& field,
                        const std::string& prefix) {
  const Reflection& reflection = *message.GetReflection();
  const bool is_enum = field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM;
  if (!is_enum && field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return absl::OkStatus();
  if (!field.is_repeated()) {
    const std::string path = Path(prefix, field, -1);
    return is_enum ? CheckNumber(field, reflection.GetEnumValue(message, &field), path)
                   : CheckMessage(reflection.GetMessage(message, &field), path);
  }
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    const std::string path = Path(prefix, field, i);
    SAS_RETURN_IF_ERROR(
        is_enum ? CheckNumber(field, reflection.GetRepeatedEnumValue(message, &field, i), path)
                : CheckMessage(reflection.GetRepeatedMessage(message, &field, i), path));
  }
  return absl::OkStatus();
}

absl::Status CheckMessage(const Message& message, const std::string& prefix) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);  // Only what is set.
  for (const FieldDescriptor* field : fields) {
    SAS_RETURN_IF_ERROR(CheckField(message, *field, prefix));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckKnownEnums(const Message& request) {
  return CheckMessage(request, "");
}

absl::Status CheckUnset(const Message& message, std::initializer_list<std::string_view> fields,
                        std::string_view path) {
  for (const std::string_view name : fields) {
    const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(std::string(name));
    SAS_CHECK(field != nullptr, "no such field");
    const Reflection& reflection = *message.GetReflection();
    const bool set = field->is_repeated() ? reflection.FieldSize(message, field) > 0
                                          : reflection.HasField(message, field);
    if (!set) continue;
    return base::InvalidField(std::string(path) + "." + std::string(name), "OUTPUT_ONLY_FIELD",
                              "is written by the server: leave it out");
  }
  return absl::OkStatus();
}

std::size_t CountCharacters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;  // Not a continuation byte.
  }));
}

absl::Status CheckText(std::string_view text, std::string_view field, std::size_t max,
                       std::size_t min) {
  const std::size_t characters = CountCharacters(text);
  if (characters > max) {
    return base::InvalidField(
        field, "TEXT_TOO_LONG", "is too long; shorten it, nothing is cut",
        {{"characters", std::to_string(characters)}, {"characters_max", std::to_string(max)}});
  }
  if (characters < min) {
    return base::InvalidField(field, "TEXT_REQUIRED", "must not be empty");
  }
  return absl::OkStatus();
}

}  // namespace sas::rpc
