#include "services/booking/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>

#include <algorithm>
#include <array>
#include <string>

namespace sas::booking {
namespace {

constexpr std::array<std::string_view, 11> kOutcomes{
    "booked",    "pending",   "moved",   "repeated",  "refused", "failed",
    "cancelled", "fulfilled", "no_show", "abandoned", "other"};
constexpr std::array<std::string_view, 4> kStages{"dossier", "order", "prepare", "ledger"};

constexpr char kAppointments[] = "sas_booking_appointments_total";
constexpr char kAppointmentsHelp[] = "What became of appointments and of asking for them";
constexpr char kSupernumerary[] = "sas_booking_supernumerary_total";
constexpr char kSupernumeraryHelp[] = "Appointments beyond the seats of their slot";
constexpr char kBusy[] = "sas_booking_practitioner_busy_total";
constexpr char kBusyHelp[] =
    "Confirmations refused because another agenda has a patient with that practitioner then";
constexpr char kMotifUnknown[] = "sas_booking_final_motif_unknown_total";
constexpr char kMotifUnknownHelp[] = "Passages closed without a known final motif";
constexpr char kSessionsClosed[] = "sas_booking_sessions_closed_total";
constexpr char kSessionsClosedHelp[] = "Sessions closed with all passages documented";
constexpr char kDrift[] = "sas_booking_seat_drift";
constexpr char kDriftHelp[] =
    "Seats of which the slots believed something else than the ledger, at the last comparison";
constexpr char kConfirm[] = "sas_booking_confirm_seconds";
constexpr char kConfirmHelp[] = "Stages of CreateAppointment";

}  // namespace

// The known label sets exist from the start: a rate needs the zero before the first event.
BookingMetrics::BookingMetrics(observe::Metrics& metrics) : metrics_(metrics) {
  for (const std::string_view outcome : kOutcomes) {
    metrics_.Counter(kAppointments, kAppointmentsHelp, {{"outcome", std::string(outcome)}});
  }
  metrics_.Counter(kSupernumerary, kSupernumeraryHelp, {});
  metrics_.Counter(kBusy, kBusyHelp, {});
  metrics_.Counter(kMotifUnknown, kMotifUnknownHelp, {});
  metrics_.Counter(kSessionsClosed, kSessionsClosedHelp, {});
  for (const std::string_view stage : kStages) {
    metrics_.Histogram(kConfirm, kConfirmHelp, {{"stage", std::string(stage)}});
  }
  const auto show = [&](const char* name, const char* help, auto read) {
    metrics_.OnScrape(name, help, {}, [figures = figures_, read] { return read(*figures); });
  };
  show("sas_booking_live_appointments", "Appointments that are pending or booked",
       [](const Figures& figures) { return static_cast<double>(figures.live.load()); });
  show("sas_booking_seat_relay_backlog", "Seats whose state the slots have not heard",
       [](const Figures& figures) { return static_cast<double>(figures.backlog.load()); });
  show("sas_booking_seat_relay_lag_seconds", "Age of the oldest of them",
       [](const Figures& figures) { return figures.lag_seconds.load(); });
  for (std::size_t i = 0; i < kDriftKinds.size(); ++i) {
    metrics_.OnScrape(kDrift, kDriftHelp, {{"kind", kDriftKinds[i]}}, [figures = figures_, i] {
      return static_cast<double>(figures->drift[i].load());
    });
  }
  show("sas_booking_seat_shown_unknown",
       "1 when the last comparison could not tell what hot availability shows",
       [](const Figures& figures) { return figures.shown_unknown.load() ? 1.0 : 0.0; });
  show("sas_booking_seat_relay_parked", "Seats whose state the slots refused",
       [](const Figures& figures) { return static_cast<double>(figures.parked.load()); });
}

void BookingMetrics::Counted(std::string_view outcome) {
  const bool known = std::find(kOutcomes.begin(), kOutcomes.end(), outcome) != kOutcomes.end();
  metrics_
      .Counter(kAppointments, kAppointmentsHelp,
               {{"outcome", std::string(known ? outcome : "other")}})
      .Increment();
}

void BookingMetrics::Supernumerary() {
  metrics_.Counter(kSupernumerary, kSupernumeraryHelp, {}).Increment();
}

void BookingMetrics::PractitionerBusy() {
  metrics_.Counter(kBusy, kBusyHelp, {}).Increment();
}

void BookingMetrics::MotifUnknown() {
  metrics_.Counter(kMotifUnknown, kMotifUnknownHelp, {}).Increment();
}

void BookingMetrics::SessionClosed() {
  metrics_.Counter(kSessionsClosed, kSessionsClosedHelp, {}).Increment();
}

void BookingMetrics::Stage(std::string_view stage, double seconds) {
  metrics_.Histogram(kConfirm, kConfirmHelp, {{"stage", std::string(stage)}}).Observe(seconds);
}

void BookingMetrics::Drift(const DriftCounts& ledger, const DriftCounts& shown) {
  const std::array counts{ledger.missing, ledger.ghost, ledger.other,
                          shown.missing,  shown.ghost,  shown.other};
  for (std::size_t i = 0; i < counts.size(); ++i) figures_->drift[i] = counts[i];
}

void BookingMetrics::Relay(std::int64_t backlog, double lag_seconds, std::int64_t parked) {
  figures_->backlog = backlog;
  figures_->lag_seconds = lag_seconds;
  figures_->parked = parked;
}

}  // namespace sas::booking
