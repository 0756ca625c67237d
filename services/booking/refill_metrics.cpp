#include "services/booking/refill_metrics.h"

#include <prometheus/counter.h>

#include <array>
#include <string>

namespace sas::booking {
namespace {

constexpr std::array<std::string_view, 5> kOutcomes{"made", "claimed", "declined", "expired",
                                                    "taken"};
constexpr std::array<std::string_view, 5> kEnds{"taken", "rounds", "nobody", "gone", "too_late"};

constexpr char kOffers[] = "sas_booking_seat_offers_total";
constexpr char kOffersHelp[] = "What became of offers of freed seats to waiting orders";
constexpr char kFreed[] = "sas_booking_freed_seats_total";
constexpr char kFreedHelp[] = "Freed seats by how asking about them ended";
constexpr char kReleased[] = "sas_booking_order_holds_released_total";
constexpr char kReleasedHelp[] = "Holds that ended because the regulation had stopped their order";

}  // namespace

// The known label sets exist from the start: a rate needs the zero before the first event.
RefillMetrics::RefillMetrics(observe::Metrics& metrics) : metrics_(metrics) {
  for (const std::string_view outcome : kOutcomes) {
    metrics_.Counter(kOffers, kOffersHelp, {{"outcome", std::string(outcome)}});
  }
  for (const std::string_view end : kEnds) {
    metrics_.Counter(kFreed, kFreedHelp, {{"end", std::string(end)}});
  }
  metrics_.Counter(kReleased, kReleasedHelp);
  metrics_.OnScrape("sas_booking_seat_offers_open", "Freed seats that an operator is asked about",
                    {}, [open = open_] { return static_cast<double>(open->load()); });
}

void RefillMetrics::Offered(std::string_view outcome) {
  metrics_.Counter(kOffers, kOffersHelp, {{"outcome", std::string(outcome)}}).Increment();
}

void RefillMetrics::Closed(std::string_view end) {
  metrics_.Counter(kFreed, kFreedHelp, {{"end", std::string(end)}}).Increment();
}

void RefillMetrics::Released(int holds) {
  metrics_.Counter(kReleased, kReleasedHelp).Increment(holds);
}

}  // namespace sas::booking
