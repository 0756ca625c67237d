#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace prometheus {
class Registry;
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

/// Prometheus metrics. Families and known label sets are made once; requests only touch kept
/// references. Labels are of low cardinality: never an id, never a patient's datum.
namespace sas::observe {

using Labels = std::map<std::string, std::string>;

/// The metrics of one process and their HTTP page.
class Metrics {
 public:
  Metrics();
  ~Metrics();

  /// Serves /metrics on `address` (host:port, port 0 picks one). Returns the port.
  absl::StatusOr<int> Serve(const std::string& address);

  /// Same name and labels give the same object. Thread-safe; keep the reference.
  prometheus::Counter& Counter(const std::string& name, const std::string& help,
                               const Labels& labels = {});
  prometheus::Gauge& Gauge(const std::string& name, const std::string& help,
                           const Labels& labels = {});
  /// Buckets in seconds from 100 µs to 10 s unless given.
  prometheus::Histogram& Histogram(const std::string& name, const std::string& help,
                                   const Labels& labels = {}, std::vector<double> buckets = {});

  /// `read` is asked at each scrape (queue depths, pool use, ages).
  void OnScrape(const std::string& name, const std::string& help, const Labels& labels,
                std::function<double()> read);

  prometheus::Registry& registry();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Rate, errors and duration of RPCs: `sas_<service>_rpc_requests_total{method,code}`,
/// `sas_<service>_rpc_duration_seconds{method}`, `sas_<service>_rpc_in_flight`.
class RpcMetrics {
 public:
  RpcMetrics(Metrics& metrics, std::string_view service);
  ~RpcMetrics();

  void Started();
  /// `method` is the short RPC name; only names announced by Announce get their own label.
  void Finished(std::string_view method, absl::StatusCode code, double seconds);
  void Announce(std::string_view method);

 private:
  struct Method;
  Metrics& metrics_;
  std::string prefix_;
  prometheus::Gauge& in_flight_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Method>, std::less<>> methods_;
};

}  // namespace sas::observe
