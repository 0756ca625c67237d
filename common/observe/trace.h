#pragma once

#include <string>
#include <string_view>

#include "common/base/ids.h"

namespace sas::observe {

/// W3C trace context.
struct TraceContext {
  std::string trace_id;  ///< 32 lower-case hex digits, not all zero.
  std::string span_id;   ///< 16 lower-case hex digits, not all zero.
};

/// Continues `traceparent` with a new span, or starts a trace when it is absent or malformed.
TraceContext ContinueTrace(std::string_view traceparent, base::Random& random);

/// Header value that hands the trace on.
std::string TraceParent(std::string_view trace_id, std::string_view span_id);

}  // namespace sas::observe
