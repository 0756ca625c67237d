#include "services/regulation/room_metrics.h"

#include <prometheus/gauge.h>

namespace sas::regulation {

RoomMetrics::RoomMetrics(observe::Metrics& metrics) : metrics_(metrics) {
  // Made now, so that what has not happened reads 0 and not "no data".
  Surges(0);
  Offers(0, 0);
}

void RoomMetrics::Staffed(const std::string& territory, RosterQueue queue, int on_shift,
                          int present, CoverageState state) {
  const observe::Labels labels{{"territory", territory}, {"queue", std::string(QueueName(queue))}};
  metrics_.Gauge("sas_regulation_roster_on_shift", "People on shift.", labels).Set(on_shift);
  metrics_.Gauge("sas_regulation_roster_present", "People on shift who are there.", labels)
      .Set(present);
  const auto show = [&](const char* when, CoverageState wanted) {
    observe::Labels all = labels;
    all["when"] = when;
    metrics_
        .Gauge("sas_regulation_roster_uncovered",
               "1 while a queue that must be staffed has nobody on shift now or soon, or nobody of "
               "the shift is there.",
               all)
        .Set(state == wanted ? 1 : 0);
  };
  show("now", CoverageState::kNobodyOnShift);
  show("soon", CoverageState::kNobodySoon);
  show("absent", CoverageState::kNobodyPresent);
}

void RoomMetrics::Calls(const std::string& territory, bool silent, bool watched) {
  const observe::Labels labels{{"territory", territory}};
  metrics_
      .Gauge("sas_regulation_call_silence", "1 while far fewer calls come than this hour ever has.",
             labels)
      .Set(silent ? 1 : 0);
  metrics_
      .Gauge("sas_regulation_call_watch",
             "1 while calls are held against a band; 0 just after the start, and in hours without "
             "one.",
             labels)
      .Set(watched ? 1 : 0);
}

void RoomMetrics::Surges(int lasting) {
  metrics_.Gauge("sas_regulation_surges", "Surges that last.").Set(lasting);
}

void RoomMetrics::Offers(int open, int late) {
  metrics_
      .Gauge("sas_regulation_offers_open",
             "Dossiers offered to another territory, without an answer.")
      .Set(open);
  metrics_.Gauge("sas_regulation_offers_late", "Of these, past their alarm.").Set(late);
}

}  // namespace sas::regulation
