#include "common/observe/log.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <mutex>
#include <nlohmann/json.hpp>

#include "common/base/clock.h"
#include "common/base/status.h"
#include "common/observe/log_writer.h"

namespace sas::observe {
namespace {

// Fields that could name or describe a person. A field is denied by its whole name and, because
// callers prefix them ("caller_phone"), by its last word where that word has no other use.
constexpr std::array<std::string_view, 14> kDenied{
    "name",         "phone", "birth",  "birth_date",  "address", "text", "comment",
    "patient_name", "given", "family", "motive_text", "note",    "nir",  "ins"};
constexpr std::array<std::string_view, 9> kDeniedEndings{"_phone", "_birth",   "_birth_date",
                                                         "_text",  "_comment", "_note",
                                                         "_given", "_family",  "_address"};
constexpr std::string_view kRedacted = "[redacted]";

bool EndsWith(std::string_view text, std::string_view ending) {
  return text.size() >= ending.size() && text.substr(text.size() - ending.size()) == ending;
}

bool IsDenied(std::string_view field) {
  std::string lower(field);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return std::find(kDenied.begin(), kDenied.end(), lower) != kDenied.end() ||
         std::any_of(kDeniedEndings.begin(), kDeniedEndings.end(),
                     [&](std::string_view ending) { return EndsWith(lower, ending); });
}

std::string_view LevelName(Level level) {
  constexpr std::array<std::string_view, 4> kNames{"debug", "info", "warn", "error"};
  return kNames[static_cast<std::size_t>(level)];
}

void AddDigits(std::string& out, unsigned value, int digits) {
  std::array<char, 10> text{};
  for (int i = digits; i-- > 0; value /= 10) {
    text[static_cast<std::size_t>(i)] = static_cast<char>('0' + value % 10);
  }
  out.append(text.data(), static_cast<std::size_t>(digits));
}

// RFC 3339 with microseconds, UTC.
void AddTime(std::string& out, base::Instant instant) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(instant - day);
  AddDigits(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  out += '-';
  AddDigits(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  AddDigits(out, static_cast<unsigned>(date.day()), 2);
  out += 'T';
  AddDigits(out, static_cast<unsigned>(time.hours().count()), 2);
  out += ':';
  AddDigits(out, static_cast<unsigned>(time.minutes().count()), 2);
  out += ':';
  AddDigits(out, static_cast<unsigned>(time.seconds().count()), 2);
  out += '.';
  AddDigits(out, static_cast<unsigned>(time.subseconds().count()), 6);
  out += 'Z';
}

void AddText(std::string& out, std::string_view text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
  });
  if (plain) {
    out += '"';
    out += text;
    out += '"';
    return;
  }
  // Invalid UTF-8 is replaced: a line that cannot be read helps nobody.
  out += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void AddValue(std::string& out, std::string_view value) {
  AddText(out, value);
}

void AddValue(std::string& out, bool value) {
  out += value ? "true" : "false";
}

template <typename Number>
void AddNumber(std::string& out, Number value) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
  out.append(text.data(), end.ptr);
}

void AddValue(std::string& out, std::int64_t value) {
  AddNumber(out, value);
}

void AddValue(std::string& out, double value) {
  if (std::isfinite(value)) {
    AddNumber(out, value);
  } else {
    out += "null";  // JSON knows no infinity.
  }
}

// The process has one log. It is never destroyed: threads may log while statics go.
struct Logger {
  const base::SystemClock clock;
  LogWriter writer;
  std::atomic<Level> minimum{Level::kInfo};
  std::mutex mutex;
  std::string service;
};

Logger& TheLogger() {
  static Logger& logger = []() -> Logger& {
    std::atexit(FlushLog);
    base::OnCheckFailed(FlushLog);
    return *new Logger;
  }();
  return logger;
}

}  // namespace

void InitLog(std::string_view service, Level minimum) {
  Logger& logger = TheLogger();
  const std::lock_guard lock(logger.mutex);
  logger.service = std::string(service);
  logger.minimum = minimum;
}

Level ParseLevel(std::string_view text) {
  for (const Level level : {Level::kDebug, Level::kInfo, Level::kWarn, Level::kError}) {
    if (LevelName(level) == text) return level;
  }
  return Level::kInfo;
}

void Log(Level level, std::string_view event, std::initializer_list<LogField> fields) {
  Logger& logger = TheLogger();
  if (level < logger.minimum.load(std::memory_order_relaxed)) return;
  thread_local std::string line;  // Keeps its memory.
  line = "{\"time\":\"";
  AddTime(line, logger.clock.Now());
  line += "\",\"level\":";
  AddText(line, LevelName(level));
  line += ",\"service\":";
  {
    const std::lock_guard lock(logger.mutex);
    AddText(line, logger.service);
  }
  line += ",\"event\":";
  AddText(line, event);
  for (const auto& [field, value] : fields) {
    line += ',';
    AddText(line, field);
    line += ':';
    if (IsDenied(field)) {
      AddText(line, kRedacted);
    } else {
      std::visit([](const auto& held) { AddValue(line, held); }, value);
    }
  }
  line += '}';
  logger.writer.Write(line, level >= Level::kWarn);
}

void FlushLog() {
  TheLogger().writer.Flush();
}

}  // namespace sas::observe
