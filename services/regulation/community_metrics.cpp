#include "services/regulation/community_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>

#include <algorithm>
#include <cctype>
#include <string>

namespace sas::regulation {
namespace {

prometheus::Counter& Requests(observe::Metrics& metrics, DemandState state) {
  std::string outcome(DemandCode(state));
  std::transform(outcome.begin(), outcome.end(), outcome.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return metrics.Counter(
      "sas_regulation_community_requests_total",
      "Requests to communities (place de marché), asked and by how they ended; those "
      "that ended with their order are the rest.",
      {{"outcome", outcome}});
}

}  // namespace

CommunityMetrics::CommunityMetrics(observe::Metrics& metrics)
    : metrics_(metrics),
      answer_(metrics.Histogram("sas_regulation_community_answer_seconds",
                                "From the request to a community until its yes or no.", {},
                                {60, 300, 600, 1200, 1800, 3600, 7200, 14400})) {
  // Made now, so that what has not happened reads 0 and not "no data".
  for (const DemandState state :
       {DemandState::kAsked, DemandState::kAccepted, DemandState::kDeclined,
        DemandState::kWithdrawn, DemandState::kExpired}) {
    Requests(metrics_, state);
  }
}

void CommunityMetrics::Moved(DemandState state) {
  Requests(metrics_, state).Increment();
}

void CommunityMetrics::Answered(DemandState state, base::Instant::duration after) {
  Moved(state);
  answer_.Observe(std::chrono::duration<double>(after).count());
}

}  // namespace sas::regulation
