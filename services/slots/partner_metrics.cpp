#include "services/slots/partner_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

#include <algorithm>
#include <array>
#include <atomic>

namespace sas::slots {
namespace {

constexpr std::array<std::string_view, 8> kOutcomes = {"applied", "duplicate", "gap",    "refused",
                                                       "rate",    "breaker",   "failed", "report"};
constexpr char kFrames[] = "sas_slots_frames_total";
constexpr char kFramesHelp[] = "Frames of partner feeds, by outcome";
constexpr char kRefused[] = "sas_slots_feed_refused_total";
constexpr char kRefusedHelp[] = "Slots of partner feeds that were not applied";
constexpr char kPhantoms[] = "sas_slots_phantom_total";
constexpr char kPhantomsHelp[] = "Slots that their source refused when they were to be booked";
constexpr char kRatio[] = "sas_slots_phantom_ratio";
constexpr char kRatioHelp[] =
    "Refused by the source, of all that were to be booked there in 30 days";
constexpr std::array<std::string_view, 6> kAnswers = {"yes",    "no",        "later",
                                                      "silent", "not_asked", "cut"};
constexpr char kQuestions[] = "sas_slots_source_questions_total";
constexpr char kQuestionsHelp[] = "Questions to platforms that are masters of agendas, by outcome";
constexpr std::array<std::string_view, 5> kRelayOutcomes = {"answered", "refused", "silent",
                                                            "not_asked", "late"};
constexpr char kRelayed[] = "sas_slots_source_relayed_total";
constexpr char kRelayedHelp[] = "Questions whose platform has its stream at another replica";
constexpr char kAnswer[] = "sas_slots_source_answer_seconds";
constexpr char kAnswerHelp[] = "From a question to the platform's answer";
constexpr char kUnknown[] = "sas_slots_source_unknown_seats";
constexpr char kUnknownHelp[] =
    "Seats of ours that their source still offers, at two looks in a row";
constexpr char kLimit[] = "sas_slots_partner_limit";
constexpr char kLimitHelp[] = "Limits in force of platforms with which something was agreed";
constexpr char kStreams[] = "sas_slots_source_streams";
constexpr char kStreamsHelp[] = "Streams that platforms have open to this replica";

}  // namespace

void PartnerMetrics::UnknownSeats(const std::string& partner, int count) {
  metrics_.Gauge(kUnknown, kUnknownHelp, {{"partner", Label(partner)}}).Set(count);
}

void PartnerMetrics::Streams(const std::string& partner, int count) {
  metrics_.Gauge(kStreams, kStreamsHelp, {{"partner", Label(partner)}}).Set(count);
}

void PartnerMetrics::Asked(const std::string& partner, std::string_view kind,
                           std::string_view outcome) {
  metrics_
      .Counter(kQuestions, kQuestionsHelp,
               {{"partner", Label(partner)},
                {"kind", std::string(kind)},
                {"outcome", std::string(outcome)}})
      .Increment();
}

void PartnerMetrics::Relayed(const std::string& partner, std::string_view outcome) {
  metrics_
      .Counter(kRelayed, kRelayedHelp,
               {{"partner", Label(partner)}, {"outcome", std::string(outcome)}})
      .Increment();
}

void PartnerMetrics::Answered(const std::string& partner, double seconds) {
  metrics_.Histogram(kAnswer, kAnswerHelp, {{"partner", Label(partner)}}).Observe(seconds);
}

void PartnerMetrics::Limits(const std::string& partner, const std::string& region,
                            const PartnerLimits& limits) {
  const std::string label = Label(partner);
  if (label != partner) return;  // Of many together there is no limit.
  const auto set = [&](const char* limit, double value) {
    metrics_.Gauge(kLimit, kLimitHelp, {{"partner", label}, {"region", region}, {"limit", limit}})
        .Set(value);
  };
  set("frames_per_second", limits.rate.per_second);
  set("frames_burst", limits.rate.burst);
  set("agendas", limits.agendas_max);
  set("frame_slots", static_cast<double>(limits.slots_max));
  set("breaker_failures", limits.breaker.failures_max);
}

std::string PartnerMetrics::Label(const std::string& partner) {
  const std::lock_guard lock(mutex_);
  if (partners_.count(partner) == 0 && partners_.size() >= kPartnersMax) return "other";
  if (partners_.insert(partner).second) {
    for (const std::string_view outcome : kOutcomes) {
      metrics_.Counter(kFrames, kFramesHelp,
                       {{"partner", partner}, {"outcome", std::string(outcome)}});
    }
    // Made now, so that an absent event reads 0 and not "no data".
    metrics_.Counter(kRefused, kRefusedHelp, {{"partner", partner}});
    metrics_.Counter(kPhantoms, kPhantomsHelp, {{"partner", partner}});
    metrics_.Gauge(kRatio, kRatioHelp, {{"partner", partner}});
    metrics_.Gauge(kStreams, kStreamsHelp, {{"partner", partner}});
    metrics_.Gauge(kUnknown, kUnknownHelp, {{"partner", partner}});
    metrics_.Histogram(kAnswer, kAnswerHelp, {{"partner", partner}});
    for (const std::string_view outcome : kRelayOutcomes) {
      metrics_.Counter(kRelayed, kRelayedHelp,
                       {{"partner", partner}, {"outcome", std::string(outcome)}});
    }
    for (const char* kind : {"check", "confirm", "cancel"}) {
      for (const std::string_view outcome : kAnswers) {
        metrics_.Counter(kQuestions, kQuestionsHelp,
                         {{"partner", partner}, {"kind", kind}, {"outcome", std::string(outcome)}});
      }
    }
  }
  return partner;
}

void PartnerMetrics::Frame(const std::string& partner, std::string_view outcome) {
  metrics_
      .Counter(kFrames, kFramesHelp,
               {{"partner", Label(partner)}, {"outcome", std::string(outcome)}})
      .Increment();
}

void PartnerMetrics::SlotsRefused(const std::string& partner, int count) {
  metrics_.Counter(kRefused, kRefusedHelp, {{"partner", Label(partner)}}).Increment(count);
}

void PartnerMetrics::Phantom(const std::string& partner) {
  metrics_.Counter(kPhantoms, kPhantomsHelp, {{"partner", Label(partner)}}).Increment();
}

void PartnerMetrics::BreakerStands(const std::string& partner, Breaker::State state) {
  metrics_
      .Gauge("sas_slots_feed_breaker", "0 closed, 1 half open, 2 open",
             {{"partner", Label(partner)}})
      .Set(static_cast<double>(state));
}

void PartnerMetrics::Oldest(const std::string& partner, base::Instant vouched) {
  const std::string label = Label(partner);
  const std::int64_t micros = vouched.time_since_epoch().count();
  const std::lock_guard lock(mutex_);
  auto& kept = vouched_us_[label];
  if (kept != nullptr) {
    kept->store(micros);
    return;
  }
  kept = std::make_shared<std::atomic<std::int64_t>>(micros);
  metrics_.OnScrape("sas_slots_feed_age_seconds",
                    "Since the source vouched for the partner's agenda heard longest ago",
                    {{"partner", label}}, [kept, &clock = clock_] {
                      const base::Instant at{std::chrono::microseconds(kept->load())};
                      if (at == base::Instant()) return 0.0;  // Nothing of it is offered.
                      const std::chrono::duration<double> age = clock.Now() - at;
                      return std::max(0.0, age.count());
                    });
}

void PartnerMetrics::PhantomShare(const std::string& partner, double share) {
  metrics_.Gauge(kRatio, kRatioHelp, {{"partner", Label(partner)}}).Set(share);
}

}  // namespace sas::slots
