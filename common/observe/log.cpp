#include "common/observe/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>

#include "common/base/clock.h"

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

spdlog::level::level_enum ToSpdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarn:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string_view LevelName(Level level) {
  constexpr std::array<std::string_view, 4> kNames{"debug", "info", "warn", "error"};
  return kNames[static_cast<std::size_t>(level)];
}

// RFC 3339 with microseconds, UTC.
std::string Timestamp(base::Instant instant) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(instant - day);
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                static_cast<int>(time.subseconds().count()));
  return text.data();
}

// The process has one log. It is never destroyed: threads may log while statics go.
struct Logger {
  Logger() {
    logger.set_pattern("%v");
    logger.set_level(spdlog::level::info);
    logger.flush_on(spdlog::level::info);
  }

  const base::SystemClock clock;
  spdlog::logger logger{"sas", std::make_shared<spdlog::sinks::stderr_sink_mt>()};
  std::mutex mutex;
  std::string service;
};

Logger& TheLogger() {
  static Logger& logger = *new Logger;
  return logger;
}

}  // namespace

void InitLog(std::string_view service, Level minimum) {
  Logger& logger = TheLogger();
  const std::lock_guard lock(logger.mutex);
  logger.service = std::string(service);
  logger.logger.set_level(ToSpdlog(minimum));
}

Level ParseLevel(std::string_view text) {
  for (const Level level : {Level::kDebug, Level::kInfo, Level::kWarn, Level::kError}) {
    if (LevelName(level) == text) return level;
  }
  return Level::kInfo;
}

void Log(Level level, std::string_view event, std::initializer_list<LogField> fields) {
  Logger& logger = TheLogger();
  if (!logger.logger.should_log(ToSpdlog(level))) return;
  nlohmann::ordered_json line;
  line["time"] = Timestamp(logger.clock.Now());
  line["level"] = LevelName(level);
  {
    const std::lock_guard lock(logger.mutex);
    line["service"] = logger.service;
  }
  line["event"] = event;
  for (const auto& [field, value] : fields) {
    nlohmann::ordered_json& slot = line[std::string(field)];
    if (IsDenied(field)) {
      slot = kRedacted;
    } else {
      std::visit([&slot](const auto& held) { slot = held; }, value);
    }
  }
  // Invalid UTF-8 is replaced: a line that cannot be read helps nobody.
  const std::string text =
      line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  logger.logger.log(ToSpdlog(level), spdlog::string_view_t(text.data(), text.size()));
}

void FlushLog() {
  TheLogger().logger.flush();
}

}  // namespace sas::observe
