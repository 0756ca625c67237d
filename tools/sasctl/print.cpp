#include "tools/sasctl/print.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cctype>
#include <iostream>

#include "absl/time/time.h"
#include "common/base/status.h"

namespace sasctl {
namespace {

// Characters, not bytes: continuation bytes of UTF-8 have no width of their own.
std::size_t Width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string Upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
    return static_cast<char>(c == '-' ? '_' : std::toupper(c));
  });
  return text;
}

}  // namespace

void Table::Print() const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Width(row[i]));
  }
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - Width(row[i]) + 2, ' ');
    }
    std::cout << line << "\n";
  }
}

std::string Json(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(message, &text, options);
  SAS_CHECK(status.ok(), "a message of ours cannot be shown as JSON");
  return text;
}

void PrintJson(const google::protobuf::Message& message) {
  std::cout << Json(message) << "\n";
}

google::protobuf::Timestamp ParseLocal(const std::string& text) {
  absl::TimeZone paris;
  if (!absl::LoadTimeZone("Europe/Paris", &paris)) Suite::Usage("Europe/Paris is not installed");
  absl::Time time;
  std::string error;
  if (!absl::ParseTime("%Y-%m-%dT%H:%M", text, paris, &time, &error) &&
      !absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
    Suite::Usage(text + ": use YYYY-MM-DDTHH:MM in Paris");
  }
  return ToProto(base::Instant(std::chrono::microseconds(absl::ToUnixMicros(time))));
}

std::string LocalTime(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0) return "";
  static const absl::TimeZone paris = [] {
    absl::TimeZone zone;
    absl::LoadTimeZone("Europe/Paris", &zone);
    return zone;
  }();
  static constexpr const char* kDays[] = {"lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."};
  const absl::Time instant = absl::FromUnixSeconds(time.seconds());
  const auto day = absl::GetWeekday(absl::ToCivilDay(instant, paris));
  return std::string(kDays[static_cast<int>(day)]) + " " +
         absl::FormatTime("%d/%m %H:%M", instant, paris);
}

std::string Span(std::chrono::seconds span) {
  const long long total = std::abs(span.count());
  const std::string sign = span.count() < 0 ? "-" : "";
  if (total < 60) return sign + std::to_string(total) + " s";
  if (total < 3600) return sign + std::to_string(total / 60) + " min";
  const std::string minutes = std::to_string(total % 3600 / 60);
  return sign + std::to_string(total / 3600) + " h " + (minutes.size() < 2 ? "0" : "") + minutes;
}

std::chrono::seconds Until(const Suite& suite, const google::protobuf::Timestamp& time) {
  return std::chrono::seconds(time.seconds()) -
         std::chrono::duration_cast<std::chrono::seconds>(suite.clock().Now().time_since_epoch());
}

std::chrono::seconds ParseSpan(const std::string& text) {
  std::size_t end = 0;
  long long value = 0;
  try {
    value = std::stoll(text, &end);
  } catch (const std::exception&) {
    Suite::Usage("'" + text + "' is no duration: write 48h, 90m or 30s");
  }
  const std::string unit = text.substr(end);
  if (unit == "h") return std::chrono::hours(value);
  if (unit == "m" || unit == "min") return std::chrono::minutes(value);
  if (unit == "s") return std::chrono::seconds(value);
  Suite::Usage("'" + text + "' is no duration: write 48h, 90m or 30s");
}

type::Age ParseAge(const std::string& text) {
  std::size_t end = 0;
  type::Age age;
  try {
    age.set_value(std::stoi(text, &end));
  } catch (const std::exception&) {
    Suite::Usage("'" + text + "' is no age: write 6y, 3m, 2w or 10d");
  }
  const std::string unit = text.substr(end);
  if (unit.empty() || unit == "y") {
    age.set_unit(type::Age::UNIT_YEAR);
  } else if (unit == "m") {
    age.set_unit(type::Age::UNIT_MONTH);
  } else if (unit == "w") {
    age.set_unit(type::Age::UNIT_WEEK);
  } else if (unit == "d") {
    age.set_unit(type::Age::UNIT_DAY);
  } else {
    Suite::Usage("'" + text + "' is no age: write 6y, 3m, 2w or 10d");
  }
  return age;
}

std::string AgeText(const type::Age& age) {
  switch (age.unit()) {
    case type::Age::UNIT_DAY:
      return std::to_string(age.value()) + " j";
    case type::Age::UNIT_WEEK:
      return std::to_string(age.value()) + " sem.";
    case type::Age::UNIT_MONTH:
      return std::to_string(age.value()) + " mois";
    case type::Age::UNIT_YEAR:
      return std::to_string(age.value()) + " ans";
    default:
      return "";
  }
}

std::string Short(const std::string& value, const std::string& prefix) {
  return value.rfind(prefix, 0) == 0 ? value.substr(prefix.size()) : value;
}

int EnumValue(const google::protobuf::EnumDescriptor* descriptor, const std::string& prefix,
              const std::string& text) {
  const auto* value = descriptor->FindValueByName(prefix + Upper(text));
  if (value != nullptr && value->number() != 0) return value->number();
  std::string known;
  for (int i = 1; i < descriptor->value_count(); ++i) {
    known += (i > 1 ? ", " : "") + Short(descriptor->value(i)->name(), prefix);
  }
  Suite::Usage("unknown value '" + text + "': one of " + known);
}

google::protobuf::Timestamp ToProto(base::Instant instant) {
  const long long us = instant.time_since_epoch().count();
  google::protobuf::Timestamp time;
  time.set_seconds(us / 1'000'000);
  time.set_nanos(static_cast<int>(us % 1'000'000 * 1000));
  return time;
}

void PrintPilotWeeks(const google::protobuf::RepeatedPtrField<slots::PilotWeek>& weeks) {
  for (const slots::PilotWeek& each : weeks) std::cout << "  ! " << each.explanation() << "\n";
}

}  // namespace sasctl
