#include "services/slots/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>
#include <string>
#include <vector>

namespace sas::slots {
namespace {

constexpr std::array<std::string_view, 6> kCauses = {"start",  "flush",     "epoch",
                                                     "rewind", "directory", "horizon"};
constexpr std::array<std::string_view, 10> kOutcomes = {
    "held",          "no_free_seat",   "slot_not_open",     "too_many_holds",
    "hold_quota",    "site_daily_cap", "redis_unavailable", "availability_rebuilding",
    "severity_sign", "refused_by_rule"};

/// Places of a list that are told apart, up to the last of each.
struct RankBand {
  int last;
  std::string_view name;
};

constexpr std::array<RankBand, 5> kRanks = {
    {{0, "none"}, {1, "1"}, {3, "2-3"}, {10, "4-10"}, {std::numeric_limits<int>::max(), "later"}}};

template <std::size_t Size>
std::string Known(const std::array<std::string_view, Size>& list, std::string_view word) {
  const bool known = std::find(list.begin(), list.end(), word) != list.end();
  return std::string(known ? word : "other");
}

constexpr char kRebuilds[] = "sas_slots_rebuilds_total";
constexpr char kRebuildsHelp[] = "Loads of a region's availability into Redis, by cause";
constexpr char kHolds[] = "sas_slots_holds_total";
constexpr char kHoldsHelp[] = "Holds asked for, by outcome";
constexpr char kChosen[] = "sas_slots_holds_by_rank_total";
constexpr char kChosenHelp[] = "Slots that were held, by their place in the list that was shown";
constexpr char kSoftCaps[] = "sas_slots_soft_cap_passed_total";
constexpr char kSoftCapsHelp[] = "Appointments prepared above the daily soft cap of their site";
constexpr char kSeconds[] = "sas_slots_rebuild_seconds";
constexpr char kSecondsHelp[] = "Time to load a region's availability";
constexpr char kRefreshes[] = "sas_slots_refresh_seconds";
constexpr char kRefreshesHelp[] = "Time to bring changed sites into a region's availability";
constexpr char kResults[] = "sas_slots_search_results";
constexpr char kResultsHelp[] = "Matches of a search, before paging";

prometheus::Histogram& ChangeAges(observe::Metrics& metrics) {
  return metrics.Histogram("sas_slots_change_age_seconds",
                           "From a change of seats in Redis to the answers of this replica", {},
                           {0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 5, 30});
}

prometheus::Histogram& Results(observe::Metrics& metrics) {
  return metrics.Histogram(kResults, kResultsHelp, {}, {0, 1, 2, 5, 10, 20, 50, 100, 200, 500});
}

}  // namespace

SlotsMetrics::SlotsMetrics(observe::Metrics& metrics) : metrics_(metrics) {
  // Made now, so that an absent event reads 0 and not "no data".
  for (const std::string_view cause : kCauses) {
    metrics_.Counter(kRebuilds, kRebuildsHelp, {{"cause", std::string(cause)}});
  }
  for (const std::string_view outcome : kOutcomes) {
    metrics_.Counter(kHolds, kHoldsHelp, {{"outcome", std::string(outcome)}});
  }
  for (const RankBand& band : kRanks) {
    metrics_.Counter(kChosen, kChosenHelp, {{"rank", std::string(band.name)}});
  }
  metrics_.Counter(kSoftCaps, kSoftCapsHelp);
  metrics_.Histogram(kSeconds, kSecondsHelp);
  metrics_.Histogram(kRefreshes, kRefreshesHelp);
  Results(metrics_);
  ChangeAges(metrics_);
}

void SlotsMetrics::Rebuilt(std::string_view cause, double seconds) {
  metrics_.Counter(kRebuilds, kRebuildsHelp, {{"cause", Known(kCauses, cause)}}).Increment();
  metrics_.Histogram(kSeconds, kSecondsHelp).Observe(seconds);
}

void SlotsMetrics::Refreshed(double seconds) {
  metrics_.Histogram(kRefreshes, kRefreshesHelp).Observe(seconds);
}

void SlotsMetrics::Epoch(std::string_view region, double epoch) {
  metrics_
      .Gauge("sas_slots_epoch", "Epoch of a region's availability",
             {{"region", std::string(region)}})
      .Set(epoch);
}

void SlotsMetrics::HoldAsked(absl::StatusCode code, std::string_view reason) {
  std::string outcome(reason);
  std::transform(outcome.begin(), outcome.end(), outcome.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (code == absl::StatusCode::kOk) outcome = "held";
  outcome = Known(kOutcomes, outcome);
  const bool by_rule =
      code == absl::StatusCode::kFailedPrecondition || code == absl::StatusCode::kPermissionDenied;
  if (outcome == "other" && by_rule) outcome = "refused_by_rule";
  metrics_.Counter(kHolds, kHoldsHelp, {{"outcome", outcome}}).Increment();
}

void SlotsMetrics::Chosen(int list_rank) {
  const auto upto = [list_rank](const RankBand& band) { return list_rank <= band.last; };
  const auto* band = std::find_if(kRanks.begin(), kRanks.end(), upto);
  metrics_.Counter(kChosen, kChosenHelp, {{"rank", std::string(band->name)}}).Increment();
}

void SlotsMetrics::ChangeShown(double seconds) {
  ChangeAges(metrics_).Observe(seconds);
}

void SlotsMetrics::Searched(double matches) {
  Results(metrics_).Observe(matches);
}

void SlotsMetrics::SoftCapPassed() {
  metrics_.Counter(kSoftCaps, kSoftCapsHelp).Increment();
}

void SlotsMetrics::LoadGini(std::string_view territory, double gini) {
  metrics_
      .Gauge("sas_slots_load_gini", "Gini coefficient of load relative to share",
             {{"territory", std::string(territory)}})
      .Set(gini);
}

}  // namespace sas::slots
