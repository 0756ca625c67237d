#include "common/ledger/json_writer.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/time_util.h>
#include <google/protobuf/wrappers.pb.h>

#include <charconv>
#include <cstdint>
#include <string_view>
#include <vector>

namespace sas::ledger {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::util::TimeUtil;

// By protobuf itself, in a wrapper whose JSON is the bare value.
template <typename Wrapper, typename Value>
bool AppendByProtobuf(const Value& value, std::string& out) {
  Wrapper wrapper;
  wrapper.set_value(value);
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(wrapper, &text).ok()) return false;
  out += text;
  return true;
}

// Nothing to escape: ASCII but for what JSON and HTML know, and letters up to U+017F, which are
// what French is written with. Protobuf escapes some others, and mends what is no UTF-8.
bool IsPlain(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte < 0x7f) {
      if (byte == '"' || byte == '\\' || byte == '<' || byte == '>') return false;
      continue;
    }
    const bool letter = byte >= 0xc3 && byte <= 0xc5;
    if (!letter || ++i == text.size()) return false;
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return false;
  }
  return true;
}

bool AppendString(const std::string& text, std::string& out) {
  if (!IsPlain(text)) return AppendByProtobuf<google::protobuf::StringValue>(text, out);
  out += '"';
  out += text;
  out += '"';
  return true;
}

template <typename Number>
bool AppendNumber(Number number, std::string& out) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof(digits), number);
  out.append(digits, end.ptr);
  return true;
}

// JSON's own numbers cannot hold them.
template <typename Number>
bool AppendLong(Number number, std::string& out) {
  out += '"';
  AppendNumber(number, out);
  out += '"';
  return true;
}

bool AppendEnum(const FieldDescriptor& field, int number, std::string& out) {
  const auto* value = field.enum_type()->FindValueByNumber(number);
  if (value == nullptr) return AppendNumber(number, out);
  out += '"';
  out += value->name();
  out += '"';
  return true;
}

bool IsOfGoogle(const Descriptor& type) {
  return std::string_view(type.full_name()).substr(0, 16) == "google.protobuf.";
}

// Of a Timestamp or a Duration. A negative duration is written in a way of its own.
template <typename Time>
bool IsWithin(const Time& time, std::int64_t least, std::int64_t most) {
  constexpr int kNanosMax = 999'999'999;
  return time.seconds() >= least && time.seconds() <= most && time.nanos() >= 0 &&
         time.nanos() <= kNanosMax;
}

bool AppendWellKnown(const Message& message, std::string& out) {
  std::string text;
  if (const auto* time = dynamic_cast<const google::protobuf::Timestamp*>(&message)) {
    if (!IsWithin(*time, TimeUtil::kTimestampMinSeconds, TimeUtil::kTimestampMaxSeconds)) {
      return false;
    }
    text = TimeUtil::ToString(*time);
  } else if (const auto* span = dynamic_cast<const google::protobuf::Duration*>(&message)) {
    if (!IsWithin(*span, 0, TimeUtil::kDurationMaxSeconds)) return false;
    text = TimeUtil::ToString(*span);
  } else {
    return false;
  }
  out += '"';
  out += text;
  out += '"';
  return true;
}

/// Reads one value of a field: the only one, or that with number `at` of a list.
struct Place {
  const Message& message;
  const FieldDescriptor& field;
  int at;  ///< -1: the field has one value.
};

bool AppendValue(const Place& place, std::string& out) {
  const auto& [message, field, at] = place;
  const Reflection& look = *message.GetReflection();
  const bool one = at < 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL: {
      const bool yes =
          one ? look.GetBool(message, &field) : look.GetRepeatedBool(message, &field, at);
      out += yes ? "true" : "false";
      return true;
    }
    case FieldDescriptor::CPPTYPE_INT32:
      return AppendNumber(
          one ? look.GetInt32(message, &field) : look.GetRepeatedInt32(message, &field, at), out);
    case FieldDescriptor::CPPTYPE_UINT32:
      return AppendNumber(
          one ? look.GetUInt32(message, &field) : look.GetRepeatedUInt32(message, &field, at), out);
    case FieldDescriptor::CPPTYPE_INT64:
      return AppendLong(
          one ? look.GetInt64(message, &field) : look.GetRepeatedInt64(message, &field, at), out);
    case FieldDescriptor::CPPTYPE_UINT64:
      return AppendLong(
          one ? look.GetUInt64(message, &field) : look.GetRepeatedUInt64(message, &field, at), out);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return AppendByProtobuf<google::protobuf::DoubleValue>(
          one ? look.GetDouble(message, &field) : look.GetRepeatedDouble(message, &field, at), out);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return AppendByProtobuf<google::protobuf::FloatValue>(
          one ? look.GetFloat(message, &field) : look.GetRepeatedFloat(message, &field, at), out);
    case FieldDescriptor::CPPTYPE_ENUM:
      return AppendEnum(
          field,
          one ? look.GetEnumValue(message, &field) : look.GetRepeatedEnumValue(message, &field, at),
          out);
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      const std::string& text =
          one ? look.GetStringReference(message, &field, &scratch)
              : look.GetRepeatedStringReference(message, &field, at, &scratch);
      if (field.type() != FieldDescriptor::TYPE_BYTES) return AppendString(text, out);
      return AppendByProtobuf<google::protobuf::BytesValue>(text, out);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return AppendJson(
          one ? look.GetMessage(message, &field) : look.GetRepeatedMessage(message, &field, at),
          out);
  }
  return false;
}

bool AppendField(const Message& message, const FieldDescriptor& field, std::string& out) {
  out += '"';
  out += field.json_name();
  out += "\":";
  if (!field.is_repeated()) return AppendValue({message, field, -1}, out);
  if (field.is_map()) return false;  // The order of its entries is protobuf's own.
  out += '[';
  const int size = message.GetReflection()->FieldSize(message, &field);
  for (int at = 0; at < size; ++at) {
    if (at > 0) out += ',';
    if (!AppendValue({message, field, at}, out)) return false;
  }
  out += ']';
  return true;
}

}  // namespace

bool AppendJson(const Message& message, std::string& out) {
  if (IsOfGoogle(*message.GetDescriptor())) return AppendWellKnown(message, out);
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  out += '{';
  bool first = true;
  for (const FieldDescriptor* field : fields) {
    if (!first) out += ',';
    first = false;
    if (!AppendField(message, *field, out)) return false;
  }
  out += '}';
  return true;
}

}  // namespace sas::ledger
