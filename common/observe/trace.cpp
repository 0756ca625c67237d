#include "common/observe/trace.h"

#include <algorithm>

namespace sas::observe {
namespace {

// 00-<32 hex>-<16 hex>-<2 hex>, https://www.w3.org/TR/trace-context/
constexpr std::size_t kTraceAt = 3;
constexpr std::size_t kTraceDigits = 32;
constexpr std::size_t kSpanAt = kTraceAt + kTraceDigits + 1;
constexpr std::size_t kSpanDigits = 16;
constexpr std::size_t kFlagsAt = kSpanAt + kSpanDigits + 1;
constexpr std::size_t kLength = kFlagsAt + 2;

bool IsHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool IsZero(std::string_view text) {
  return text.find_first_not_of('0') == std::string_view::npos;
}

bool IsWellFormed(std::string_view header) {
  if (header.size() < kLength) return false;
  const std::string_view version = header.substr(0, 2);
  if (!IsHex(version) || version == "ff") return false;
  // A later version may append fields; version 00 may not.
  if (header.size() > kLength && (version == "00" || header[kLength] != '-')) return false;
  if (header[kTraceAt - 1] != '-' || header[kSpanAt - 1] != '-' || header[kFlagsAt - 1] != '-') {
    return false;
  }
  const std::string_view trace = header.substr(kTraceAt, kTraceDigits);
  const std::string_view span = header.substr(kSpanAt, kSpanDigits);
  return IsHex(trace) && !IsZero(trace) && IsHex(span) && !IsZero(span) &&
         IsHex(header.substr(kFlagsAt, 2));
}

std::string NewId(std::size_t digits, base::Random& random) {
  std::string id = base::MakeToken(random).substr(0, digits);
  if (IsZero(id)) id.back() = '1';  // All zero means "none" in the standard.
  return id;
}

}  // namespace

TraceContext ContinueTrace(std::string_view traceparent, base::Random& random) {
  TraceContext context;
  context.trace_id = IsWellFormed(traceparent)
                         ? std::string(traceparent.substr(kTraceAt, kTraceDigits))
                         : NewId(kTraceDigits, random);
  context.span_id = NewId(kSpanDigits, random);
  return context;
}

std::string TraceParent(std::string_view trace_id, std::string_view span_id) {
  std::string header = "00-";
  header += trace_id;
  header += '-';
  header += span_id;
  header += "-01";
  return header;
}

}  // namespace sas::observe
