#pragma once

#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <chrono>
#include <string>
#include <vector>

#include "tools/sasctl/suite.h"

namespace sasctl {

/// Columns aligned by width in characters (not bytes), two spaces between.
class Table {
 public:
  explicit Table(std::vector<std::string> headers) : rows_{std::move(headers)} {}

  void Row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

  bool empty() const { return rows_.size() < 2; }

  void Print() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// One line of JSON with the proto's field names.
std::string Json(const google::protobuf::Message& message);
void PrintJson(const google::protobuf::Message& message);

/// In Europe/Paris, for people: "mar. 24/11 14:05".
std::string LocalTime(const google::protobuf::Timestamp& time);
/// 2026-11-24T18:00 in Paris, or an RFC 3339 time; leaves with usage error.
google::protobuf::Timestamp ParseLocal(const std::string& text);
/// "2 h 12", "47 min", "18 s", "-3 min".
std::string Span(std::chrono::seconds span);
std::chrono::seconds Until(const Suite& suite, const google::protobuf::Timestamp& time);

/// `48h`, `90m`, `30s`.
std::chrono::seconds ParseSpan(const std::string& text);
/// `6y`, `3m`, `10d`, or plain years.
type::Age ParseAge(const std::string& text);
std::string AgeText(const type::Age& age);

/// Name of an enum value without its prefix: STATE_TO_DO gives TO_DO.
std::string Short(const std::string& value, const std::string& prefix);

/// Value of a proto enum by its short name, any case; leaves with usage error listing what exists.
int EnumValue(const google::protobuf::EnumDescriptor* descriptor, const std::string& prefix,
              const std::string& text);

template <typename Enum>
Enum ParseEnum(const std::string& prefix, const std::string& text) {
  return static_cast<Enum>(EnumValue(google::protobuf::GetEnumDescriptor<Enum>(), prefix, text));
}

google::protobuf::Timestamp ToProto(base::Instant instant);

/// A line each, as of other warnings.
void PrintPilotWeeks(const google::protobuf::RepeatedPtrField<slots::PilotWeek>& weeks);

}  // namespace sasctl
