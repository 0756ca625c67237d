#include "services/booking/source_metrics.h"

#include <prometheus/counter.h>

#include <array>
#include <string>

namespace sas::booking {
namespace {

constexpr std::array<std::string_view, 6> kAsked{"confirmed", "refused",     "later",
                                                 "told",      "unreachable", "overdue"};
constexpr std::array<std::string_view, 4> kReported{"joined", "unjoined", "known", "foreign"};

constexpr char kQuestions[] = "sas_booking_source_questions_total";
constexpr char kQuestionsHelp[] = "Tries to ask platforms that are masters of appointments";
constexpr char kReports[] = "sas_booking_source_reports_total";
constexpr char kReportsHelp[] = "Reports of platforms about bookings, by what became of them";

}  // namespace

// The known label sets exist from the start: a rate needs the zero before the first event.
SourceMetrics::SourceMetrics(observe::Metrics& metrics) : metrics_(metrics) {
  for (const std::string_view outcome : kAsked) {
    metrics_.Counter(kQuestions, kQuestionsHelp, {{"outcome", std::string(outcome)}});
  }
  for (const std::string_view outcome : kReported) {
    metrics_.Counter(kReports, kReportsHelp, {{"outcome", std::string(outcome)}});
  }
  const auto show = [&](const char* name, const char* help, auto read) {
    metrics_.OnScrape(name, help, {}, [figures = figures_, read] { return read(*figures); });
  };
  show("sas_booking_source_open", "Appointments with something to be done at their platform",
       [](const Figures& figures) { return static_cast<double>(figures.work.load()); });
  show("sas_booking_source_overdue", "Of these, those about which a person was asked",
       [](const Figures& figures) { return static_cast<double>(figures.overdue.load()); });
  show("sas_booking_source_unjoined", "Bookings of platforms that nobody has joined to a dossier",
       [](const Figures& figures) { return static_cast<double>(figures.unjoined.load()); });
  show("sas_booking_source_unjoined_age_seconds", "Age of the oldest of them",
       [](const Figures& figures) { return figures.unjoined_age.load(); });
}

void SourceMetrics::Asked(std::string_view outcome) {
  metrics_.Counter(kQuestions, kQuestionsHelp, {{"outcome", std::string(outcome)}}).Increment();
}

void SourceMetrics::Reported(std::string_view outcome) {
  metrics_.Counter(kReports, kReportsHelp, {{"outcome", std::string(outcome)}}).Increment();
}

void SourceMetrics::Stand(std::int64_t work, std::int64_t overdue, std::int64_t unjoined,
                          double unjoined_age_seconds) {
  figures_->work = work;
  figures_->overdue = overdue;
  figures_->unjoined = unjoined;
  figures_->unjoined_age = unjoined_age_seconds;
}

}  // namespace sas::booking
