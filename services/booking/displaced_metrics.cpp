#include "services/booking/displaced_metrics.h"

#include <prometheus/counter.h>

#include <array>
#include <string>

namespace sas::booking {
namespace {

constexpr std::array<std::string_view, 3> kOutcomes{"displaced", "served", "kept"};

constexpr char kDisplaced[] = "sas_booking_displaced_total";
constexpr char kDisplacedHelp[] = "Appointments whose slot was withdrawn, and came back or is kept";

}  // namespace

// The known label sets exist from the start: a rate needs the zero before the first event.
DisplacedMetrics::DisplacedMetrics(observe::Metrics& metrics) : metrics_(metrics) {
  for (const std::string_view outcome : kOutcomes) {
    metrics_.Counter(kDisplaced, kDisplacedHelp, {{"outcome", std::string(outcome)}});
  }
  const auto show = [&](const char* name, const char* help, auto read) {
    metrics_.OnScrape(name, help, {}, [figures = figures_, read] { return read(*figures); });
  };
  show("sas_booking_displaced_open", "Appointments without a slot about which nobody was called",
       [](const Figures& figures) { return static_cast<double>(figures.open.load()); });
  show("sas_booking_displaced_soon", "Of these, those that start within 2 h or have begun",
       [](const Figures& figures) { return static_cast<double>(figures.soon.load()); });
  show("sas_booking_displaced_check_age_seconds",
       "Since all appointments were held against the slots",
       [](const Figures& figures) { return figures.check_age.load(); });
}

void DisplacedMetrics::Counted(std::string_view outcome) {
  metrics_.Counter(kDisplaced, kDisplacedHelp, {{"outcome", std::string(outcome)}}).Increment();
}

void DisplacedMetrics::Stand(std::int64_t open, std::int64_t soon, double check_age_seconds) {
  figures_->open = open;
  figures_->soon = soon;
  figures_->check_age = check_age_seconds;
}

}  // namespace sas::booking
