#include "common/ledger/json_writer.h"

#include <google/protobuf/any.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "common/ledger/document.h"
#include "sas/booking/v1/booking_service.pb.h"
#include "sas/events/v1/event.pb.h"
#include "sas/regulation/v1/regulation_service.pb.h"
#include "sas/slots/v1/planning_service.pb.h"

namespace sas::ledger {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::Reflection;

std::string ByProtobuf(const Message& message) {
  std::string text;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(message, &text).ok());
  return text;
}

/// Fills messages with values of which each kind has what is hard to write.
class Filler {
 public:
  void Fill(Message& message, int depth) {
    const Descriptor& type = *message.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      const bool nested = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
      if (Below(3) == 0 || (nested && depth == 0)) continue;
      const int count = field.is_repeated() ? Below(3) : 1;
      for (int at = 0; at < count; ++at) Put(message, field, depth);
    }
  }

 private:
  int Below(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }

  template <typename Value>
  Value One(const std::vector<Value>& values) {
    return values[static_cast<std::size_t>(Below(static_cast<int>(values.size())))];
  }

  std::string Text() {
    return One<std::string>({"", "Dr Émile Œuvré", "a \"b\" \\ </c>\n\t\x01\x7f", "日本 ₂ 😀",
                             "\u2028\u00ad\u200b", "œ\xc5", "\xff\xc3(", "regions/fr-pdl/sites/x"});
  }

  // Timestamps and durations are valid only within bounds of theirs.
  void PutTime(Message& message) {
    const Descriptor& type = *message.GetDescriptor();
    const Reflection& put = *message.GetReflection();
    put.SetInt64(&message, type.FindFieldByName("seconds"), Below(2'000'000'000));
    put.SetInt32(&message, type.FindFieldByName("nanos"),
                 One<int>({0, 5'000'000, 120'000, 7, 999'999'999}));
  }

  void PutMessage(Message& value, int depth) {
    const std::string& name = value.GetDescriptor()->full_name();
    if (name == "google.protobuf.Timestamp" || name == "google.protobuf.Duration") {
      PutTime(value);
    } else if (name != "google.protobuf.FieldMask") {
      Fill(value, depth - 1);
    }
  }

  void Put(Message& message, const FieldDescriptor& field, int depth) {
    const Reflection& put = *message.GetReflection();
    const bool many = field.is_repeated();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_BOOL: {
        const bool value = Below(2) == 0;
        return many ? put.AddBool(&message, &field, value) : put.SetBool(&message, &field, value);
      }
      case FieldDescriptor::CPPTYPE_INT32: {
        const int value = One<int>({0, -1, 7, std::numeric_limits<int>::min()});
        return many ? put.AddInt32(&message, &field, value) : put.SetInt32(&message, &field, value);
      }
      case FieldDescriptor::CPPTYPE_INT64: {
        const auto value = One<std::int64_t>({0, -1, std::numeric_limits<std::int64_t>::min()});
        return many ? put.AddInt64(&message, &field, value) : put.SetInt64(&message, &field, value);
      }
      case FieldDescriptor::CPPTYPE_UINT32:
        return many ? put.AddUInt32(&message, &field, 4'000'000'000U)
                    : put.SetUInt32(&message, &field, 4'000'000'000U);
      case FieldDescriptor::CPPTYPE_UINT64: {
        constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
        return many ? put.AddUInt64(&message, &field, kMost)
                    : put.SetUInt64(&message, &field, kMost);
      }
      case FieldDescriptor::CPPTYPE_DOUBLE: {
        const double value = One<double>({0, 0.1, -46.8458, 1e300, 12, 1.0 / 3});
        return many ? put.AddDouble(&message, &field, value)
                    : put.SetDouble(&message, &field, value);
      }
      case FieldDescriptor::CPPTYPE_FLOAT: {
        const float value = One<float>({0, 0.1F, -3e30F});
        return many ? put.AddFloat(&message, &field, value) : put.SetFloat(&message, &field, value);
      }
      case FieldDescriptor::CPPTYPE_ENUM: {
        const int value = One<int>(
            {field.enum_type()->value(0)->number(),
             field.enum_type()->value(field.enum_type()->value_count() - 1)->number(), 4711});
        return many ? put.AddEnumValue(&message, &field, value)
                    : put.SetEnumValue(&message, &field, value);
      }
      case FieldDescriptor::CPPTYPE_STRING: {
        const std::string value = Text();
        return many ? put.AddString(&message, &field, value)
                    : put.SetString(&message, &field, value);
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return PutMessage(
            many ? *put.AddMessage(&message, &field) : *put.MutableMessage(&message, &field),
            depth);
    }
  }

  std::mt19937 random_{20261203};
};

// Every message of the files that `file` needs, and its own.
void Gather(const FileDescriptor* file, std::set<const FileDescriptor*>& seen,
            std::vector<const Descriptor*>& types) {
  if (!seen.insert(file).second) return;
  for (int i = 0; i < file->dependency_count(); ++i) Gather(file->dependency(i), seen, types);
  if (file->package().rfind("sas.", 0) != 0) return;
  for (int i = 0; i < file->message_type_count(); ++i) types.push_back(file->message_type(i));
}

TEST(JsonWriter, WritesWhatProtobufWritesOfEveryMessageOfTheSuite) {
  std::set<const FileDescriptor*> seen;
  std::vector<const Descriptor*> types;
  for (const Descriptor* type :
       {booking::v1::CreateAppointmentRequest::descriptor(), events::v1::Event::descriptor(),
        regulation::v1::RegulationCase::descriptor(),
        slots::v1::UpdateStructureRequest::descriptor()}) {
    Gather(type->file(), seen, types);
  }
  ASSERT_GT(types.size(), 100U);
  Filler filler;
  int own = 0;
  for (const Descriptor* type : types) {
    for (int times = 0; times < 40; ++times) {
      const std::unique_ptr<Message> message(
          MessageFactory::generated_factory()->GetPrototype(type)->New());
      filler.Fill(*message, 4);
      std::string text;
      if (!AppendJson(*message, text)) continue;
      ++own;
      ASSERT_EQ(text, ByProtobuf(*message)) << type->full_name();
    }
  }
  EXPECT_GT(own, static_cast<int>(types.size()) * 35);  // Few are left to protobuf.
}

TEST(JsonWriter, LeavesToProtobufWhatHasAFormOfItsOwn) {
  google::protobuf::Any any;
  any.PackFrom(google::protobuf::Timestamp());
  std::string text;
  EXPECT_FALSE(AppendJson(any, text));
  EXPECT_EQ(ToDocument(any), ByProtobuf(any));
  google::protobuf::Timestamp beyond;
  beyond.set_seconds(std::numeric_limits<std::int64_t>::max());
  EXPECT_FALSE(AppendJson(beyond, text));
}

}  // namespace
}  // namespace sas::ledger
