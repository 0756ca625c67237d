#include "services/booking/message_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>

#include <algorithm>
#include <array>
#include <string>

namespace sas::booking {
namespace {

constexpr std::array<MessageKind, 4> kKinds{MessageKind::kPatientSms, MessageKind::kPatientEmail,
                                            MessageKind::kPractice, MessageKind::kTreatingDoctor};
constexpr std::array<std::string_view, 7> kOutcomes{"sent", "retried", "received", "failed",
                                                    "void", "task",    "other"};
constexpr char kMessages[] = "sas_booking_messages_total";
constexpr char kMessagesHelp[] = "What became of messages about appointments";
constexpr char kChannels[] = "sas_booking_message_channels";
constexpr char kChannelsHelp[] = "1: this way of telling is set up; 0: nobody is told by it";

std::string KindLabel(MessageKind kind) {
  switch (kind) {
    case MessageKind::kPatientSms:
      return "patient_sms";
    case MessageKind::kPatientEmail:
      return "patient_email";
    case MessageKind::kPractice:
      return "practice";
    case MessageKind::kTreatingDoctor:
      return "treating_doctor";
    default:
      return "other";
  }
}

}  // namespace

// The known label sets exist from the start: a rate needs the zero before the first event.
MessageMetrics::MessageMetrics(observe::Metrics& metrics) : metrics_(metrics) {
  for (const MessageKind kind : kKinds) {
    Channel(kind, false);
    for (const std::string_view outcome : kOutcomes) {
      metrics_.Counter(kMessages, kMessagesHelp,
                       {{"kind", KindLabel(kind)}, {"outcome", std::string(outcome)}});
    }
  }
  const auto show = [&](const char* name, const char* help, auto read) {
    metrics_.OnScrape(name, help, {}, [figures = figures_, read] { return read(*figures); });
  };
  show("sas_booking_messages_waiting", "Messages that are due and not sent",
       [](const Figures& figures) { return static_cast<double>(figures.waiting.load()); });
  show("sas_booking_message_lag_seconds", "How long the oldest of them is due",
       [](const Figures& figures) { return figures.lag_seconds.load(); });
  show("sas_booking_message_tasks", "Messages that a person has to see to",
       [](const Figures& figures) { return static_cast<double>(figures.open_tasks.load()); });
}

void MessageMetrics::Counted(MessageKind kind, std::string_view outcome) {
  const bool known = std::find(kOutcomes.begin(), kOutcomes.end(), outcome) != kOutcomes.end();
  metrics_
      .Counter(kMessages, kMessagesHelp,
               {{"kind", KindLabel(kind)}, {"outcome", std::string(known ? outcome : "other")}})
      .Increment();
}

void MessageMetrics::Channel(MessageKind kind, bool configured) {
  metrics_.Gauge(kChannels, kChannelsHelp, {{"kind", KindLabel(kind)}}).Set(configured ? 1 : 0);
}

void MessageMetrics::Backlog(std::int64_t waiting, double lag_seconds, std::int64_t open_tasks) {
  figures_->waiting = waiting;
  figures_->lag_seconds = lag_seconds;
  figures_->open_tasks = open_tasks;
}

}  // namespace sas::booking
