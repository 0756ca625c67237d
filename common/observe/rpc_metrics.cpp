#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

#include <array>
#include <utility>

#include "common/base/status.h"
#include "common/observe/metrics.h"

namespace sas::observe {
namespace {

constexpr std::size_t kCodes = 17;            // OK to UNAUTHENTICATED.
constexpr std::string_view kOther = "other";  // Label of methods that nobody announced.

}  // namespace

struct RpcMetrics::Method {
  prometheus::Histogram* duration = nullptr;
  std::array<prometheus::Counter*, kCodes> requests{};  // Made with the first answer of a code.
};

RpcMetrics::RpcMetrics(Metrics& metrics, std::string_view service)
    : metrics_(metrics),
      prefix_("sas_" + std::string(service) + "_rpc_"),
      in_flight_(metrics.Gauge(prefix_ + "in_flight", "RPCs that have begun and not ended.")) {
  Announce(kOther);
}

// Out of line where Method is complete.
RpcMetrics::~RpcMetrics() = default;

void RpcMetrics::Started() {
  in_flight_.Increment();
}

void RpcMetrics::Finished(std::string_view method, absl::StatusCode code, double seconds) {
  in_flight_.Decrement();
  const std::lock_guard lock(mutex_);
  auto found = methods_.find(method);
  if (found == methods_.end()) found = methods_.find(kOther);
  Method& known = *found->second;
  known.duration->Observe(seconds);
  auto index = static_cast<std::size_t>(code);
  if (index >= kCodes) index = static_cast<std::size_t>(absl::StatusCode::kUnknown);
  prometheus::Counter*& counter = known.requests[index];
  if (counter == nullptr) {
    counter = &metrics_.Counter(
        prefix_ + "requests_total", "RPCs that have ended, by method and code.",
        {{"method", found->first},
         {"code", std::string(base::CodeName(static_cast<absl::StatusCode>(index)))}});
  }
  counter->Increment();
}

void RpcMetrics::Announce(std::string_view method) {
  const std::lock_guard lock(mutex_);
  if (methods_.find(method) != methods_.end()) return;
  auto made = std::make_unique<Method>();
  made->duration = &metrics_.Histogram(prefix_ + "duration_seconds",
                                       "Time from the arrival of an RPC to its answer.",
                                       {{"method", std::string(method)}});
  methods_.emplace(std::string(method), std::move(made));
}

}  // namespace sas::observe
