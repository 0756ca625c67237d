#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

/// One JSON line per event on standard error. Fields are references, codes and figures; a field
/// whose name is on the deny list (name, phone, birth, address, text, motive_text …) is replaced by
/// "[redacted]", so that a slip in code is no disclosure.
namespace sas::observe {

enum class Level { kDebug, kInfo, kWarn, kError };

using LogValue = std::variant<std::string_view, std::int64_t, double, bool>;
using LogField = std::pair<std::string_view, LogValue>;

/// Name of the service on each line, and the lowest level that is written. Call once, first.
void InitLog(std::string_view service, Level minimum);
Level ParseLevel(std::string_view text);

/// `event` is a stable snake_case word, for example "rpc" or "redis_rebuilt". Warnings and errors
/// stand in the log when this returns; other lines within about 20 ms, in order, none dropped.
void Log(Level level, std::string_view event, std::initializer_list<LogField> fields = {});

/// Everything logged before stands in the log. For who ends the process by other ways than exit().
void FlushLog();

}  // namespace sas::observe
