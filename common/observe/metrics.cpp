#include "common/observe/metrics.h"

#include <prometheus/client_metric.h>
#include <prometheus/collectable.h>
#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/metric_family.h>
#include <prometheus/registry.h>

#include <exception>
#include <utility>

#include "common/base/status.h"

namespace sas::observe {
namespace {

const std::vector<double>& DefaultBuckets() {  // Seconds.
  static const std::vector<double> kBuckets{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                            0.01,   0.025,   0.05,   0.1,   0.25,   0.5,
                                            1.0,    2.5,     5.0,    10.0};
  return kBuckets;
}

// The library throws on a bad name or on one name with two types: mistakes of ours, found at start.
template <typename Make>
auto& Made(const std::string& name, Make make) {
  try {
    return make();
  } catch (const std::exception& error) {
    base::CheckFailed("metric", __FILE__, __LINE__, name + ": " + error.what());
  }
}

// Gauges that are asked when somebody looks.
class ScrapedGauges final : public prometheus::Collectable {
 public:
  void Add(const std::string& name, const std::string& help, const Labels& labels,
           std::function<double()> read) {
    const std::lock_guard lock(mutex_);
    Family& family = families_[name];
    family.help = help;
    family.gauges[labels] = std::move(read);
  }

  std::vector<prometheus::MetricFamily> Collect() const override {
    std::map<std::string, Family> families;
    {
      const std::lock_guard lock(mutex_);
      families = families_;  // The readers take locks of their own: ask them outside this one.
    }
    std::vector<prometheus::MetricFamily> collected;
    for (const auto& [name, family] : families) {
      prometheus::MetricFamily out{name, family.help, prometheus::MetricType::Gauge, {}};
      for (const auto& [labels, read] : family.gauges) {
        prometheus::ClientMetric metric;
        for (const auto& [label, value] : labels) metric.label.push_back({label, value});
        metric.gauge.value = read();
        out.metric.push_back(std::move(metric));
      }
      collected.push_back(std::move(out));
    }
    return collected;
  }

 private:
  struct Family {
    std::string help;
    std::map<Labels, std::function<double()>> gauges;
  };

  mutable std::mutex mutex_;
  std::map<std::string, Family> families_;
};

}  // namespace

struct Metrics::State {
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  std::shared_ptr<ScrapedGauges> scraped = std::make_shared<ScrapedGauges>();
  std::unique_ptr<prometheus::Exposer> exposer;  // Last: stops before what it shows goes.
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}

Metrics::~Metrics() = default;

absl::StatusOr<int> Metrics::Serve(const std::string& address) {
  try {
    auto exposer = std::make_unique<prometheus::Exposer>(address);
    exposer->RegisterCollectable(state_->registry);
    exposer->RegisterCollectable(state_->scraped);
    const std::vector<int> ports = exposer->GetListeningPorts();
    state_->exposer = std::move(exposer);
    return ports.empty() ? 0 : ports.front();
  } catch (const std::exception& error) {
    return base::Fail(absl::StatusCode::kUnavailable, "CANNOT_LISTEN",
                      "the metrics page cannot listen on " + address + ": " + error.what(),
                      {{"listen", address}});
  }
}

prometheus::Counter& Metrics::Counter(const std::string& name, const std::string& help,
                                      const Labels& labels) {
  return Made(name, [&]() -> prometheus::Counter& {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry()).Add(labels);
  });
}

prometheus::Gauge& Metrics::Gauge(const std::string& name, const std::string& help,
                                  const Labels& labels) {
  return Made(name, [&]() -> prometheus::Gauge& {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry()).Add(labels);
  });
}

prometheus::Histogram& Metrics::Histogram(const std::string& name, const std::string& help,
                                          const Labels& labels, std::vector<double> buckets) {
  return Made(name, [&]() -> prometheus::Histogram& {
    return prometheus::BuildHistogram()
        .Name(name)
        .Help(help)
        .Register(registry())
        .Add(labels, buckets.empty() ? DefaultBuckets() : buckets);
  });
}

void Metrics::OnScrape(const std::string& name, const std::string& help, const Labels& labels,
                       std::function<double()> read) {
  state_->scraped->Add(name, help, labels, std::move(read));
}

prometheus::Registry& Metrics::registry() {
  return *state_->registry;
}

}  // namespace sas::observe
