#include "services/regulation/case_changes.h"

#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "services/regulation/convert.h"
#include "services/regulation/facts.h"

namespace sas::regulation {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Timestamp;

// Of the dossier: what is computed, and what keeps a history of its own (claims in the audit
// record, thread, triages and offers in lists that only grow).
constexpr std::array<std::string_view, 24> kToldElsewhere{"name",
                                                          "case_number",
                                                          "claim",
                                                          "notes",
                                                          "wait_start_time",
                                                          "wait_alarm_time",
                                                          "wait_target_time",
                                                          "missing",
                                                          "create_time",
                                                          "update_time",
                                                          "close_time",
                                                          "etag",
                                                          "triages",
                                                          "handover",
                                                          "past_handovers",
                                                          "lost_call",
                                                          "recent_changes",
                                                          "priority_time",
                                                          "mission_time",
                                                          "missions",
                                                          "bilans",
                                                          "needed_skills",
                                                          "regulator_awaited",
                                                          "place_conflict_meters"};

using Changes = std::vector<v1::FieldChange>;

void Compare(const std::string& path, const Message& before, const Message& after,
             Changes& changes);

bool IsInstant(const Message& message) {
  return message.GetDescriptor() == Timestamp::descriptor();
}

std::string TextOf(const Message& message) {
  const auto& instant = static_cast<const Timestamp&>(message);
  return absl::FormatTime(
      "%Y-%m-%dT%H:%M:%E*SZ",
      absl::FromUnixSeconds(instant.seconds()) + absl::Nanoseconds(instant.nanos()),
      absl::UTCTimeZone());
}

// The shortest text that reads back as the same number; nothing for zero, which is the absence of
// one.
template <typename Number>
std::string TextOf(Number number) {
  if (number == Number{}) return "";
  std::array<char, 32> text;
  return std::string(text.data(),
                     std::to_chars(text.data(), text.data() + text.size(), number).ptr);
}

// Of a field that is no record; of an element where `index` is not negative: lists hold texts and
// codes.
std::string TextOf(const Message& message, const FieldDescriptor& field, int index) {
  const auto& reflection = *message.GetReflection();
  const bool one = index < 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return one ? reflection.GetString(message, &field)
                 : reflection.GetRepeatedString(message, &field, index);
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* value = one ? reflection.GetEnum(message, &field)
                              : reflection.GetRepeatedEnum(message, &field, index);
      return value->number() == 0 ? "" : std::string(value->name());
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(message, &field) ? "true" : "";
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return TextOf(reflection.GetDouble(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return TextOf(reflection.GetInt64(message, &field));
    default:
      return TextOf(reflection.GetInt32(message, &field));
  }
}

void Add(const std::string& path, std::string before, std::string after, Changes& changes) {
  if (before == after) return;
  v1::FieldChange& change = changes.emplace_back();
  change.set_field(path);
  change.set_before(std::move(before));
  change.set_after(std::move(after));
}

// What makes an element itself, wherever it stands; empty when only its place does.
std::string KeyOf(const Message& element) {
  for (const char* name : {"name", "call_id"}) {
    const auto* field = element.GetDescriptor()->FindFieldByName(name);
    if (field != nullptr) return element.GetReflection()->GetString(element, field);
  }
  return "";
}

const Message* Find(const Message& in, const FieldDescriptor& field, const Message& like,
                    int index) {
  const auto& reflection = *in.GetReflection();
  const int size = reflection.FieldSize(in, &field);
  const std::string key = KeyOf(like);
  for (int i = 0; i < size && !key.empty(); ++i) {
    const Message& element = reflection.GetRepeatedMessage(in, &field, i);
    if (KeyOf(element) == key) return &element;
  }
  return key.empty() && index < size ? &reflection.GetRepeatedMessage(in, &field, index) : nullptr;
}

const Message& Empty(const Message& like) {
  return *google::protobuf::MessageFactory::generated_factory()->GetPrototype(like.GetDescriptor());
}

void CompareRecords(const std::string& path, const Message& before, const Message& after,
                    const FieldDescriptor& field, Changes& changes) {
  const auto place = [&](int index) { return absl::StrCat(path, "[", index, "]"); };
  const auto& reflection = *before.GetReflection();
  for (int i = 0; i < reflection.FieldSize(after, &field); ++i) {
    const Message& now = reflection.GetRepeatedMessage(after, &field, i);
    const Message* then = Find(before, field, now, i);
    Compare(place(i), then == nullptr ? Empty(now) : *then, now, changes);
  }
  for (int i = 0; i < reflection.FieldSize(before, &field); ++i) {
    const Message& then = reflection.GetRepeatedMessage(before, &field, i);
    if (Find(after, field, then, i) == nullptr) Compare(place(i), then, Empty(then), changes);
  }
}

void CompareValues(const std::string& path, const Message& before, const Message& after,
                   const FieldDescriptor& field, Changes& changes) {
  const auto& reflection = *before.GetReflection();
  const int then = reflection.FieldSize(before, &field);
  const int now = reflection.FieldSize(after, &field);
  for (int i = 0; i < std::max(then, now); ++i) {
    Add(absl::StrCat(path, "[", i, "]"), i < then ? TextOf(before, field, i) : "",
        i < now ? TextOf(after, field, i) : "", changes);
  }
}

void CompareField(const std::string& path, const Message& before, const Message& after,
                  const FieldDescriptor& field, Changes& changes) {
  const auto& reflection = *before.GetReflection();
  const bool record = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  if (field.is_repeated()) {
    return record ? CompareRecords(path, before, after, field, changes)
                  : CompareValues(path, before, after, field, changes);
  }
  if (!record) {
    return Add(path, TextOf(before, field, -1), TextOf(after, field, -1), changes);
  }
  const Message& then = reflection.GetMessage(before, &field);
  const Message& now = reflection.GetMessage(after, &field);
  if (!IsInstant(then)) return Compare(path, then, now, changes);
  Add(path, reflection.HasField(before, &field) ? TextOf(then) : "",
      reflection.HasField(after, &field) ? TextOf(now) : "", changes);
}

void Compare(const std::string& path, const Message& before, const Message& after,
             Changes& changes) {
  const auto& type = *before.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const bool skipped = path.empty() && std::find(kToldElsewhere.begin(), kToldElsewhere.end(),
                                                   field.name()) != kToldElsewhere.end();
    if (skipped) continue;
    CompareField(path.empty() ? field.name() : path + "." + field.name(), before, after, field,
                 changes);
  }
}

}  // namespace

std::vector<v1::FieldChange> ChangesBetween(const v1::RegulationCase& before,
                                            const v1::RegulationCase& after) {
  Changes changes;
  Compare("", before, after, changes);
  return changes;
}

v1::CaseHistoryEntry HistoryEntryOf(const base::Call& call, const v1::RegulationCase& row,
                                    base::Instant now) {
  v1::CaseHistoryEntry entry;
  *entry.mutable_record_time() = ToTimestamp(now);
  *entry.mutable_actor() = ToProto(call.actor);
  entry.set_act(ActOf(call));
  entry.set_version(VersionOf(row.etag()));
  return entry;
}

}  // namespace sas::regulation
