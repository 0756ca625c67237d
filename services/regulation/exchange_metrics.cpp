#include "services/regulation/exchange_metrics.h"

#include <prometheus/counter.h>

#include <array>
#include <atomic>

namespace sas::regulation {
namespace {

constexpr char kExchanges[] = "sas_regulation_exchanges_total";
constexpr char kExchangesHelp[] = "Exchanges about dossiers, by kind.";
constexpr char kExpertises[] = "sas_regulation_expertises_total";
constexpr char kExpertisesHelp[] = "Téléexpertises, by what became of a request or an attempt.";
constexpr std::array kKinds{"PHONE", "CLICK_TO_CALL", "MSSANTE", "MESSAGE", "EXPERTISE"};
// In the order of ExchangeMetrics::Expertise.
constexpr std::array kOutcomes{"requested", "told", "not_taken", "failed", "answered"};

}  // namespace

struct ExchangeMetrics::Gauges {
  std::atomic<int> unread{0};
  std::atomic<double> oldest_seconds{0};
};

ExchangeMetrics::ExchangeMetrics(observe::Metrics& metrics)
    : metrics_(metrics), gauges_(std::make_shared<Gauges>()) {
  // Made now, so that what has not happened reads 0 and not "no data".
  for (const char* kind : kKinds) metrics_.Counter(kExchanges, kExchangesHelp, {{"kind", kind}});
  for (const char* outcome : kOutcomes) {
    metrics_.Counter(kExpertises, kExpertisesHelp, {{"outcome", outcome}});
  }
  metrics_.OnScrape("sas_regulation_exchanges_unread",
                    "Exchanges that are addressed to somebody and that nobody has read.", {},
                    [gauges = gauges_] { return gauges->unread.load(); });
  metrics_.OnScrape("sas_regulation_exchange_unread_oldest_seconds",
                    "Age of the oldest exchange that nobody has read, 0 without one.", {},
                    [gauges = gauges_] { return gauges->oldest_seconds.load(); });
}

void ExchangeMetrics::Exchanged(const std::string& kind) {
  metrics_.Counter(kExchanges, kExchangesHelp, {{"kind", kind}}).Increment();
}

void ExchangeMetrics::Expertised(Expertise outcome) {
  metrics_
      .Counter(kExpertises, kExpertisesHelp,
               {{"outcome", kOutcomes.at(static_cast<std::size_t>(outcome))}})
      .Increment();
}

void ExchangeMetrics::Unread(int count, double oldest_seconds) {
  gauges_->unread = count;
  gauges_->oldest_seconds = oldest_seconds;
}

}  // namespace sas::regulation
